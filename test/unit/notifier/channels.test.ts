import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { deliverer } from '../../../lambdas/notifier/deliver.ts';
import type { Notification } from '../../../lambdas/notifier/notification.ts';
import { send } from '../../../lambdas/notifier/send.ts';
import type { Channel } from '../../../lambdas/shared/notifierSettings.ts';
import { httpServer, tcpServer } from '../../support/faultyServer.ts';
import { awsStandIn, httpsReceiver, type Receiver } from './receivers.ts';
import { ADAPTIVE_CARD, PAGER_DUTY_EVENT, SLACK_MESSAGE } from './schemas.ts';
import { NOTIFICATION } from './support.ts';

const trusted = getCACertificates('default');
afterEach(() => setDefaultCACertificates(trusted));

const all = { severities: ['page', 'ticket', 'info'] } as const;
const SIGNING = `whsec_${randomBytes(32).toString('base64')}`;
const ROUTING_KEY = 'e93facc04764012d7bfb002500d5d1a6';

/** Sends a notification to a channel whose provider is a receiver on this machine. */
async function sendTo(channel: Channel, secret: (url: string) => string, notification = NOTIFICATION) {
  const receiver = await trustedReceiver();
  const aws = await awsStandIn({ GetSecretValue: () => ({ SecretString: secret(receiver.url) }) });
  const toReceiver: typeof send = (request) =>
    send({ ...request, url: new URL(new URL(request.url).pathname, receiver.url).href }, 'loopback');
  await deliverer(aws.environment, toReceiver)(channel, notification);
  expect(aws.calls.map(({ operation }) => operation)).toEqual(['GetSecretValue']);
  const [request = expect.fail('nothing arrived')] = receiver.received;
  expect(request.headers['content-type']).toBe('application/json');
  return { request, json: JSON.parse(request.body) };
}

async function trustedReceiver(...statuses: readonly number[]): Promise<Receiver> {
  const receiver = await httpsReceiver(...statuses);
  setDefaultCACertificates([...trusted, receiver.ca.root]);
  return receiver;
}

/** A receiver that accepts so many messages a second, and rejects the others as chats do. */
async function limitedReceiver(perSecond: number, retryAfter = '1') {
  const received: string[] = [];
  let free = perSecond;
  const timer = setInterval(() => {
    free = perSecond;
  }, 1_000);
  onTestFinished(() => clearInterval(timer));
  const port = await httpServer(async (request, response) => {
    const body = await text(request);
    if (free <= 0) return void response.writeHead(429, { 'retry-after': retryAfter }).end();
    free -= 1;
    received.push(body);
    response.writeHead(200).end();
  });
  return { port, received };
}

function faults(schema: object, json: unknown): unknown {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const validate = ajv.compile(schema);
  return validate(json) ? [] : validate.errors;
}

/** Notifications of every status, and with texts of every length. */
const CASES: readonly (readonly [string, Notification])[] = [
  ['fires', NOTIFICATION],
  ['has no data', { ...NOTIFICATION, status: 'unknown', severity: 'ticket' }],
  ['is a notice', { ...NOTIFICATION, status: 'notice', severity: 'info', measured: '', first: '', links: {} }],
  ['is as long as it can be', longest()],
];

function longest(): Notification {
  const row = { name: `${'x'.repeat(64)}`, requests: '1,000,000' };
  const list = { title: 'Top clients', rows: Array.from({ length: 5 }, () => row) };
  const text = 'é'.repeat(1_024);
  return { ...NOTIFICATION, title: text, what: text, measured: text, first: text, contributors: [list, list, list] };
}

describe('a message for Slack', () => {
  it.each(CASES)('is a message with blocks when an alarm %s', async (_, notification) => {
    const channel = { ...all, kind: 'slack', secret: 'arn' } as const;
    const { json, request } = await sendTo(channel, (url) => `${url}/services/T0/B0/x\n`, notification);
    expect(request.path).toBe('/services/T0/B0/x');
    expect(faults(SLACK_MESSAGE, json)).toEqual([]);
  });
});

describe('a message for Teams', () => {
  it.each(CASES)('is an adaptive card when an alarm %s', async (_, notification) => {
    const channel = { ...all, kind: 'teams', secret: 'arn' } as const;
    const { json, request } = await sendTo(channel, (url) => `${url}/workflows/1`, notification);
    expect(json).toMatchObject({
      type: 'message',
      attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null }],
    });
    expect(faults(ADAPTIVE_CARD, json.attachments[0].content)).toEqual([]);
    expect(Buffer.byteLength(request.body)).toBeLessThan(28_000);
  });
});

