import { setTimeout as sleep } from 'node:timers/promises';
import { requestToken } from '../../../local/services/issuer/requestToken.ts';
import { type Client, type ClientResponse, clientOf } from '../../support/client.ts';
import type { Ready } from '../../support/gateway.ts';
import type { Judge, Opinion } from '../implementation.ts';
import type { ParityRequest } from '../request.ts';
import { credentialsOf, wireOf } from '../wire.ts';

/** All rows of a tier share its bucket, so a row that comes too early waits. */
const WAIT_MS = 100;
/** Codes of the problem documents that tell a request which is not well formed. */
const ILL_FORMED = [
  'invalid-request',
  'malformed-json',
  'method-override-rejected',
  'payload-too-large',
  'unsupported-media-type',
  'not-acceptable',
];

/**
 * The whole gateway, over TLS, with premium tokens of its issuer: one for each set of roles, each of its own client.
 *
 * @param heard - gets the status of every answer.
 */
export function gatewayJudge(
  ready: Ready,
  heard: (request: ParityRequest, status: number) => void = () => undefined,
): Judge {
  const call = clientOf(ready);
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (roles: readonly string[]) => {
    const key = JSON.stringify(roles);
    const options = { ready: { ...ready, dynamodb: '', apis: [] }, data: ready.data, roles, tier: 'premium' };
    const known = tokens.get(key) ?? requestToken({ ...options, client: `parity-${tokens.size}` });
    tokens.set(key, known);
    return known;
  };
  return {
    name: 'local gateway',
    about: ['access', 'input'],
    judge: async (request) => {
      const answer = await ask(call, request, await credentialsOf(request, tokenOf));
      heard(request, answer.status);
      return opinionOf(answer);
    },
  };
}

async function ask(call: Client, request: ParityRequest, credentials: readonly string[]): Promise<ClientResponse> {
  const { method, path, query } = request;
  const { headers, body } = wireOf(request);
  const sent = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]));
  for (;;) {
    const answer = await call(method, query === undefined ? path : `${path}?${query}`, {
      headers: { 'content-type': [], ...sent, authorization: [...credentials] },
      body,
    });
    if (answer.status !== 429) return answer;
    await sleep(WAIT_MS);
  }
}

/** What a handler answers (404 of a document, 409, 412, 428) is to a request that passed every check. */
function opinionOf(answer: ClientResponse): Opinion {
  if (answer.status < 400) return { access: 'allow', input: 'valid' };
  const { code, errors } = answer.json<{
    readonly code: string;
    readonly errors?: readonly { readonly code: string }[];
  }>();
  if (code === 'unauthorized') return { access: 'unauthenticated' };
  if (code === 'forbidden') return { access: 'forbidden' };
  if (code === 'route-not-found') return { access: 'no-route' };
  if (answer.status >= 500 || answer.status === 403) throw new Error(`${answer.status}: ${answer.text}`);
  // A handler refuses what the schemas let through without naming a place, such as a cursor that it has not signed.
  const isByHandler = code === 'invalid-request' && errors === undefined;
  if (isByHandler || !ILL_FORMED.includes(code)) return { access: 'allow', input: 'valid' };
  const isByModel = errors?.some((fault) => fault.code === 'schema') === true;
  return { access: 'allow', input: isByModel ? 'refused-at-gateway' : 'refused-by-lambda' };
}
