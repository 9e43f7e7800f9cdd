import { ConfigError } from '../../definition/errors.ts';

/** A sign-in that began and failed. Found and location name no token, code or body. */
export function signInFailed(location: string, found: string, fix: string): ConfigError {
  return new ConfigError({
    code: 'sign-in-failed',
    location,
    found,
    expected: 'tokens for the person who signed in',
    fix,
  });
}
