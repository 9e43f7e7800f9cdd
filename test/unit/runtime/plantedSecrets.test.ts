import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler } from '../../../lambdas/runtime/event.ts';
import { handlersOf, problem } from '../../../lambdas/runtime/index.ts';
import type { HandlerTools } from '../../../lambdas/runtime/secure.ts';
import { partsIn, SECRET_KINDS, secretsToPlant } from '../../support/plantedSecrets.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, list, serveApi, silenceTelemetry, type TestRequest, things } from './support.ts';

silenceTelemetry();
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'DEBUG');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});

const SETS = 10;
const secrets = secretsToPlant(SETS);
const secure = handlersOf<typeof things>();
const raise = (error: unknown): never => {
  throw error;
};
class PlantedError extends Error {}
const named = (name: string) => Object.assign(new Error('failed'), { name });

/** What a handler does with a secret, and the output that then is not empty: `log`, `metrics` or the rejection itself. */
const USES: Readonly<Record<string, (secret: string, tools: HandlerTools) => unknown>> = {
  'throws an error': (secret) => raise(new Error(`no connection with ${secret}`)),
  'throws its own error': (secret) => raise(new PlantedError(secret)),
  'throws an error with a cause': (secret) => raise(new Error('failed', { cause: new Error(secret) })),
  'throws an error with a cause of causes': (secret) =>
    raise(new Error('a', { cause: new Error('b', { cause: secret }) })),
  'throws several errors': (secret) => raise(new AggregateError([new Error(secret), secret], 'all')),
  'throws an error of this name': (secret) => raise(named(secret)),
  'throws an error with members': (secret) => raise(Object.assign(new Error('failed'), { note: secret, [secret]: 1 })),
  'throws a string': (secret) => raise(secret),
  'throws an object': (secret) => raise({ message: secret, [secret]: secret }),
  'rejects a promise': (secret) => Promise.reject(new Error(secret)),
  'returns a wrong response': (secret) => ({ status: 200, body: { [secret]: secret } }),
  'returns a wrong status': (secret) => ({ status: secret }),
  'returns a wrong header': (secret) => ({ status: 200, body: { seen: 1 }, headers: { [secret]: `${secret}\r\n` } }),
  'throws a problem with a cause': (secret) => raise(Object.assign(problem(404), { cause: secret })),
  'logs a message': (secret, { log }) => log.info(`called with ${secret}`),
  'logs a value': (secret, { log }) => log.warn('seen', { note: secret, deep: [{ list: [secret] }] }),
  'logs a key': (secret, { log }) => log.error('seen', { [secret]: 1 }),
  'logs an error': (secret, { log }) => log.error('seen', new Error(secret, { cause: new Error(secret) })),
  'logs JSON': (secret, { log }) => log.debug(JSON.stringify({ a: JSON.stringify({ b: secret }) })),
  'logs a URL': (secret, { log }) => log.info(`GET https://a.example/x?q=${encodeURIComponent(secret)}&page=2`),
  'logs a redirect': (secret, { log }) =>
    log.info(`to /in?to=${encodeURIComponent(`https://b.example/?a=1&q=${encodeURIComponent(secret)}&b=${secret}`)}`),
  'logs JSON in a URL': (secret, { log }) =>
    log.info(`GET /x?filter=${encodeURIComponent(JSON.stringify({ a: 1, q: secret, list: [secret] }))}&page=2`),
  'logs a form': (secret, { log }) => log.info(`${new URLSearchParams({ a: '1', q: secret, [secret]: '1' })}`),
  'logs headers': (secret, { log }) => log.info('sent', { headers: { 'x-note': [secret], authorization: secret } }),
  'logs bytes': (secret, { log }) => log.info('read', { bytes: Buffer.from(secret) }),
  'appends a key': (secret, { log }) => {
    log.appendKeys({ note: secret, [secret]: 'x' });
    log.info('seen');
  },
  'makes a child of the log': (secret, { log }) =>
    log.createChild({ persistentKeys: { note: secret } }).info(`child ${secret}`),
  'adds metadata': (secret, { metrics }) => metrics.addMetadata('note', secret).addMetric('Seen', 'Count', 1),
  'adds metadata of this name': (secret, { metrics }) => metrics.addMetadata(secret, 'x').addMetric('Seen', 'Count', 1),
  'adds a dimension': (secret, { metrics }) => metrics.addDimension('tenant', secret).addMetric('Seen', 'Count', 1),
  'adds a dimension of this name': (secret, { metrics }) =>
    metrics.addDimension(secret, 'x').addMetric('Seen', 'Count', 1),
  'adds dimensions': (secret, { metrics }) => metrics.addDimensions({ tenant: secret }).addMetric('Seen', 'Count', 1),
  'adds a metric of this name': (secret, { metrics }) => metrics.addMetric(secret, 'Count', 1),
  'adds a metric in this unit': (secret, { metrics }) => metrics.addMetric('Seen', secret as never, 1),
  'writes a single metric': (secret, { metrics }) =>
    metrics.singleMetric().addDimension('tenant', secret).addMetric('Seen', 'Count', 1),
};

/** What a request writes, and the response if it is an error: headers and problem document. */
async function outputsOf(served: LambdaHandler, request: TestRequest) {
  let rejection = '';
  const lines = await linesOf(async () => {
    const { statusCode, headers, multiValueHeaders, body } = await call(served, request);
    if (statusCode >= 400) rejection = JSON.stringify([headers, multiValueHeaders, body]);
  });
  return { lines, rejection };
}

describe('a secret of any kind', () => {
  it.each(Object.entries(USES))('is in no output when a handler %s', async (_use, run) => {
    let text = '';
    const handler = secure('list', async (request) => {
      const result = await run(text, request);
      const isResponse = typeof result === 'object' && result !== null && 'status' in result;
      return isResponse ? (result as never) : { status: 200, body: { seen: 1 } };
    });
    const served = serveApi(things, [handler]);
    let planted = 0;
    for (const secret of secrets) {
      ({ text } = secret);
      const { lines, rejection } = await outputsOf(served, list);
      // The request's own entry and metrics, besides what the handler wrote or why it failed.
      expect(lines.length).toBeGreaterThanOrEqual(rejection.includes('not-found') ? 2 : 3);
      expect([secret.kind, partsIn([...lines, rejection].join('\n'), secret)]).toEqual([secret.kind, []]);
      planted += 1;
    }
    expect(planted).toBe(SETS * SECRET_KINDS);
  });

  const REQUESTS: Readonly<Record<string, (secret: string) => TestRequest>> = {
    'name of a parameter': (secret) => ({ ...list, query: { [secret]: '1' } }),
    'long name of a parameter': (secret) => ({ ...list, query: { [`${'x'.repeat(30)} ${secret}`]: '1' } }),
    'value of a parameter': (secret) => ({ ...list, query: { limit: secret, tag: [secret] } }),
    'path parameter': (secret) => ({ ...list, path: { name: encodeURIComponent(secret) } }),
    header: (secret) => ({ ...list, headers: { 'x-mode': secret, 'user-agent': secret } }),
  };
  it.each(Object.entries(REQUESTS))('is in no output when it is sent as %s', async (_place, requestOf) => {
    const served = serveApi(things, [secure('list', () => ({ status: 200, body: { seen: 1 } }))]);
    for (const secret of secrets) {
      const { lines, rejection } = await outputsOf(served, requestOf(secret.text));
      expect(lines.length).toBeGreaterThanOrEqual(2);
      expect(rejection).toContain('invalid-request');
      expect([secret.kind, partsIn([...lines, rejection].join('\n'), secret)]).toEqual([secret.kind, []]);
    }
  });
});
