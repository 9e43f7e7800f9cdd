import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { ClaimRules } from '../../lib/definition/claims.ts';
import { allowedLinesOf, allowedSample } from '../shared/allowedSample.ts';
import { loggedClaims } from '../shared/callerClaims.ts';
import { clientAddress } from '../shared/clientAddress.ts';
import { loggedUserAgent } from '../shared/redact.ts';
import { makeLogger, metricsWriter } from '../shared/telemetry.ts';
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
  /** An error on our side. */
  readonly error?: unknown;
}

const METRICS: Readonly<Record<Outcome, string>> = {
  allow: 'AuthorizerAllow',
  deny: 'AuthorizerDeny',
  reject: 'AuthorizerReject',
  error: 'AuthorizerError',
};

/**
 * Makes the function that logs a decision once and counts it (namespace `SecureApi`, dimension sets `{ api }` and
 * `{ api, reason }`). Neither log nor metric contains the token. Where lines about allowed requests are limited, each decision is counted
 * all the same, because alarms read the counts.
 */
export function decisionLogger(api: string, rules?: ClaimRules): (event: AuthorizerEvent, decision: Decision) => void {
  const logger = makeLogger();
  const count = metricsWriter(() => {
    const metrics = new Metrics({ logger });
    metrics.clearDefaultDimensions();
    return metrics.setDefaultDimensions({ api });
  }, logger);
  const sample = allowedSample(allowedLinesOf());
  return (event, decision) => {
    const entry = entryOf(event, decision, rules);
    if (decision.outcome === 'error') logger.error('authorizer decision', entry);
    else if (decision.outcome === 'allow') {
      const sampledFrom = sample(event.requestContext?.requestId ?? '');
      if (sampledFrom > 0) logger.info('authorizer decision', sampledFrom > 1 ? { ...entry, sampledFrom } : entry);
    } else logger.info('authorizer decision', entry);
    count((metrics) => {
      // Each set is joined with the default one, so the empty set stands for `{ api }` alone.
      metrics.addDimensions({}).addDimensions({ reason: decision.reason });
      metrics.addMetric(METRICS[decision.outcome], MetricUnit.Count, 1);
      metrics.publishStoredMetrics();
    });
  };
}

/** Members that are undefined are not logged. */
function entryOf(
  event: AuthorizerEvent,
  { outcome, reason, caller, claim, owner, error }: Decision,
  rules?: ClaimRules,
) {
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
