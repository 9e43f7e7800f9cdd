import { PRICES } from './costPrices.ts';
import { type EntryBytes, MIX } from './costUsage.ts';

/** What a stack has, counted in its template. */
export interface Parts {
  readonly alarmMetrics: number;
  readonly bands: number;
  readonly composites: number;
  readonly rules: number;
  readonly dashboards: number;
  /** Metrics that are counted from logs. */
  readonly filterMetrics: number;
}

/** USD a month. */
export interface Cost {
  readonly access: number;
  readonly functions: number;
  readonly lambda: number;
  readonly storage: number;
  readonly matched: number;
  readonly fixed: number;
  readonly total: number;
  readonly gb: number;
}

const SECONDS = 30 * 86_400;
const GB = 2 ** 30;
const MONTHS_KEPT = 3;
/** Bytes that one more request adds to an entry of metrics: a value of each of its four. */
const GROUPED = ',1'.length + ',0'.length + ',0'.length + ',12'.length;
const GROUP = 99;
const ID = '1353eabc-e1de-404f-91c5-e79e53972cc7';
/** What Lambda writes for each invocation. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html */
const LINES_OF_LAMBDA = [
  `START RequestId: ${ID} Version: $LATEST`,
  `END RequestId: ${ID}`,
  `REPORT RequestId: ${ID}\tDuration: 12.34 ms\tBilled Duration: 13 ms\tMemory Size: 512 MB\tMax Memory Used: 105 MB\t`,
].join('\n').length;

/** @param limit `allowedLinesPerMinute`; undefined: a line for each request. */
export function monthlyCost(perSecond: number, bytes: EntryBytes, parts: Parts, routes: number, limit?: number): Cost {
  const allowed = perSecond * MIX.allowed;
  const failed = perSecond * MIX.notFound;
  const rejected = perSecond * MIX.unauthorized;
  const decisions = perSecond * MIX.decisions;
  const linesOf = (requests: number, seconds: number) =>
    limit === undefined ? requests : Math.min(requests, (Math.max(1, requests * seconds) * limit) / 60);
  const lines = linesOf(allowed, MIX.handlerSeconds);
  const entries = lines === allowed ? lines : lines + (allowed - lines) / GROUP;
  const ofHandlers =
    lines * bytes.allowed +
    entries * bytes.metrics +
    (allowed - lines) * (lines === allowed ? 0 : GROUPED) +
    failed * (bytes.failed + bytes.metrics);
  const ofAuthorizer =
    linesOf(decisions, MIX.handlerSeconds) * bytes.allowedDecision +
    decisions * bytes.decisionMetrics +
    rejected * (bytes.rejectedDecision + bytes.decisionMetrics + bytes.invokeError);
  const invocations = allowed + failed + rejected + decisions;
  const gb = {
    access: (perSecond * bytes.access * SECONDS) / GB,
    functions: ((ofHandlers + ofAuthorizer) * SECONDS) / GB,
    lambda: limit === undefined ? (invocations * LINES_OF_LAMBDA * SECONDS) / GB : 0,
  };
  const total = gb.access + gb.functions + gb.lambda;
  const ingestion = ingested(total);
  const share = (part: number) => (ingestion * part) / total;
  // Two rules match requests of any outcome, the others some rejections, about two of them each.
  const matches = perSecond * 2 + (perSecond - allowed) * 2;
  const rest = {
    storage: total * MONTHS_KEPT * PRICES.compressed * PRICES.storage,
    matched: ((matches * SECONDS) / 1e6) * PRICES.matched,
    fixed: fixedCost(parts, routes),
  };
  const logs = { access: share(gb.access), functions: share(gb.functions), lambda: share(gb.lambda) };
  return { ...logs, ...rest, gb: total, total: ingestion + rest.storage + rest.matched + rest.fixed };
}

/** Alarms, rules, dashboards and metrics cost the same at any rate. */
function fixedCost(parts: Parts, routes: number): number {
  return (
    parts.alarmMetrics * PRICES.alarmMetric +
    parts.bands * PRICES.band +
    parts.composites * PRICES.compositeAlarm +
    parts.rules * PRICES.insightRule +
    parts.dashboards * PRICES.dashboard +
    metricsOf(parts, routes) * PRICES.metric
  );
}

/** Metrics that requests write: four a route, ten of the authorizer's decisions, and those counted from logs. */
export function metricsOf({ filterMetrics }: Parts, routes: number): number {
  return routes * 4 + 10 + filterMetrics;
}

function ingested(gb: number): number {
  let usd = 0;
  let from = 0;
  for (const tier of PRICES.ingestion) {
    usd += Math.max(0, Math.min(gb, tier.upToGb) - from) * tier.usd;
    from = tier.upToGb;
  }
  return usd;
}
