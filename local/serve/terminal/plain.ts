/** The same as in notifications and commands, which are another package: a test compares them. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/gu;
/** Characters of a part of a line. */
const MAX_LENGTH = 400;

/** A client can choose what is logged: characters that nobody sees, or that change the terminal, are escaped as in JSON. */
export function plain(text: string, length = MAX_LENGTH): string {
  const short = text.length > length ? `${text.slice(0, length)}…` : text;
  return short.replaceAll(UNSEEN, (one) =>
    one.replaceAll(/[\s\S]/g, (half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
