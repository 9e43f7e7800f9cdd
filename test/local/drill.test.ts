import { describe, expect, it } from 'vitest';
import { cli } from '../support/gateway.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

const drill = async (alarm: string) => cli(['drill', alarm, '--assembly', await sampleAssembly(), '--json']);

describe('secure-api drill', () => {
  it.each([
    ['failed-logins', '30 real requests without a token'],
    ['issuer-unreachable', 'real requests while the keys of the issuer are unreachable'],
    ['server-errors', 'real requests while every handler returns what is no response'],
    ['latency', 'real requests while the authorizer takes four seconds'],
    ['concurrency', 'injected as a metric: 1,000 functions at once (more than this machine runs)'],
  ])('shows that %s fires once, ends once and notifies', async (alarm, how) => {
    const { code, stdout, stderr } = await drill(alarm);
    const rows = JSON.parse(stdout) as readonly Record<string, unknown>[];
    expect(rows).toEqual([{ alarm, how, fired: 1, cleared: 1, notified: 2, seconds: expect.any(Number) }]);
    expect(stderr).toContain(`${alarm}: ${how}`);
    expect(code).toBe(0);
  });

  it('lists the alarms of the stack when it has none of the name', async () => {
    const { code, stderr } = await drill('fire');
    expect([code, stderr]).toEqual([2, expect.stringContaining('failed-logins')]);
  });
});
