import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { Command, InvalidArgumentError } from 'commander';
import { secretsManager } from '../../lambdas/shared/secretsManager.ts';
import { signedHeaders, webhookKeys } from '../../lambdas/shared/webhookSignature.ts';
import type { Route } from '../definition/api.ts';
import type { WebhookRules } from '../definition/webhook.ts';
import { EXIT } from './exitCodes.ts';
import { findGateway } from './findGateway.ts';
import { DEFINITION_OPTION, loadDefinition } from './loadDefinition.ts';
import type { Ready } from './localPackage.ts';
import { invalidOption, wholeNumber, withExamples, withGateway } from './options.ts';
import { print } from './output.ts';
import { routeById } from './simulateOptions.ts';

interface SendOptions {
  readonly definition?: string;
  readonly route: string;
  readonly body?: string;
  readonly path?: string;
  readonly id?: string;
  readonly age: number;
  readonly header: readonly (readonly [string, string])[];
  readonly readyFile?: string;
  readonly data: string;
  readonly json?: boolean;
}

/** What the gateway responded. */
interface Received {
  readonly status: number;
  readonly body: string;
}

/** `secure-api webhooks`: messages to the running local gateway, signed as their senders sign them. */
export function webhooksCommand(): Command {
  return new Command('webhooks')
    .description('send signed messages to the running local gateway')
    .addCommand(sendCommand());
}

function sendCommand(): Command {
  const command = withGateway(new Command('send'))
    .description('sign a message as the sender of a webhook does, with the local secret, and send it')
    .requiredOption('--route <name>', 'route of the webhook')
    .option('--body <file>', 'file that is sent as it is; - for stdin (default: an empty body)')
    .option('--path <path>', 'path of the request, if that of the route has parameters')
    .option('--id <id>', 'id of the message, where its sender writes it into a header (default: a new one)', messageId)
    .option('--age <seconds>', 'how long ago it is signed', wholeNumber(0, 31_536_000), 0)
    .option('--header <name:value>', 'another header; can be repeated', header, [])
    .option(...DEFINITION_OPTION)
    .option('--json', 'print { status, body } as JSON')
    .action(send);
  return withExamples(
    command,
    'secure-api webhooks send --route stripeEvent --body event.json',
    'secure-api webhooks send --route stripeEvent --body event.json --age 600   # too old: 401',
    "secure-api webhooks send --route githubEvent --body push.json --header 'x-github-event: push'",
  );
}

async function send(options: SendOptions): Promise<void> {
  const route = routeById(await loadDefinition(options.definition), options.route);
  const { access } = route;
  if (access.kind !== 'webhook') throw noWebhook(route);
  const ready = findGateway(options);
  const body = options.body === undefined ? Buffer.alloc(0) : readFileSync(options.body === '-' ? 0 : options.body);
  const { url, key } = await targetOf(ready, access.webhook);
  const seconds = Math.floor(Date.now() / 1000) - options.age;
  const id = options.id ?? `msg_${randomUUID()}`;
  const headers = { 'content-type': 'application/json', ...Object.fromEntries(options.header) };
  const signed = signedHeaders(access.webhook, key, { id, seconds, body });
  const address = new URL(`${url}${pathOf(route, options.path)}`);
  const received = await post(address, { ...headers, ...signed }, { body, ca: readFileSync(ready.ca) });
  print(options.json ? JSON.stringify(received) : [String(received.status), received.body].join('\n').trimEnd());
  if (received.status >= 300) process.exitCode = EXIT.failure;
}

/** The API that has the webhook, and the key that its local secret holds. */
async function targetOf(ready: Ready, webhook: WebhookRules) {
  const found = ready.apis.find(({ webhooks = {} }) => Object.hasOwn(webhooks, webhook.secret));
  const secretId = found?.webhooks?.[webhook.secret];
  if (found === undefined || secretId === undefined) {
    throw invalidOption({
      location: '--route',
      found: `the webhook ${webhook.secret}, which the running gateway does not know`,
      expected: 'a webhook of the stack that it serves',
      fix: 'Start the gateway again after a change of the definition, or name another one with --data.',
    });
  }
  const secret = await secretsManager(ready.environment).current(secretId);
  const [key] = webhookKeys(webhook, secret);
  if (key === undefined) throw new Error('the secret has no key');
  return { url: found.url, key };
}

function pathOf({ path }: Route, given: string | undefined): string {
  const chosen = given ?? path;
  if (chosen.startsWith('/') && !chosen.includes('{')) return chosen;
  const fix = `Write the path with its values, such as --path ${path.replaceAll(/\{[^}]*\}/g, '1')}.`;
  throw invalidOption({ location: '--path', found: JSON.stringify(chosen), expected: `a path like ${path}`, fix });
}

function noWebhook({ id, access }: Route) {
  return invalidOption({
    location: '--route',
    found: `${id}, whose access is ${access.kind}`,
    expected: 'the route of a webhook',
    fix: 'Name a route with "webhook". For another one, get a token: secure-api token --help.',
  });
}

function messageId(value: string): string {
  if (/^[!-~]+$/.test(value)) return value;
  throw new InvalidArgumentError('expected printable ASCII without spaces.');
}

function header(value: string, before: SendOptions['header']): SendOptions['header'] {
  const [, name, text] = /^([A-Za-z0-9-]+):[ ]*([ -~]*)$/.exec(value) ?? [];
  if (name === undefined || text === undefined)
    throw new InvalidArgumentError('expected a name and a value, such as x-event: push.');
  return [...before, [name.toLowerCase(), text]];
}

function post(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { body, ca }: { readonly body: Buffer; readonly ca: Buffer },
): Promise<Received> {
  return new Promise((done, fail) => {
    const outgoing = request(
      url,
      { method: 'POST', headers: { ...headers, 'content-length': body.length }, ca },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', fail);
        incoming.on('end', () =>
          done({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        );
      },
    );
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}
