/** Printable ASCII that is literal outside a class. */
const LITERAL = '[ !"#%&\',\\-/0-9:;<=>@A-Z_`a-z~]';
/** `\d` and `\w` are ASCII in ECMA 262; then escaped characters. */
const ESCAPE = '\\\\[dw\\^$.*+?()[\\]{}|/\\-\\\\]';
/** A class that lists what it accepts. */
const CLASS = '\\[(?!\\^)(?:[ -Z_-~]|\\\\[dw\\^$.*+?()[\\]{}|/\\-\\\\])+\\]';
const GROUP = '\\((?:\\?:|(?!\\?))|\\)|\\|';
const ANCHOR = '\\^|\\$';
const QUANTIFIER = '[*+?]|\\{\\d+(?:,\\d*)?\\}';

const PORTABLE = new RegExp(`^(?:${LITERAL}|${ESCAPE}|${CLASS}|${GROUP}|${ANCHOR}|${QUANTIFIER})*$`);

/**
 * Whether a pattern means the same to the Lambda (ECMA 262 with the `u` flag) and to the gateway's validator, whose
 * messages name it "ECMA 262 regex", and which knows neither the `u` flag nor what came after ES5.
 *
 * Only an allow-list passes: ASCII literals, `\d`, `\w`, escaped signs, classes that list what they accept, groups,
 * choice, anchors and quantifiers. `.`, `[^…]`, `\D`, `\W` and `\S` do not: without `u` they match half of a character
 * beyond the basic plane, so that `^.{1,3}$` would reject three of them.
 */
export function isPortablePattern(pattern: string): boolean {
  return PORTABLE.test(pattern);
}
