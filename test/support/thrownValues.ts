import { problem } from '../../lambdas/runtime/index.ts';

const fail = (): never => {
  throw new Error('trap');
};
const error = (change: (made: Error & { [member: string]: unknown }) => void): Error => {
  const made = new Error('of the handler') as Error & { [member: string]: unknown };
  change(made);
  return made;
};
const getter = (member: string) => error((made) => Object.defineProperty(made, member, { get: fail }));

export function cycle(length: number): Error {
  const errors = Array.from({ length }, (_, index) => new Error(`${index} of ${length}`));
  errors.forEach((made, index) => {
    made.cause = errors[(index + 1) % length];
  });
  return errors[0] as Error;
}

export function deep(levels: number): Error {
  let made = new Error('the first');
  for (let level = 0; level < levels; level += 1) made = new Error(`level ${level}`, { cause: made });
  return made;
}

export function aggregate(): Error {
  const made = new AggregateError([new Error('one')], 'all');
  made.errors.push(made, { made });
  return made;
}

const TRAPS = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'set', 'defineProperty'];
/** Whatever a handler can throw: errors that refer to themselves, or throw when they are read, and values that are no errors. */
export const THROWN: readonly (readonly [string, unknown])[] = [
  ...[1, 2, 3, 10].map((length) => [`a cycle of ${length} causes`, cycle(length)] as const),
  ...[100, 20_000].map((levels) => [`${levels} nested causes`, deep(levels)] as const),
  ['an aggregate that has itself', aggregate()],
  ...['message', 'stack', 'name', 'cause', 'toString', 'toJSON', 'constructor', 'package', 'status'].map(
    (member) => [`an error whose ${member} throws`, getter(member)] as const,
  ),
  ['an error whose toJSON fails when called', error((made) => Object.assign(made, { toJSON: fail }))],
  [
    'an error with a bigint, a symbol and a function',
    error((made) => Object.assign(made, { a: 1n, b: Symbol('s'), c: fail })),
  ],
  ['an error with a member that is itself', error((made) => Object.assign(made, { made }))],
  [
    'an error whose enumerable getter throws',
    error((made) => Object.defineProperty(made, 'x', { enumerable: true, get: fail })),
  ],
  ['an error whose name is an object', error((made) => Object.assign(made, { name: { made } }))],
  ['an error whose stack is a number', error((made) => Object.assign(made, { stack: 7 }))],
  ['an error without a prototype', Object.setPrototypeOf(new Error('bare'), null)],
  [
    'an error whose cause looks like that of the validator',
    new Error('x', { cause: { package: '@middy/validator', data: [null] } }),
  ],
  ['a frozen error', Object.freeze(new Error('frozen'))],
  ['a frozen object', Object.freeze({ a: 1 })],
  ['an object without a prototype', Object.create(null)],
  ...TRAPS.map(
    (trap) => [`a proxy of an error that throws at ${trap}`, new Proxy(new Error('p'), { [trap]: fail })] as const,
  ),
  ...TRAPS.map(
    (trap) => [`a proxy of a problem that throws at ${trap}`, new Proxy(problem(500), { [trap]: fail })] as const,
  ),
  ['a revoked proxy', revoked()],
  ['an error caused by a revoked proxy', new Error('x', { cause: revoked() })],
  [
    'an error whose message, stack and cause throw',
    Object.defineProperties(new Error('x'), { message: { get: fail }, stack: { get: fail }, cause: { get: fail } }),
  ],
  ['a message of a million characters', new Error('x'.repeat(1_000_000))],
  ['a problem whose status throws', Object.defineProperty(problem(500), 'status', { get: fail })],
  ['a problem with a bigint as detail', problem(500, 1n as never)],
  ['a problem of a code that is none', Object.assign(problem(500), { code: 'none' })],
  ...[undefined, null, 0, Number.NaN, '', 'string', true, 1n, Symbol('s'), fail, [], new Map()].map(
    (value) => [`${typeof value} ${String(value)}`, value] as const,
  ),
];

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
