import { ConfigError, type ConfigErrorCode } from '../definition/errors.ts';

/** What is wrong with a prop. */
interface Wrong {
  readonly code?: ConfigErrorCode;
  readonly location: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

/** A {@link ConfigError}; `option-invalid` unless another code is given. */
export function invalid({ code = 'option-invalid', ...wrong }: Wrong): ConfigError {
  return new ConfigError({ code, ...wrong });
}

/**
 * Returns a number that is within bounds.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function within(
  location: string,
  value: number,
  { min, max, fix }: { min: number; max: number; fix: string },
): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid({ location, found: String(value), expected: `a whole number from ${min} to ${max}`, fix });
}
