import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Identity, Notify, SecureApi } from '../../lib/construct/index.ts';
import type { Message } from '../hostile/message.ts';
import { bodyOf, learned, MESSAGES } from '../hostile/messages.ts';
import { bodyFor, DELIVERIES } from '../parity/rows/deliveries.ts';
import { type Client, clientOf } from '../support/client.ts';
import { folderOf, root, temporaryFolder, writeFiles } from '../support/folders.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';
import { hooks, KEYS, NEXT_KEYS } from '../support/hooksDefinition.ts';
import { signMessage } from '../support/signMessage.ts';
import { senderNames } from '../support/webhookSenders.ts';

const SECRETS = Object.keys(KEYS) as (keyof typeof KEYS)[];
const DEFINITION = join(root, 'test/support/hooksDefinition.ts#hooks');
let gateway: RunningGateway;
let call: Client;

/** The stack of all webhooks; their secrets are imported, and the handlers say that they ran. */
function assembly(): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'handlers'));
  const file = (route: string) =>
    `export const handler = { route: '${route}', fn: () => ({ status: 204, headers: { 'X-Handled': 'yes' } }) };\n`;
  writeFiles(
    join(folder, 'handlers'),
    Object.fromEntries(Object.keys(hooks.routes).map((route) => [`${route}.mjs`, file(route)])),
  );
  const app = new App({ outdir: join(folder, 'out') });
  const stack = new Stack(app, 'Hooks');
  const secret = (name: string) => Secret.fromSecretNameV2(stack, name, name);
  new SecureApi(stack, 'Api', {
    definition: hooks,
    handlers: join(folder, 'handlers'),
    identity: Identity.oidc({ issuer: 'https://a.example', jwksUri: 'https://a.example/keys', audience: 'hooks' }),
    webhooks: Object.fromEntries(SECRETS.map((name) => [name, secret(name)])) as Record<keyof typeof KEYS, Secret>,
    notify: [Notify.email('ops@example.com')],
    waf: { ipLimit: 1_000_000 },
  });
  app.synth();
  return join(folder, 'out');
}

/** Gives the local secrets their values, as `aws secretsmanager put-secret-value` does. */
async function putSecrets(values: Readonly<Record<string, string>>): Promise<void> {
  const { environment, apis } = gateway.ready;
  const client = new SecretsManagerClient({
    endpoint: environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  for (const [name, SecretString] of Object.entries(values)) {
    const SecretId = apis[0]?.webhooks?.[name] ?? expect.fail(`no secret ${name}`);
    await client.send(new PutSecretValueCommand({ SecretId, SecretString }));
  }
  client.destroy();
}

beforeAll(async () => {
  gateway = await startGateway({ assembly: assembly(), args: ['--speed', '60'] });
  call = clientOf(gateway.ready);
});
afterAll(() => gateway?.stop());

const deliver = ({ sender, body, headers }: Message) =>
  call('POST', `/hooks/${sender}`, {
    body: typeof body === 'string' ? body : Buffer.from(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

describe('a secret that is no key', () => {
  it('is an error on our side, and raises the alarm that the template has', async () => {
    await putSecrets({ 'shop-signing': 'too short' });
    const body = '{"type":"paid"}';
    // The alarm counts three.
    for (let i = 0; i < 3; i += 1) {
      const { status, text } = await deliver({ sender: 'shop', body, headers: signMessage('shop', { body }) });
      expect([status, text]).toEqual([500, expect.stringContaining('"code":"internal"')]);
    }
    await expect.poll(() => gateway.output(), { timeout: 60_000 }).toMatch(/^ALARM \(ticket\) hooks: webhook errors$/m);
    expect(gateway.output()).not.toContain('too short');
  });
});

describe('secure-api webhooks send', () => {
  beforeAll(async () => {
    await putSecrets(KEYS);
    await putSecrets(NEXT_KEYS);
  });
  const body = () => folderOf({ 'event.json': '{"type":"paid","id":"evt_sent"}' });
  const send = async (...args: readonly string[]) => {
    const options = ['--definition', DEFINITION, '--data', gateway.ready.data, '--json'];
    const { stdout, stderr, code } = await cli(['webhooks', 'send', ...args, ...options]);
    return { code, stderr, ...(stdout === '' ? {} : (JSON.parse(stdout) as { readonly status: number })) };
  };

  it.each(senderNames)('signs as %s does, with the local secret, over TLS', async (sender) => {
    const file = join(body(), 'event.json');
    expect(await send('--route', sender, '--body', file)).toMatchObject({ code: 0, status: 204 });
  });

  it('sends a message that is too old, and ends with an error', async () => {
    const file = join(body(), 'event.json');
    expect(await send('--route', 'stripe', '--body', file, '--age', '600')).toMatchObject({ code: 1, status: 401 });
    expect(await send('--route', 'github', '--body', file, '--age', '600')).toMatchObject({ code: 0, status: 204 });
  });

  it('adds headers, but none that replaces the signature', async () => {
    const file = join(body(), 'event.json');
    const header = ['--header', 'X-Hub-Signature-256: sha256=00', '--header', 'x-github-event: push'];
    expect(await send('--route', 'github', '--body', file, ...header)).toMatchObject({ code: 0, status: 204 });
  });

  it.each([
    ['a route that is no webhook', ['--route', 'notes']],
    ['an unknown route', ['--route', 'strpe']],
    ['a path of no API', ['--route', 'stripe', '--path', 'hooks']],
    ['a body that is no file', ['--route', 'stripe', '--body', '/nowhere/event.json']],
    ['a header without a name', ['--route', 'stripe', '--header', 'x']],
    ['a header with a line break', ['--route', 'stripe', '--header', 'x-a: b\r\nx-c: d']],
    ['a header that is no ASCII', ['--route', 'stripe', '--header', 'x-a: ☃']],
    ['an id with a line break', ['--route', 'standard', '--id', 'a\nb']],
    ['an empty id', ['--route', 'standard', '--id', '']],
    ['a negative age', ['--route', 'stripe', '--age', '-1']],
  ])('reports %s as an option that is wrong', async (_, args) => {
    const { code, stderr } = await send(...args);
    const { error } = JSON.parse(stderr) as { readonly error: object };
    expect([code, error]).toEqual([2, expect.objectContaining({ code: expect.any(String), fix: expect.any(String) })]);
  });
});

describe('the whole gateway', () => {
  it.each(DELIVERIES)('agrees on $name', async (row) => {
    const outcomes: string[] = [];
    for (const delivery of row.deliveries(bodyFor(row))) {
      const { status, headers } = await deliver(delivery);
      const accepted = 'x-handled' in headers ? 'handled' : 'recognized';
      outcomes.push(status === 401 ? 'rejected' : status === 204 ? accepted : String(status));
    }
    expect(outcomes).toEqual(row.expected);
  });

  // Node sends one of two spellings of a name.
  it.each(MESSAGES.filter(([, what]) => !what.includes('two spellings')))(
    '%s: %s',
    async (category, what, messageOf, { byGateway }) => {
      const { status, text } = await deliver(messageOf(bodyOf(category, what)));
      expect([status, text]).toEqual([byGateway, expect.any(String)]);
      if (status === 401)
        expect(learned(text)).toEqual(['Webhook rejected', 401, 'string', { code: 'webhook-rejected' }]);
    },
  );

  it('writes no key and no body into logs', () => {
    for (const key of [...Object.values(KEYS), ...Object.values(NEXT_KEYS)])
      expect(gateway.output()).not.toContain(key);
    expect(gateway.output()).not.toMatch(/failed in the gateway|unhandled/i);
  });
});
