import type { ClaimRules } from '../../lib/definition/claims.ts';
import { allowedLinesOf, allowedSample } from '../shared/allowedSample.ts';
import { loggedClaims } from '../shared/callerClaims.ts';
import { clientAddress } from '../shared/clientAddress.ts';
import { logLine } from '../shared/logLine.ts';
import { countLine } from '../shared/metricLine.ts';
import { writeLines } from '../shared/output.ts';
import { loggedUserAgent } from '../shared/redact.ts';
import { currentTrace, dependencyTimes } from '../shared/trace/measure.ts';
import { traceKeys } from '../shared/trace/requestTrace.ts';
import type { TokenCaller } from './caller.ts';
import type { AuthorizerEvent } from './event.ts';
import type { Reason, TokenOwner } from './reasons.ts';

/** The outcome of a request at the authorizer. */
type Outcome = 'allow' | 'deny' | 'reject' | 'error';

/** One decision, as it is logged and counted. */
export interface Decision {
  readonly outcome: Outcome;
  readonly reason: Reason;
  readonly caller?: TokenCaller;
  /** The declared claim that a token was rejected for. */
  readonly claim?: string | undefined;
  /** Whose token was rejected. */
  readonly owner?: TokenOwner | undefined;
  /** Routes that the policy opens although the caller is not allowed to use them. */
  readonly openRoutes?: number | undefined;
  /** An error on our side. */
  readonly error?: unknown;
}

const METRICS: Readonly<Record<Outcome, string>> = {
  allow: 'AuthorizerAllow',
  deny: 'AuthorizerDeny',
  reject: 'AuthorizerReject',
  error: 'AuthorizerError',
};

/** Routes that a policy leaves to the handlers; nothing is written for a policy that leaves none. */
const OPEN_ROUTES = 'AuthorizerOpenRoutes';

/**
 * Makes the function that logs a decision once and counts it (namespace `SecureApi`, dimension sets `{ api }` and
 * `{ api, reason }`). Neither log nor metric contains the token. Where lines about allowed requests are limited, each decision is counted
 * all the same, because alarms read the counts.
 */
export function decisionLogger(api: string, rules?: ClaimRules): (event: AuthorizerEvent, decision: Decision) => void {
  const lineOf = logLine();
  const count = countLine(api);
  const sample = allowedSample(allowedLinesOf());
  return (event, decision) => {
    const { outcome, reason } = decision;
    const sampledFrom = outcome === 'allow' ? sample(event.requestContext?.requestId ?? '') : 1;
    const entry = sampledFrom > 0 ? entryOf(event, decision, rules) : undefined;
    if (entry !== undefined && sampledFrom > 1) entry['sampledFrom'] = sampledFrom;
    const line = entry && lineOf(outcome === 'error' ? 'ERROR' : 'INFO', 'authorizer decision', entry);
    const open = decision.openRoutes === undefined ? '' : count(OPEN_ROUTES, reason, decision.openRoutes);
    const counted = `${count(METRICS[outcome], reason)}${open}`;
    if (outcome !== 'error') return writeLines(process.stdout, `${line ?? ''}${counted}`);
    writeLines(process.stderr, line ?? '');
    writeLines(process.stdout, counted);
  };
}

/** Members that are undefined are not logged. */
function entryOf(
  event: AuthorizerEvent,
  { outcome, reason, caller, claim, owner, openRoutes, error }: Decision,
  rules?: ClaimRules,
): Record<string, unknown> {
  const context = event.requestContext;
  const trace = currentTrace();
  return {
    decision: outcome,
    reason,
    requestId: context?.requestId,
    ...(trace && traceKeys(trace)),
    sourceIp: clientAddress(event),
    userAgent: loggedUserAgent(event.headers),
    route: `${event.httpMethod} ${event.resource}`,
    claim,
    openRoutes,
    ...owner,
    ...dependencyTimes(),
    ...(caller === undefined ? {} : { ...callerEntry(caller), claims: loggedClaims(rules, caller.claims) }),
    error,
  };
}

function callerEntry({ subject, client, roles, scopes, tier, ignored }: TokenCaller) {
  const { unknown, exclusive, ended } = ignored;
  return {
    subject,
    client,
    roles,
    tier,
    ...(scopes.length === 0 ? {} : { scopes }),
    ...(unknown.length === 0 ? {} : { unknownRoles: unknown }),
    ...(exclusive.length === 0 ? {} : { exclusiveRoles: exclusive }),
    ...(ended.length === 0 ? {} : { endedRoles: ended }),
    unknownTier: ignored.tier,
  };
}
