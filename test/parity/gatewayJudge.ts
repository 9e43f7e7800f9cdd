import { setTimeout as sleep } from 'node:timers/promises';
import { requestToken } from '../../local/services/issuer/token.ts';
import type { Answer, Client } from '../support/client.ts';
import { clientOf } from '../support/client.ts';
import type { Ready } from '../support/gateway.ts';
import type { Judge, Opinion } from './judge.ts';
import type { ParityRequest } from './table.ts';

/** The tier's bucket is shared by all rows, so a row that comes too early waits. */
const WAIT_MS = 100;

/** The whole gateway, over TLS, with tokens of its issuer. */
export function gatewayJudge(ready: Ready & { readonly apis?: never }): Judge {
  const call = clientOf(ready);
  const tokens = new Map<string, Promise<string>>();
  const tokenFor = (roles: readonly string[]) => {
    const key = roles.join(' ');
    const known =
      tokens.get(key) ?? requestToken({ ready: { ...ready, apis: [] }, data: ready.data, roles, tier: 'premium' });
    tokens.set(key, known);
    return known;
  };
  return {
    name: 'local gateway',
    strictness: 'exact',
    judge: async (request) => {
      const token = request.roles === undefined ? undefined : await tokenFor(request.roles);
      return opinionOf(await ask(call, request, token));
    },
  };
}

async function ask(call: Client, request: ParityRequest, token: string | undefined): Promise<Answer> {
  const { method, path, query, headers = {}, body } = request;
  const url = query === undefined ? path : `${path}?${query}`;
  const sent =
    body === undefined
      ? { headers }
      : { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
  for (;;) {
    const answer = await call(method, url, { ...sent, ...(token === undefined ? {} : { token }) });
    if (answer.status !== 429) return answer;
    await sleep(WAIT_MS);
  }
}

/** What is answered after the checks (404 of a document, 409, 412, 428) is a request that passed them. */
function opinionOf(answer: Answer): Opinion {
  const { status } = answer;
  if (status === 401) return { access: 'unauthenticated' };
  if (status === 403) return { access: 'forbidden' };
  if (status === 404 && answer.json()['code'] === 'route-not-found') return { access: 'no-route' };
  if (status >= 500) throw new Error(`the gateway answered ${status}: ${answer.text}`);
  return { access: 'allow', input: status === 400 || status === 413 || status === 415 ? 'invalid' : 'valid' };
}