describe('an event for PagerDuty', () => {
  const channel = { ...all, kind: 'pagerDuty', secret: 'arn', region: 'us' } as const;

  it.each(CASES)('triggers when an alarm %s', async (_, notification) => {
    const { json, request } = await sendTo(channel, () => ROUTING_KEY, notification);
    expect(request.path).toBe('/v2/enqueue');
    expect(faults(PAGER_DUTY_EVENT, json)).toEqual([]);
    expect(json).toMatchObject({ routing_key: ROUTING_KEY, event_action: 'trigger', dedup_key: notification.alarm });
  });

  it('resolves the incident of the alarm when it ends', async () => {
    const { json } = await sendTo(channel, () => ROUTING_KEY, { ...NOTIFICATION, status: 'resolved' });
    expect(faults(PAGER_DUTY_EVENT, json)).toEqual([]);
    expect(json).toEqual({ routing_key: ROUTING_KEY, event_action: 'resolve', dedup_key: NOTIFICATION.alarm });
  });

  it('has the urgency of the alarm', async () => {
    const severities = [];
    for (const severity of ['page', 'ticket', 'info'] as const) {
      const { json } = await sendTo(channel, () => ROUTING_KEY, { ...NOTIFICATION, severity });
      severities.push(json.payload.severity);
    }
    expect(severities).toEqual(['critical', 'warning', 'info']);
  });
});

describe('a signed webhook', () => {
  const channel = { ...all, kind: 'webhook', secret: 'arn', url: 'https://hooks.example.com/alarms' } as const;

  it('is one that the library of Standard Webhooks verifies', async () => {
    const { request, json } = await sendTo(channel, () => SIGNING);
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    expect(new Webhook(SIGNING).verify(request.body, headers)).toEqual(json);
    expect(headers['webhook-id']).toBe(NOTIFICATION.id);
    expect(json).toMatchObject({
      type: 'alarm.firing',
      timestamp: NOTIFICATION.at,
      data: { alarm: 'documents-failed-logins', severity: 'page', text: expect.stringMatching(/^ALARM \(page\)/) },
    });
    expect(() => new Webhook(`whsec_${randomBytes(32).toString('base64')}`).verify(request.body, headers)).toThrow();
    expect(() => new Webhook(SIGNING).verify(request.body.replace('page', 'info'), headers)).toThrow();
  });

  it('is signed with both keys while they are rotated', async () => {
    const next = `whsec_${randomBytes(24).toString('base64')}`;
    const { request } = await sendTo(channel, () => JSON.stringify([SIGNING, next]));
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    for (const key of [SIGNING, next]) expect(new Webhook(key).verify(request.body, headers)).toBeTruthy();
  });

  it.each(['', 'whsec_c2hvcnQ=', 'not base64 !', '["a"]'])(
    'is not sent with the key %o, which no error shows',
    async (key) => {
      const error = await sendTo(channel, () => key).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      if (key !== '') expect(String(error)).not.toContain(key);
    },
  );
});

describe('a mail', () => {
  it('is published as readable text with a subject', async () => {
    const aws = await awsStandIn({ Publish: () => ({}) });
    await deliverer(aws.environment)({ ...all, kind: 'email', topic: 'arn:aws:sns:eu-west-1:1:mails' }, NOTIFICATION);
    expect(aws.calls).toEqual([
      {
        operation: 'Publish',
        region: 'eu-west-1',
        input: {
          Action: 'Publish',
          Version: '2010-03-31',
          TopicArn: 'arn:aws:sns:eu-west-1:1:mails',
          Subject: 'ALARM (page) documents: failed logins',
          Message: expect.stringContaining('How bad\n  25 responses with 401 in five minutes.'),
        },
      },
    ]);
  });

  it('that SNS rejects is a failure', async () => {
    const aws = await awsStandIn({});
    const sent = deliverer(aws.environment)({ ...all, kind: 'email', topic: 'arn' }, NOTIFICATION);
    await expect(sent).rejects.toThrow('SNS returned the status 400');
  });
});

