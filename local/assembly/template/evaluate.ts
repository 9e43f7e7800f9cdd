import { AssemblyError } from '../error.ts';
import { isRecord } from '../values.ts';
import { resolveDynamic } from './dynamicReferences.ts';
import { callIntrinsic, type IntrinsicContext, intrinsicOf, NO_VALUE } from './intrinsics.ts';

/** What the values of one stack may refer to. */
export type Environment = Omit<IntrinsicContext, 'evaluate' | 'fail'> & {
  readonly secret: (id: string, fail: (reason: string) => never) => string;
};

/** Why an intrinsic has no value; becomes an `AssemblyError` that also names the location. */
export class Unresolvable extends Error {}

/**
 * Replaces every intrinsic and dynamic reference in a value of a template by its result.
 * @param location Location of the value, such as `Stack/LogicalId.Property`, for messages.
 * @returns The plain value, or `undefined` for `AWS::NoValue`.
 * @throws AssemblyError `unresolvable`, naming location, function and reason; the message repeats no value of the template.
 */
export function evaluate(value: unknown, location: string, environment: Environment): unknown {
  let current = 'value';
  const fail = (reason: string): never => {
    throw new Unresolvable(`${current}: ${reason}`);
  };
  const context: IntrinsicContext = { ...environment, evaluate: (nested) => walk(nested), fail };
  const finish = (result: unknown): unknown =>
    typeof result === 'string'
      ? resolveDynamic(result, { secret: (id) => environment.secret(id, fail), fail })
      : result;
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string') return finish(node);
    if (Array.isArray(node)) return node.map(walk).filter((item) => item !== NO_VALUE);
    if (!isRecord(node)) return node;
    const call = intrinsicOf(node);
    if (call === undefined) return members(node, walk);
    const outer = current;
    current = call.name;
    const result = finish(callIntrinsic(call.name, call.argument, context));
    current = outer;
    return result;
  };
  try {
    const result = walk(value);
    return result === NO_VALUE ? undefined : result;
  } catch (error) {
    throw error instanceof Unresolvable ? rejection(location, error.message) : error;
  }
}

function members(node: Readonly<Record<string, unknown>>, walk: (value: unknown) => unknown): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(node)) {
    const resolved = walk(member);
    if (resolved !== NO_VALUE) result[key] = resolved;
  }
  return result;
}

function rejection(location: string, reason: string): AssemblyError {
  return new AssemblyError('unresolvable', {
    found: `an unresolvable value at ${location} (${reason})`,
    expected: 'references to resources, parameters with defaults, exports and secrets of this assembly',
    fix: 'define what it refers to in the same assembly, or write the value itself into the template',
  });
}
