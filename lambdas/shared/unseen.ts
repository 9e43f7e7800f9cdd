/**
 * Characters that a person does not see, or that change the text around them: controls (a terminal obeys them), direction marks
 * (CVE-2021-42574), other format characters, those that look like nothing, unassigned ones, halves of a character, and both separators of
 * lines.
 */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u2800\u3164\uffa0]/gu;

/** A string that shows what it has: each unseen character as JSON escapes it. Clients choose what logs and messages say. */
export function escapeUnseen(text: string): string {
  return text.replaceAll(UNSEEN, (one) =>
    // Half by half: JSON has no other escape for characters above U+FFFF.
    one.replaceAll(/[\s\S]/g, (half) => `\\u${half.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
