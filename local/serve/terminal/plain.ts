/** Characters of a part of a line. */
const MAX_LENGTH = 400;

/** A client can choose what is logged: control characters, which could change the terminal, are escaped. */
export function plain(text: string, length = MAX_LENGTH): string {
  const short = text.length > length ? `${text.slice(0, length)}…` : text;
  return short.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
}
