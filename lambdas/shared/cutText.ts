/** Characters that are read after a cut, so that a secret is recognized that the cut goes through. */
const BEYOND_CUT = 4_096;

/** Hides the secrets in a string, then cuts it. `mark` follows what is cut. */
export type CutText = (text: string, characters: number, mark?: string) => string;

/**
 * Makes a function that hides the secrets in a string, then cuts it, so that no part of a secret remains at the cut. Its time does not depend on
 * the length of the string.
 *
 * @param hide hides the secrets in a whole string.
 * @param hideFirst hides those in the first characters of a string.
 */
export function textCutter(
  hide: (text: string) => string,
  hideFirst: (text: string, shown: number) => string,
): CutText {
  return (text, characters, mark = '') => {
    const isRead = text.length <= characters + BEYOND_CUT;
    const hidden = isRead ? hide(text) : hideFirst(text.slice(0, characters + BEYOND_CUT), characters);
    return isRead && hidden.length <= characters ? hidden : hidden.slice(0, characters) + mark;
  };
}
