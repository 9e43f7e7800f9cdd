import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type Client, clientOf } from '../support/client.ts';
import { httpServer } from '../support/faultyServer.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { filesOf, telemetryOf } from '../support/gatewayOutputs.ts';
import { PLACES, type PlantedRequest, type PlantingCaller } from '../support/plantedPlaces.ts';
import { type Sought, seenIn } from '../support/plantedSearch.ts';
import { secretsToPlant, wordsToPlant } from '../support/plantedSecrets.ts';
import { sendLines } from '../support/rawRequest.ts';

/** Secrets of each kind for each place. */
const SETS = 2;
/** Requests at the same time. */
const WORKERS = 6;
/** Alarms that the requests make fire, with who did it. */
const ALARMS = ['failed-logins', 'fuzzing'];

interface Planting extends Sought {
  readonly requestOf: (caller: PlantingCaller) => PlantedRequest;
}

/** Each place with secrets that no other place has. */
function plantings(): readonly Planting[] {
  const places = Object.entries(PLACES);
  const secrets = secretsToPlant(SETS * places.length);
  return [...secrets, ...wordsToPlant(places.length)].map((secret, i) => {
    const [place, requestOf] = places[i % places.length] ?? expect.fail('no place');
    return { where: `${secret.kind} in ${place}`, secret, requestOf: (caller) => requestOf(secret.text, caller) };
  });
}

async function newCaller(gateway: RunningGateway, call: Client): Promise<PlantingCaller> {
  const token = await gateway.token('editor', { tier: 'premium' });
  const { id } = (await call('POST', '/documents', { token, body: { title: 'Files' } })).json();
  return { token, document: `/documents/${id}` };
}

/** API Gateway names an unknown property to the client that sent it, and cannot redact its own message. */
const OWN_MESSAGE = /"message":"\[object instance has properties which are not allowed by the schema.*?\]\]"/;

/** Sends the requests, and returns the error responses, whole; a successful one returns what the caller stored. */
async function sendAll(gateway: RunningGateway, all: readonly Planting[]): Promise<readonly string[]> {
  const call = clientOf(gateway.ready);
  const caller = await newCaller(gateway, call);
  const waiting = [...all];
  const rejections: string[] = [];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const request = next.requestOf(caller);
      if ('lines' in request) {
        rejections.push(await sendLines(gateway.ready, request.lines));
      } else {
        const { status, headers, text } = await call(...request);
        if (status >= 400) rejections.push(`${JSON.stringify(headers)}\n${text.replace(OWN_MESSAGE, '')}`);
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
  return rejections;
}

/** What shows that these requests wrote to an output. */
const WRITTEN: Readonly<Record<string, RegExp>> = {
  'logs/access.log': /"routePath":/,
  'logs/authorizer.log': /"authorizer decision"[\s\S]*"CloudWatchMetrics"/,
  'logs/documents.log': /"message":"request"[\s\S]*"userAgent":"app\/1 [^"]*\[redacted\][\s\S]*"ClientErrors":1/,
  'logs/addAttachment.log': /"status":4\d\d/,
  'notifications.jsonl': /"newState":"ALARM"/,
  terminal: /^ALARM /m,
  webhook: /"type":"alarm\.firing"/,
  responses: /application\/problem\+json/,
  metrics: /"MetricName":"ClientErrors"/,
  alarms: /"StateValue":"ALARM"/,
  contributors: /"Keys":\["127\.0\.0\.1"\]/,
};

/** Where a value is shown that nothing shows to be a secret (docs/logging.md); all other values are left out. */
const SHOWN_WORDS = [
  'word in User-Agent at the cut, seen in logs/documents.log',
  'word in User-Agent, seen in logs/documents.log',
  'word in X-Request-Id:, seen in logs/documents.log',
  'word in body: key, seen in terminal',
  'word in name of a parameter, seen in responses',
  'word in path without a token, seen in terminal',
  'word in path, seen in terminal',
  'word in unknown path, seen in terminal',
];

it('no output of a running gateway holds a part of a secret that was planted in any part of 1,000 requests', async () => {
  const received: string[] = [];
  const port = await httpServer(async (request, response) => {
    let body = JSON.stringify(request.headers);
    for await (const part of request) body += String(part);
    received.push(body);
    response.writeHead(204).end();
  });
  // The clock is driven, so that alarms fire, and their notifications are outputs, too.
  const args = ['--speed', '60', '--notify-url', `http://127.0.0.1:${port}/alarms`];
  const gateway = await startGateway({ args });
  try {
    const all = plantings();
    const rejections = await sendAll(gateway, all);
    const notified = () => {
      const file = join(gateway.ready.data, 'notifications.jsonl');
      const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return ALARMS.filter((alarm) => text.includes(`-${alarm}","oldState":"OK","newState":"ALARM"`));
    };
    await expect.poll(notified, { timeout: 30_000 }).toEqual(ALARMS);
    const telemetry = await telemetryOf(gateway);
    // Logs are complete when the gateway has stopped.
    await gateway.stop();
    const outputs = {
      ...telemetry,
      ...filesOf(gateway),
      terminal: gateway.output(),
      webhook: received.join('\n'),
      responses: rejections.join('\n'),
    };
    const seen = seenIn(outputs, all);
    expect(seen.filter((each) => !each.startsWith('word '))).toEqual([]);
    // Not each of them in each run: how many requests reach a handler depends on how fast the machine is.
    expect(seen.filter((each) => each.startsWith('word ') && !SHOWN_WORDS.includes(each))).toEqual([]);

    expect(all.length).toBeGreaterThanOrEqual(1_000);
    expect(rejections.length).toBeGreaterThan(all.length / 2);
    const shown = Object.entries(WRITTEN).filter(([name, entry]) =>
      entry.test(Object.entries(outputs).find(([each]) => each === name)?.[1] ?? ''),
    );
    expect(shown.map(([name]) => name)).toEqual(Object.keys(WRITTEN));
  } finally {
    await gateway.stop();
  }
});
