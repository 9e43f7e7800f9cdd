import { type LambdaHandler, problem } from '../../lambdas/runtime/index.ts';
import type { Api } from '../../lib/definition/index.ts';
import { linesOf } from '../unit/authorizer.support.ts';
import { call, serveApi } from '../unit/runtime.support.ts';
import type { Judge, Opinion } from './judge.ts';
import { partsOf } from './parts.ts';
import type { AccessVerdict } from './table.ts';

/** A request that reaches the handler is answered with this, which nothing before the handler answers. */
const REACHED = 409;
const REFUSED: Readonly<Record<number, AccessVerdict>> = { 401: 'unauthenticated', 403: 'forbidden' };

/** The functions' own runtime with the compiled validators: permission again, then every part of the request. */
export function lambdaJudge(api: Api): Judge {
  const refuse = () => {
    throw problem(REACHED);
  };
  const handler: LambdaHandler = serveApi(
    api,
    Object.keys(api.routes).map((route) => ({ route, fn: refuse })),
  );
  return {
    name: 'Lambda validation',
    strictness: 'exact',
    judge: async (request) => {
      const parts = partsOf(api, request);
      if (parts === undefined) return {};
      const answer = call(handler, {
        method: request.method,
        resource: parts.route.path,
        path: parts.path,
        query: parts.query,
        headers: parts.headers,
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(request.roles === undefined ? { authorizer: null } : { roles: request.roles.join(' ') }),
      });
      // What it logs is read by other tests.
      await linesOf(() => answer);
      return opinionOf((await answer).statusCode);
    },
  };
}

function opinionOf(status: number): Opinion {
  const access = REFUSED[status];
  if (access !== undefined) return { access };
  return { access: 'allow', input: status === REACHED ? 'valid' : 'invalid' };
}
