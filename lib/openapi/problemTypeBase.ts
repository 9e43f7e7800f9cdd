import { formatValue } from '../definition/checks/check.ts';
import { ConfigError } from '../definition/errors.ts';

/**
 * No character that ends a JSON string, nothing that API Gateway replaces as a template variable, and no user information:
 * a password in it would be public.
 */
const SAFE =
  /^https:\/\/[A-Za-z0-9\-._~:[\]]+(?:\/(?:[A-Za-z0-9\-._~:/@!&()*+,;=]|%[0-9A-Fa-f]{2})*)?(?:\?[A-Za-z0-9\-._~:/@!&()*+,;=]*)?#?$/;
/** Characters. Each problem holds the URL, and a response body of a web ACL has at most 4 KB ("AWS WAF quotas"). */
const LONGEST = 512;
/** Characters of a wrong value in the message. */
const LONGEST_FOUND = 100;

/**
 * Checks the base URL of problem types: an https URL of at most 512 characters, without user information, that a code can
 * be appended to. A CDK token is rejected, because the URL is compiled into the functions.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function checkProblemTypeBase(base: string, location = 'problemTypeBase'): string {
  if (
    typeof base === 'string' &&
    base.length <= LONGEST &&
    SAFE.test(base) &&
    /[/#=]$/.test(base) &&
    URL.canParse(base)
  )
    return base;
  throw new ConfigError({
    code: 'option-invalid',
    location,
    found: shortened(base),
    expected: `an https URL of at most ${LONGEST} characters, without user or password, that ends with /, # or =`,
    fix: 'Write it as https://api.example.com/errors/; the code of the problem is appended. The value must be known at synth.',
  });
}

/** Without user information, because an error must not log a password; in ASCII, because it goes to a terminal. */
function shortened(base: unknown): string {
  const quoted = formatValue(base);
  const ascii = quoted.replaceAll(/[^\x20-\x7e]/g, '?').replace(/\/\/[^/]*@/, '//…@');
  return ascii.length > LONGEST_FOUND ? `${ascii.slice(0, LONGEST_FOUND)}…` : ascii;
}
