/** Digits of the shortest card number. */
export const SHORTEST_CARD = 13;
/** The least number that has as many digits. */
export const LEAST_CARD = 10 ** (SHORTEST_CARD - 1);
/** Characters between two groups of a card number, each of which can be two units. */
export const MAX_BETWEEN = 3;
const [ZERO, NINE] = [0x30, 0x39];

/**
 * Whether enough digits follow each other with at most {@link MAX_BETWEEN} characters between two of them, none a letter; a string with other
 * scripts can always hold one. Patterns with the letters of all scripts take a millisecond to compile, and most strings need none.
 */
export function canHoldCard(text: string): boolean {
  let digits = 0;
  let between = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return true;
    if (code >= ZERO && code <= NINE) {
      digits += 1;
      between = 0;
      if (digits >= SHORTEST_CARD) return true;
    } else {
      between += 1;
      if (between > MAX_BETWEEN || isLetter(code)) digits = 0;
    }
  }
  return false;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}
