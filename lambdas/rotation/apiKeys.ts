import { listApiKeys, listItems } from '../shared/apiKeyList.ts';
import { type AwsEnvironment, AwsServiceError, type SignedFetch, signedFetch } from '../shared/aws.ts';
import { KEY_TAG } from '../shared/clientKey.ts';
import { isRecord } from '../shared/json.ts';
import type { ApiKeys } from './ports.ts';

/** Creations of keys are throttled to five a second over the whole account, so a throttled call waits for longer. */
const LIMITS = { timeoutMs: 30_000, retries: 8 };

/**
 * API keys by the control plane of API Gateway.
 *
 * @param restApiId written into a tag of each key, by which the role of the function is limited to them.
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html
 */
export function apiKeys(environment: AwsEnvironment, restApiId: string): ApiKeys {
  const send = signedFetch(environment, 'apigateway', LIMITS);
  return {
    list: () => listApiKeys(send),
    async membersOf(planId) {
      const keys = await listItems(send, `/usageplans/${encodeURIComponent(planId)}/keys`);
      return new Set(keys.map(({ id }) => String(id)));
    },
    hasPlan: async (keyId) => (await listItems(send, '/usageplans', { keyId })).length > 0,
    async create({ name, value, enabled }) {
      const description = 'Counts requests; never handed out';
      const body = { name, value, enabled, description, tags: { [KEY_TAG]: restApiId } };
      const { id } = await call(send, 'POST', '/apikeys', body).catch(ignoring(409));
      return typeof id === 'string' ? id : undefined;
    },
    async setEnabled(keyId, enabled) {
      const patchOperations = [{ op: 'replace', path: '/enabled', value: String(enabled) }];
      await call(send, 'PATCH', `/apikeys/${encodeURIComponent(keyId)}`, { patchOperations });
    },
    async join(planId, keyId) {
      const path = `/usageplans/${encodeURIComponent(planId)}/keys`;
      await call(send, 'POST', path, { keyId, keyType: 'API_KEY' }).catch(ignoring(409));
    },
    async remove(keyId) {
      const result = await call(send, 'DELETE', `/apikeys/${encodeURIComponent(keyId)}`).catch(ignoring(404, 403));
      return result !== DENIED;
    },
  };
}

type Members = Readonly<Record<string, unknown>>;

/** One call of the control plane. The error contains no part of the response, which could quote a key. */
async function call(send: SignedFetch, method: string, path: string, body?: Members): Promise<Members> {
  const content = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const { ok, status, text } = await send(path, { method, ...content });
  if (!ok) throw new AwsServiceError('apigateway', status, `${method} ${path}`);
  const parsed: unknown = text === '' ? {} : JSON.parse(text);
  return isRecord(parsed) ? parsed : {};
}

/** The result of a call that is not allowed. */
const DENIED: Members = {};

/** Takes a rejection with the first status as done, and one with the second as denied. */
function ignoring(done: number, denied?: number): (error: unknown) => Members {
  return (error) => {
    if (error instanceof AwsServiceError && error.status === done) return {};
    if (error instanceof AwsServiceError && error.status === denied) return DENIED;
    throw error;
  };
}
