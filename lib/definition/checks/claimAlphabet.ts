import { CLAIM_CHARACTERS } from '../../../lambdas/shared/callerClaims.ts';

/**
 * The parts of a regular expression: escapes, classes, groups, quantifiers, single characters.
 * https://tc39.es/ecma262/#sec-patterns, with the flag `u`
 */
const PARTS =
  /\\[kK]<[^>]*>|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[\da-f]{4}|\\x[\da-f]{2}|\\c[a-z]|\\\d+|\\.|\[(?:\\.|[^\]\\])*\]|\(\?<?[=!]|\(\?(?:<[^>]*>|[a-z-]*:)?|\{\d+(?:,\d*)?\}|./gisu;
const LOOKAROUND = /^\(\?<?[=!]/;
/** Parts that match no character themselves. A reference is none of them: it can repeat what only a look-ahead has matched. */
const EMPTY = /^(?:\\[bB]|[*+?^$]|\{\d.*\})$/u;
/** A modifier, such as `(?i:`: with it, a letter can match characters beyond ASCII. */
const MODIFIER = /^\(\?[a-z-]+:$/;

/**
 * The part of a pattern that matches a character which a claim cannot have; undefined where no part does. It is a proof: each
 * part is compared with every other character of Unicode.
 */
export function unsafePart(pattern: string): string | undefined {
  if (!/^\^.*(?<!\\)(?:\\\\)*\$$/su.test(pattern)) return 'no ^ and $ around it';
  // Whether each open group only looks ahead or behind: what it matches is no part of the value.
  const groups: boolean[] = [];
  for (const [part] of pattern.slice(1, -1).matchAll(PARTS)) {
    if (MODIFIER.test(part)) return part;
    if (part.startsWith('(')) groups.push(LOOKAROUND.test(part) || groups.at(-1) === true);
    else if (part === ')') groups.pop();
    else if (part === '|') {
      if (groups.length === 0) return '| outside of a group';
    } else if (groups.at(-1) !== true && !EMPTY.test(part) && matchesOther(part)) return part;
  }
  return undefined;
}

function matchesOther(part: string): boolean {
  try {
    return new RegExp(part, 'u').test(otherCharacters());
  } catch {
    // Not a part that stands alone: nothing is proven.
    return true;
  }
}

let others: string | undefined;

/** Every character that a claim cannot have, once. */
function otherCharacters(): string {
  if (others !== undefined) return others;
  const points = Array.from({ length: 0x11_0000 }, (_, point) => point);
  const isHigh = (point: number) => point >= 0xd800 && point < 0xdc00;
  // Halves of pairs in the order in which no two become a pair.
  const ordered = [...points.filter((point) => !isHigh(point)), ...points.filter(isHigh)];
  others = ordered
    .map((point) => String.fromCodePoint(point))
    .filter((character) => !CLAIM_CHARACTERS.test(character))
    .join('');
  return others;
}
