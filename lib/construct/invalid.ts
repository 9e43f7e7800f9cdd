import { RemovalPolicy } from 'aws-cdk-lib';
import { formatValue } from '../definition/checks/check.ts';
import { ConfigError, type ConfigErrorCode } from '../definition/errors.ts';
import { choice, describeAmount, fixAmount, isAmount, isRecord, kind, type Shape } from '../definition/shape.ts';

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
  const rules = { min, max, why: fix };
  if (isAmount(value, rules)) return value;
  const found = formatValue(value);
  throw invalid({ location, found, expected: describeAmount(rules), fix: fixAmount(value, rules) });
}

/**
 * Requires the names and kinds of values that a shape lists.
 *
 * @throws {ConfigError} with every fault at once.
 */
export function requireShape(
  shape: Shape,
  value: unknown,
  { location = '', code = 'option-invalid' }: { readonly location?: string; readonly code?: ConfigErrorCode } = {},
): void {
  const [first, ...others] = shape(value, location).map(({ kind: _, ...fault }) => ({
    ...fault,
    code,
    location: fault.location === '' ? 'props' : fault.location,
  }));
  if (first !== undefined) throw new ConfigError(first, ...others);
}

/** A removal policy of buckets and log groups, of which there are no snapshots. */
export const removalPolicyShape = choice(
  RemovalPolicy.RETAIN,
  RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  RemovalPolicy.DESTROY,
);

/**
 * A resource of the CDK, by a member that it has; without one, another check looks at it. Its fault does not show the value: a secret can be there instead.
 */
export function resource(expected: string, member?: string, fix?: string): Shape {
  const isResource = (value: unknown) =>
    isRecord(value) && isRecord(value['node']) && (member === undefined || member in value);
  return kind(expected, isResource, { secret: true, ...(fix === undefined ? {} : { fix }) });
}
