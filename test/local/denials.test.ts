import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { clientOf } from '../support/client.ts';
import { startGateway } from '../support/gateway.ts';

const DENIED = 42;

it('each line of the access log says why its caller is denied, also where the gateway cached the decision', async () => {
  const gateway = await startGateway();
  const { data } = gateway.ready;
  try {
    const call = clientOf(gateway.ready);
    const token = await gateway.token('viewer', { tier: 'premium' });
    const body = { title: 'a', body: 'b' };
    for (let i = 0; i < DENIED; i++) expect((await call('POST', '/documents', { token, body })).status).toBe(403);
  } finally {
    await gateway.stop();
  }
  const logs = join(data, 'logs');
  const entries = readdirSync(logs).flatMap((name) =>
    readFileSync(join(logs, name), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>),
  );
  const denied = entries.filter(({ errorType }) => errorType === 'ACCESS_DENIED');
  expect(denied).toHaveLength(DENIED);
  for (const line of denied) expect(line).toMatchObject({ status: '403', denialReason: 'permission-missing' });
  // The authorizer records what it decides itself.
  expect(entries.filter(({ decision }) => decision === 'deny').length).toBeLessThan(DENIED);
});
