import { describe, expect, it, vi } from 'vitest';
import { type ProblemCode, problem } from '../../../lambdas/runtime/problem.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, create, serveCreate, silenceTelemetry } from './support.ts';

silenceTelemetry();

/** The response, and whether the failure was logged. */
async function resultOf(fn: () => unknown) {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  let status: number | undefined;
  const lines = await linesOf(async () => {
    status = (await call(serveCreate(fn), create)).statusCode;
  });
  const entries = lines.map((line) => JSON.parse(line) as { readonly message?: string; readonly status?: number });
  return {
    status,
    isLogged: entries.some(({ message }) => message === 'request failed'),
    closed: entries.find(({ message }) => message === 'request')?.status,
  };
}
const FAILED = { status: 500, isLogged: true, closed: 500 };
const good = (headers: object) => ({ status: 201, body: { title: 'A' }, headers });

describe('a handler in JavaScript gets a logged 500 when it throws', () => {
  it.each(['toString', '__proto__', 'constructor', 'no-such-code', ''])('a problem of the code %j', async (code) => {
    const thrown = () => {
      throw problem(code as ProblemCode);
    };
    expect(await resultOf(thrown)).toEqual(FAILED);
  });

  it.each([{ status: 'x' }, { status: 1e9 }, { status: 200 }, { code: 'toString' }, { code: undefined }])(
    'a problem that it changed to %j',
    async (change) => {
      const thrown = () => {
        throw Object.assign(problem(404), change);
      };
      expect(await resultOf(thrown)).toEqual(FAILED);
    },
  );

  it('an error that looks like one of the validator', async () => {
    const thrown = () => {
      throw new Error('x', { cause: { package: '@middy/validator', data: [] } });
    };
    expect(await resultOf(thrown)).toEqual(FAILED);
  });
});

describe('a handler in JavaScript gets a logged 500 when it returns', () => {
  // A list of which the second item is missing.
  const sparse: unknown[] = [];
  sparse[1] = '/b';
  const changing = Object.defineProperty(['/a'], 0, {
    get: (() => {
      let reads = 0;
      return () => {
        reads += 1;
        return reads > 1 ? 'a\r\nset-cookie: x' : '/a';
      };
    })(),
  });

  it.each([
    ['a list of values with a hole', good({ Location: sparse })],
    ['headers of a prototype', good(Object.create({ Location: '/a' }))],
    ['a Map of headers', good(new Map([['Location', '/a']]))],
    ['a header of seven megabytes', good({ Location: 'a'.repeat(7_000_000) })],
    ['a list of headers of seven megabytes', good({ Location: Array(700).fill('a'.repeat(10_000)) })],
  ])('%s', async (_, returned) => {
    expect(await resultOf(() => returned)).toEqual(FAILED);
  });

  it('never what was not checked, though a list has a method toJSON or values that change', async () => {
    const toJson = Object.assign(['/a'], { toJSON: () => ['a\r\nset-cookie: x'] });
    for (const Location of [toJson, changing]) {
      const { multiValueHeaders } = await call(
        serveCreate(() => good({ Location })),
        create,
      );
      expect(JSON.stringify(multiValueHeaders)).toBe('{"location":["/a"]}');
    }
  });
});
