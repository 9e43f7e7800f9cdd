import { problem } from '../../../lambdas/runtime/index.ts';
import type { HandlerTools } from '../../../lambdas/runtime/secure.ts';
import type { WAYS } from '../leakingApi.ts';
import { secure } from './secure.ts';

const raise = (error: unknown): never => {
  throw error;
};

type Way = (secret: string, tools: HandlerTools) => unknown;
const DO: Readonly<Record<(typeof WAYS)[number], Way>> = {
  'throws an error': (secret) => raise(new Error(`no connection with ${secret}`)),
  'throws its cause': (secret) => raise(new Error('failed', { cause: new Error(secret) })),
  'throws several errors': (secret) => raise(new AggregateError([new Error(secret), secret], 'all')),
  'throws an error with members': (secret) => raise(Object.assign(new Error('failed'), { note: secret, [secret]: 1 })),
  'throws a string': (secret) => raise(secret),
  'throws a problem with a cause': (secret) => raise(Object.assign(problem(404), { cause: secret })),
  'rejects a promise': (secret) => Promise.reject(new Error(secret)),
  'returns a wrong response': (secret) => ({ status: 200, body: { [secret]: secret } }),
  'returns a wrong header': (secret) => ({ status: 200, body: { seen: 1 }, headers: { [secret]: `${secret}\r\n` } }),
  'logs a message': (secret, { log }) => log.info(`called with ${secret}`),
  'logs a value': (secret, { log }) => log.warn('seen', { note: secret, deep: [{ list: [secret] }] }),
  'logs a key': (secret, { log }) => log.error('seen', { [secret]: 1 }),
  'logs an error': (secret, { log }) => log.error('seen', new Error(secret, { cause: new Error(secret) })),
  'logs JSON': (secret, { log }) => log.info(JSON.stringify({ a: JSON.stringify({ b: secret }) })),
  'logs a URL': (secret, { log }) => log.info(`GET https://a.example/x?q=${encodeURIComponent(secret)}&page=2`),
  'logs bytes': (secret, { log }) => log.info('read', { bytes: Buffer.from(secret) }),
  'appends a key': (secret, { log }) => {
    log.appendKeys({ note: secret, [secret]: 'x' });
    log.info('seen');
  },
  'adds metadata': (secret, { metrics }) => metrics.addMetadata('note', secret).addMetric('Seen', 'Count', 1),
  'adds a dimension': (secret, { metrics }) => metrics.addDimension('tenant', secret).addMetric('Seen', 'Count', 1),
  'adds a metric of this name': (secret, { metrics }) => metrics.addMetric(secret, 'Count', 1),
};

export const handler = secure('leak', async (request) => {
  const { way, text } = request.body;
  const result = await DO[way](text, request);
  const isResponse = typeof result === 'object' && result !== null && 'status' in result;
  return isResponse ? (result as never) : { status: 200, body: { seen: 1 } };
});
