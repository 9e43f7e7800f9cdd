import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, it } from 'vitest';
import { type Call, clientOf } from '../support/client.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { filesOf, telemetryOf } from '../support/gatewayOutputs.ts';
import { leakingAssembly, WAYS } from '../support/leakingApi.ts';
import { localService } from '../support/localServices.ts';
import { seenIn } from '../support/plantedSearch.ts';
import { type PlantedSecret, secretsToPlant } from '../support/plantedSecrets.ts';
import { signMessage } from '../support/signMessage.ts';

/** Secrets of each kind for each way out. */
const SETS = 2;
const KEY = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const WORKERS = 6;

interface Planting {
  readonly where: string;
  readonly secret: PlantedSecret;
  readonly path: string;
  readonly call: Call;
}

/** Each way of a handler, and each part of a signed message, with secrets that no other one has. */
function plantings(token: string): readonly Planting[] {
  const hook = (headers: (body: string) => Readonly<Record<string, string>>) => (text: string) => {
    const body = JSON.stringify({ text });
    return { path: '/hooks', call: { body, headers: headers(body) } };
  };
  const signed = (body: string) => signMessage('standard', { body, key: KEY });
  const oneLine = (text: string) => text.replaceAll('\n', ' ');
  const planted = (name: string) => (text: string) => {
    const body = '{"text":"a"}';
    return { path: '/hooks', call: { body, headers: { ...signed(body), [name]: `v1,${oneLine(text)}` } } };
  };
  const places: readonly (readonly [string, (text: string) => Pick<Planting, 'path' | 'call'>])[] = [
    ...WAYS.map((way) => [way, (text: string) => ({ path: '/leaks', call: { token, body: { way, text } } })] as const),
    ['signed message', hook(signed)],
    ['unsigned message', hook(() => ({}))],
    ['signature of a message', planted('webhook-signature')],
    ['id of a message', planted('webhook-id')],
    ['time of a message', planted('webhook-timestamp')],
  ];
  return secretsToPlant(SETS * places.length).map((secret, i) => {
    const [where, make] = places[i % places.length] ?? expect.fail('no place');
    return { where: `${secret.kind}: ${where}`, secret, ...make(secret.text) };
  });
}

async function putKey(gateway: RunningGateway): Promise<void> {
  const client = new SecretsManagerClient(localService(gateway, 'SECRETS_MANAGER'));
  const SecretId = gateway.ready.apis[0]?.webhooks?.['hook-signing'] ?? expect.fail('no secret');
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: KEY }));
  client.destroy();
}

it('no output holds a secret that a handler throws, logs, returns or measures, or that a signed message carries', async () => {
  const gateway = await startGateway({ assembly: leakingAssembly(), args: ['--speed', '60'] });
  try {
    await putKey(gateway);
    const call = clientOf(gateway.ready);
    const all = plantings(await gateway.token('user', { tier: 'wide' }));
    const waiting = [...all];
    const failed: string[] = [];
    const statuses = new Set<number>();
    const worker = async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const { status, headers, text } = await call('POST', next.path, next.call);
        statuses.add(status);
        if (status >= 400) failed.push(`${JSON.stringify(headers)}\n${text}`);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, worker));
    const file = join(gateway.ready.data, 'notifications.jsonl');
    const alarms = () => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    await expect.poll(alarms, { timeout: 30_000 }).toContain('-server-errors","oldState":"OK","newState":"ALARM"');
    const telemetry = await telemetryOf(gateway);
    await gateway.stop();
    const outputs = { ...telemetry, ...filesOf(gateway), terminal: gateway.output(), responses: failed.join('\n') };
    expect(seenIn(outputs, all)).toEqual([]);

    expect([...statuses].toSorted()).toEqual(expect.arrayContaining([200, 401, 404, 500]));
    // Every channel of the notifier made its message.
    for (const kind of ['email', 'slack', 'teams', 'pagerDuty', 'webhook']) {
      expect(outputs).toHaveProperty(['notifications.jsonl'], expect.stringContaining(`"kind":"${kind}"`));
    }
    expect(telemetry['metrics']).toContain('"MetricName":"Seen"');
    expect(outputs.terminal).toMatch(/^ALARM /m);
  } finally {
    await gateway.stop();
  }
});
