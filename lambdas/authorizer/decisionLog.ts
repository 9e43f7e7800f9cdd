import type { ClaimRules } from '../../lib/definition/claims.ts';
import { allowedLinesOf, allowedSample } from '../shared/allowedSample.ts';
import { loggedClaims } from '../shared/callerClaims.ts';
import { clientAddress } from '../shared/clientAddress.ts';
import { type LogEntry, logLine } from '../shared/logLine.ts';
import { countLine } from '../shared/metricLine.ts';
import { writeLines } from '../shared/output.ts';
import { loggedUserAgent } from '../shared/redact.ts';
import { currentTrace, dependencyTimes } from '../shared/trace/measure.ts';
import type { TraceKeys } from '../shared/trace/requestTrace.ts';
import type { EdgeEnvironment, Readable } from '../shared/wireContract.ts';
import type { AuthorizerEvent } from './event.ts';
import type { Reason, TokenOwner } from './reasons.ts';
import type { TokenCaller } from './tokenCaller.ts';

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
  const lineOf = logLine(process.env, [], (caller: TokenCaller) => callerEntry(caller, rules));
  const count = countLine(api);
  // A member of `process.env` is read from the system each time.
  const edge = { SECURE_API_EDGE: process.env['SECURE_API_EDGE'] } as Readable<EdgeEnvironment>;
  const sample = allowedSample(allowedLinesOf());
  return (event, decision) => {
    const { outcome, reason, caller } = decision;
    const sampledFrom = outcome === 'allow' ? sample(event.requestContext?.requestId ?? '') : 1;
    const level = outcome === 'error' ? 'ERROR' : 'INFO';
    const line =
      sampledFrom > 0
        ? lineOf(level, 'authorizer decision', entryOf(event, decision, { sampledFrom, edge }), caller)
        : '';
    const open = decision.openRoutes === undefined ? '' : count(OPEN_ROUTES, reason, decision.openRoutes);
    const counted = `${count(METRICS[outcome], reason)}${open}`;
    if (outcome !== 'error') return writeLines(process.stdout, `${line}${counted}`);
    writeLines(process.stderr, line);
    writeLines(process.stdout, counted);
  };
}

/** What differs from request to request. Members that are undefined are not logged. */
function entryOf(
  event: AuthorizerEvent,
  decision: Decision,
  { sampledFrom, edge }: { readonly sampledFrom: number; readonly edge: Readable<EdgeEnvironment> },
): LogEntry {
  const trace = currentTrace();
  const { owner } = decision;
  const { dependencies, dependencyMs } = dependencyTimes();
  return {
    decision: decision.outcome,
    reason: decision.reason,
    requestId: event.requestContext?.requestId,
    traceId: trace?.traceId,
    spanId: trace?.spanId,
    clientRequestId: trace?.clientRequestId,
    callerTraceId: trace?.callerTraceId,
    sourceIp: clientAddress(event, edge),
    userAgent: loggedUserAgent(event.headers),
    route: `${event.httpMethod} ${event.resource}`,
    claim: decision.claim,
    openRoutes: decision.openRoutes,
    subject: owner?.subject,
    client: owner?.client,
    justExpired: owner?.justExpired,
    dependencies,
    dependencyMs,
    error: decision.error,
    sampledFrom: sampledFrom > 1 ? sampledFrom : undefined,
  } satisfies Readonly<Record<keyof TraceKeys | keyof TokenOwner, unknown>> & LogEntry;
}

function callerEntry(
  { subject, client, roles, scopes, tier, claims, ignored }: TokenCaller,
  rules?: ClaimRules,
): LogEntry {
  const listed = (list: readonly string[]) => (list.length === 0 ? undefined : list);
  return {
    subject,
    client,
    roles,
    tier,
    scopes: listed(scopes),
    unknownRoles: listed(ignored.unknown),
    exclusiveRoles: listed(ignored.exclusive),
    endedRoles: listed(ignored.ended),
    unknownTier: ignored.tier,
    claims: loggedClaims(rules, claims),
  };
}
