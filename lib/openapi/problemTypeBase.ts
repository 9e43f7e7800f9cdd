import { ConfigError } from '../definition/errors.ts';

/** No character that ends a JSON string, and nothing that API Gateway replaces as a template variable. */
const SAFE = /^https:\/\/[A-Za-z0-9\-._~:/?#[\]@!&()*+,;=%]*[/#=]$/;

/**
 * Checks the base URL of problem types: an https URL that a code can be appended to. A CDK token is rejected,
 * because the URL is compiled into the functions.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function checkProblemTypeBase(base: string, location = 'problemTypeBase'): string {
  if (SAFE.test(base) && URL.canParse(base)) return base;
  throw new ConfigError({
    code: 'option-invalid',
    location,
    found: JSON.stringify(base),
    expected: 'an https URL that ends with /, # or =',
    fix: 'Write it as https://api.example.com/errors/; the code of the problem is appended.',
  });
}
