import { setTimeout as sleep } from 'node:timers/promises';
import { requestToken } from '../../../local/services/issuer/requestToken.ts';
import { type Client, type ClientResponse, clientOf } from '../../support/client.ts';
import type { Ready } from '../../support/gateway.ts';
import type { Implementation, Outcome } from '../implementation.ts';
import type { ParityRequest } from '../request.ts';
import { credentialsOf, wireOf } from '../wire.ts';

/** All rows of a tier share its bucket, so a throttled row waits. */
const WAIT_MS = 100;
/** Problem codes of requests that are not well formed. */
const ILL_FORMED = [
  'invalid-request',
  'malformed-json',
  'method-override-rejected',
  'payload-too-large',
  'unsupported-media-type',
  'not-acceptable',
];

/**
 * The whole gateway, over TLS, with premium tokens of its issuer: one for each set of roles, each with its own client.
 *
 * @param heard - receives the status of every response.
 */
export function gatewayImplementation(
  ready: Ready,
  heard: (request: ParityRequest, status: number) => void = () => undefined,
): Implementation {
  const call = clientOf(ready);
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (roles: readonly string[]) => {
    const key = JSON.stringify(roles);
    const options = {
      ready: { ...ready, dynamodb: '', metricsUrl: '', apis: [] },
      data: ready.data,
      roles,
      tier: 'premium',
    };
    const known = tokens.get(key) ?? requestToken({ ...options, client: `parity-${tokens.size}` });
    tokens.set(key, known);
    return known;
  };
  return {
    name: 'local gateway',
    about: ['access', 'input'],
    evaluate: async (request) => {
      const response = await ask(call, request, await credentialsOf(request, tokenOf));
      heard(request, response.status);
      return request.method === 'HEAD' ? headOutcomeOf(response) : outcomeOf(response);
    },
  };
}

async function ask(call: Client, request: ParityRequest, credentials: readonly string[]): Promise<ClientResponse> {
  const { method, path, query } = request;
  const { headers, body } = wireOf(request);
  const sent = Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, [...values]]));
  for (;;) {
    const response = await call(method, query === undefined ? path : `${path}?${query}`, {
      headers: { 'content-type': [], ...sent, authorization: [...credentials] },
      body,
    });
    if (response.status !== 429) return response;
    await sleep(WAIT_MS);
  }
}

/** A response to `HEAD` has no body that names the part that rejects; only routes that exist are asked. */
function headOutcomeOf({ status }: ClientResponse): Outcome {
  if (status === 401) return { access: 'unauthenticated' };
  if (status === 403) return { access: 'forbidden' };
  return { access: 'allow', input: status === 400 ? 'rejected-by-lambda' : 'valid' };
}

/** A status of the handler (404 of a document, 409, 412, 428) means that the request passed every check. */
function outcomeOf(response: ClientResponse): Outcome {
  if (response.status < 400) return { access: 'allow', input: 'valid' };
  const { type, code, errors } = response.json<{
    readonly type: string;
    readonly code: string;
    readonly errors?: readonly { readonly code: string }[];
  }>();
  // The listener rejects a broken escape of a target, which the function would reject too: no part sees it here.
  if (type === 'about:blank' && response.status === 400) return { access: 'allow', input: 'rejected-by-lambda' };
  if (code === 'unauthorized') return { access: 'unauthenticated' };
  if (code === 'forbidden' || code === 'insufficient-scope') return { access: 'forbidden' };
  if (code === 'route-not-found') return { access: 'no-route' };
  if (response.status >= 500 || response.status === 403) throw new Error(`${response.status}: ${response.text}`);
  // A handler's own rejection names no location, such as that of a cursor that it has not signed.
  const isByHandler = code === 'invalid-request' && errors === undefined;
  if (isByHandler || !ILL_FORMED.includes(code)) return { access: 'allow', input: 'valid' };
  const isByModel = errors?.some((fault) => fault.code === 'schema') === true;
  return { access: 'allow', input: isByModel ? 'rejected-at-gateway' : 'rejected-by-lambda' };
}