describe('a request', () => {
  const request = (url: string) => ({ url, headers: {}, body: '{}' });

  it.each([
    ['http://hooks.example.com/x', 'its address is not https'],
    ['https://127.0.0.1/x', 'its address is not public'],
    ['https://[::1]/x', 'its address is not public'],
    ['https://[::ffff:10.0.0.1]/x', 'its address is not public'],
    ['https://169.254.169.254/latest/meta-data', 'its address is not public'],
    ['https://10.0.0.1/x', 'its address is not public'],
    ['https://2130706433/x', 'its address is not public'],
    ['https://localhost/x', 'its name resolves to an address that is not public'],
    ['https://user:password@hooks.example.com/x', 'its address has a user or a password'],
    ['hooks.example.com', 'its address is no URL'],
    ['file:///etc/passwd', 'its address is not https'],
  ])('is not sent to %s', async (url, reason) => {
    await expect(send(request(url))).rejects.toThrow(reason);
  });

  it.each(['https://example.com/', 'http://10.0.0.1/', 'http://127.0.0.1.example.com/'])(
    'to this machine is not sent to %s',
    async (url) => {
      await expect(send(request(url), 'loopback')).rejects.toThrow('its address is not one of this machine');
    },
  );

  it.each([
    [[503, 500, 200], 3, undefined],
    [[500], 3, 'it returned the status 500'],
    [[404], 1, 'it returned the status 404'],
    [[302], 1, 'it returned the status 302'],
    [[0], 1, 'it did not respond in time'],
  ])('to a receiver that returns %j is sent %i times', async (statuses, times, reason) => {
    const receiver = await trustedReceiver(...statuses);
    const sent = send(request(receiver.url), 'loopback', { timeoutMs: 1_500, retries: 2 });
    if (reason === undefined) await sent;
    else await expect(sent).rejects.toThrow(reason);
    expect(receiver.received).toHaveLength(times);
  });

  it('waits a second after a 429 that names no time', async () => {
    const receiver = await trustedReceiver(429, 200);
    const started = performance.now();
    await send(request(receiver.url), 'loopback');
    expect(receiver.received).toHaveLength(2);
    expect(performance.now() - started).toBeGreaterThanOrEqual(990);
  });

  it('of many alarms at once waits as long as a chat asks, until all have arrived', async () => {
    const { port, received } = await limitedReceiver(8);
    const url = `http://127.0.0.1:${port}/`;
    const messages = Array.from({ length: 24 }, (_, i) => send({ url, headers: {}, body: String(i) }, 'loopback'));
    await Promise.all(messages);
    expect(received.toSorted((a, b) => Number(a) - Number(b))).toEqual(messages.map((_, i) => String(i)));
  });

  it('of 60 alarms in the same second reaches a chat that accepts three a second, within one run of the function', async () => {
    const { port, received } = await limitedReceiver(3);
    const url = `http://127.0.0.1:${port}/`;
    const messages = Array.from({ length: 60 }, (_, i) => send({ url, headers: {}, body: String(i) }, 'loopback'));
    await Promise.all(messages);
    expect(new Set(received).size).toBe(60);
    expect(received).toHaveLength(60);
  });

  it('that has to wait longer than the function runs fails at once, and is repeated by Lambda', async () => {
    const { port } = await limitedReceiver(0, '60');
    const started = performance.now();
    const sent = send({ url: `http://127.0.0.1:${port}/`, headers: {}, body: '' }, 'loopback');
    await expect(sent).rejects.toThrow('it returned the status 429');
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('ends when a receiver sends its response a byte at a time', async () => {
    const port = await tcpServer((socket) => {
      const timer = setInterval(() => socket.write('H'), 100);
      socket.on('close', () => clearInterval(timer));
    });
    const sent = send({ url: `http://127.0.0.1:${port}/`, headers: {}, body: '' }, 'loopback', {
      timeoutMs: 800,
      retries: 2,
    });
    await expect(sent).rejects.toThrow(/it did not respond in time|the connection failed/);
  });

  it('reads no body of a response, however long it is', async () => {
    let written = 0;
    const port = await httpServer((_, response) => {
      response.writeHead(200);
      const more = () => {
        for (let ok = true; ok && !response.destroyed; ) {
          written += 65_536;
          ok = response.write('x'.repeat(65_536));
        }
      };
      response.on('drain', more);
      more();
    });
    await send({ url: `http://127.0.0.1:${port}/`, headers: {}, body: '' }, 'loopback');
    expect(written).toBeLessThan(20_000_000);
  });

  it('is not sent to a server that no CA vouches for', async () => {
    const receiver = await httpsReceiver();
    const sent = send(request(`${receiver.url}/services/secret`), 'loopback');
    const error: unknown = await sent.catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/the connection failed: [A-Z_]+/);
    expect(String(error)).not.toContain('secret');
    expect(receiver.received).toEqual([]);
  });
});
