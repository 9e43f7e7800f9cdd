import { describe, expect, it, vi } from 'vitest';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import { call, list, serveApi, silenceTelemetry, things } from './support.ts';

vi.mock(import('@aws-lambda-powertools/logger'), async (original) => ({
  ...(await original()),
  Logger: class {
    constructor() {
      throw new Error('no logger, but password=hunter22');
    }
  } as never,
}));

silenceTelemetry();

describe('a logger that cannot be made', () => {
  it('is reported once, without secrets, and requests are served and logged all the same', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const written: Record<'stdout' | 'stderr', string[]> = { stdout: [], stderr: [] };
    for (const name of ['stdout', 'stderr'] as const)
      vi.spyOn(process[name], 'write').mockImplementation((text) => {
        written[name].push(String(text));
        return true;
      });
    const handler = serveApi(things, [
      handlersOf<typeof things>()('list', ({ log }) => {
        log.info('handled');
        return { status: 200, body: { seen: null } };
      }),
    ]);
    const statuses = [await call(handler, list), await call(handler, list)].map(({ statusCode }) => statusCode);
    vi.restoreAllMocks();
    expect(statuses).toEqual([200, 200]);
    expect(written.stderr.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'ERROR', message: 'the logger could not be made, so entries are missing', error: { name: 'Error' } },
    ]);
    expect(written.stderr.join('')).not.toContain('hunter22');
    expect(written.stdout.filter((line) => line.includes('"message":"request"'))).toHaveLength(2);
  });
});
