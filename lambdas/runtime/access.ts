import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import type { Caller } from '../../lib/definition/handlers.ts';
import { whereHolds } from '../shared/callerClaims.ts';
import { missingGrant } from '../shared/grants.ts';
import type { ReadCaller } from './caller.ts';
import { headerValues, type ProxyEvent } from './event.ts';
import { HttpProblem } from './problem.ts';

/** The token has no scope of the route; the challenge names all that it needs (RFC 6750, section 3.1). */
class InsufficientScope extends HttpProblem {
  readonly challenge: string;

  constructor(access: RouteContract['access']) {
    const scopes = 'scopes' in access ? (access.scopes ?? []) : [];
    super('insufficient-scope', `The route needs a token with the scopes: ${scopes.join(' ')}.`);
    this.name = 'InsufficientScope';
    this.challenge = `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`;
  }
}

/** One sentence for both, because a new token is what helps in both cases, so the context need not say which one it is. */
const ENDED = 'The token has expired, or a temporary role of it has ended. Get a new token.';

/**
 * Checks again what the authorizer decided: its policy may be cached longer than the token lives, the wildcards of the
 * policy span path segments, and which of several Authorization headers is the key of that cache is not documented.
 * Without the authorizer's context, only public routes are allowed, and those of webhooks, whose signature another step verifies.
 *
 * @param nowMs epoch milliseconds.
 * @returns the caller, or undefined on public routes.
 * @throws {HttpProblem} `unauthorized` without a caller, with several Authorization headers, or after the end of the token or of a temporary role;
 * `insufficient-scope` without a scope; `forbidden` without the permission, and for a path parameter that is not the claim of the caller.
 */
export function checkAccess(
  event: ProxyEvent,
  contract: RouteContract,
  readCaller: ReadCaller,
  nowMs: number,
): Caller | undefined {
  if (contract.access.kind === 'public' || contract.access.kind === 'webhook') return undefined;
  const caller = readCaller(event.requestContext.authorizer ?? {});
  if (caller === undefined) throw new HttpProblem('unauthorized');
  if (headerValues(event, 'authorization').length > 1)
    throw new HttpProblem('unauthorized', 'Send one Authorization header.');
  if (caller.expires.getTime() <= nowMs) throw new HttpProblem('unauthorized', ENDED);
  // Of a thousand permissions, one decides.
  const { access } = contract;
  const permissions = access.kind === 'permission' && caller.can(access.permission) ? [access.permission] : [];
  const missing = missingGrant(access, { permissions, scopes: caller.scopes });
  if (missing === 'scope-missing') throw new InsufficientScope(access);
  if (missing !== undefined) throw new HttpProblem('forbidden');
  if (contract.where === undefined) return caller;
  const sent = event.pathParameters ?? {};
  const isOwnPath = whereHolds(contract.where, caller.claims, (name) =>
    Object.hasOwn(sent, name) ? sent[name] : undefined,
  );
  if (!isOwnPath) throw new HttpProblem('forbidden');
  return caller;
}
