import { beforeEach, describe, expect, it, vi } from 'vitest';
import { problem } from '../../../lambdas/runtime/index.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, create, serveCreate, silenceTelemetry } from './support.ts';

silenceTelemetry();
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});

const fail = (): never => {
  throw new Error('trap');
};
const error = (change: (made: Error & { [member: string]: unknown }) => void): Error => {
  const made = new Error('of the handler') as Error & { [member: string]: unknown };
  change(made);
  return made;
};
const getter = (member: string) => error((made) => Object.defineProperty(made, member, { get: fail }));

function cycle(length: number): Error {
  const errors = Array.from({ length }, (_, index) => new Error(`${index} of ${length}`));
  errors.forEach((made, index) => {
    made.cause = errors[(index + 1) % length];
  });
  return errors[0] as Error;
}

function deep(levels: number): Error {
  let made = new Error('the first');
  for (let level = 0; level < levels; level += 1) made = new Error(`level ${level}`, { cause: made });
  return made;
}

function aggregate(): Error {
  const made = new AggregateError([new Error('one')], 'all');
  made.errors.push(made, { made });
  return made;
}

const TRAPS = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor', 'set', 'defineProperty'];
const THROWN: readonly (readonly [string, unknown])[] = [
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

describe.each(THROWN)('a handler that throws %s', (_what, thrown) => {
  it.each([
    [
      'at once',
      () => {
        throw thrown;
      },
    ],
    ['in a promise', () => Promise.reject(thrown)],
  ])('%s is a 500 problem that is logged and counted', async (_how, fn) => {
    let response: Awaited<ReturnType<typeof call>> | undefined;
    const lines = await linesOf(async () => {
      response = await call(serveCreate(fn), create);
    });
    expect(response).toMatchObject({ statusCode: 500, json: { code: 'internal', instance: 'request-1' } });
    const entries = lines
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const failed = entries.filter(({ message }) => message === 'request failed');
    expect(failed.length).toBeGreaterThanOrEqual(1);
    expect(failed[0]).toMatchObject({ level: 'ERROR', requestId: 'request-1', route: 'create' });
    expect(JSON.stringify(failed).length).toBeLessThan(100_000);
    expect(entries.filter(({ Errors }) => Errors === 1)).toHaveLength(1);
    expect(entries.filter(({ message }) => message === 'request')).toMatchObject([{ status: 500, code: 'internal' }]);
  });
});

it.each([
  ['an error', deep(2), ['level 1', 'level 0', 'the first']],
  ['a cycle', cycle(2), ['0 of 2', '1 of 2']],
  ['an aggregate', aggregate(), ['all', 'one']],
  ['a string', 'out of luck', ['out of luck']],
])('the log says what %s said, with its causes', async (_what, thrown, said) => {
  const lines = await linesOf(() =>
    call(
      serveCreate(() => Promise.reject(thrown)),
      create,
    ),
  );
  const log = lines.find((line) => line.includes('request failed'));
  for (const part of said) expect(log).toContain(part);
});
