import { beforeEach, describe, expect, it, vi } from 'vitest';
import { aggregate, cycle, deep, THROWN } from '../../support/thrownValues.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, create, serveCreate, silenceTelemetry } from './support.ts';

silenceTelemetry();
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});

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
