import { Duration } from 'aws-cdk-lib';
import { type MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type RuleMetric, webAclRuleMetrics } from '../edge/webAclMetrics.ts';
import type { AlarmSpec } from './alarmSpec.ts';
import { blockedIds } from './blockedRules.ts';
import { expression, filled, METRICS_PER_ALARM, topContributor } from './expressions.ts';
import { FIVE_MINUTES } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';
import { ruleName } from './topContributors.ts';

const HOUR = Duration.hours(1);
/** Minimum share of all requests, in percent, for an alarm on all sources together: as `edge-blocks`. Our choice. */
const SHARE = 1;
/** Minimum share of one address in a thousand requests: rules also hit honest requests of clients that send many. Our choice. */
const TOP_SHARE = 1;
/** In five minutes: below it, a scan of the Internet that finds every API is noise. Our choice; `wafBlocked` sets another one. */
const REQUESTS = 50;
const FIRST = 'See the saved query "Blocked requests by rule, address and path"';

/**
 * Alarms on what the web ACL blocks: attacks, by the address that sends most, and apart from them requests over a rate, which the rule
 * itself stops. What lists block was decided to be blocked, so no alarm of the API counts it.
 * `edge-blocks` does: it watches the whole web ACL of a distribution.
 */
export function blockAlarms(resources: MonitoredResources, { wafBlocked }: AlarmThresholds): readonly AlarmSpec[] {
  const threshold = wafBlocked ?? REQUESTS;
  const rules = webAclRuleMetrics(resources.webAcl);
  return [
    ...attacks(
      resources,
      rules.filter(({ kind }) => kind === 'attack'),
      threshold,
    ),
    ...rates(
      resources,
      rules.filter(({ kind }) => kind === 'rate'),
      threshold,
    ),
  ];
}

function attacks(resources: MonitoredResources, rules: readonly RuleMetric[], threshold: number): readonly AlarmSpec[] {
  const { addresses } = blockedIds();
  const contributors = contributorsOf(resources, addresses);
  const top = (period: Duration) => topContributor(ruleName(resources.restApi.restApiName, addresses), period);
  const all: AlarmSpec = {
    id: 'WafBlocks',
    look: 'logs --status 4xx',
    severity: 'ticket',
    contributors,
    description: `The web ACL blocks an address, or a share of all requests: known attacks, or a rule that hits honest clients. ${FIRST}, and samples of requests.`,
    measure: 'requests blocked in five minutes',
    metric: ofShare(resources, rules, knowsAddresses(resources) ? { top0: top(FIVE_MINUTES) } : {}),
    threshold,
  };
  if (!knowsAddresses(resources)) return [all];
  return [
    all,
    {
      id: 'WafBlocksSlow',
      look: 'logs --status 4xx',
      family: 'WafBlocks',
      severity: 'ticket',
      contributors,
      description: `The web ACL has blocked requests of one address for hours, slowly: somebody looks for a fault without being noticed. ${FIRST}.`,
      measure: 'requests blocked in an hour',
      metric: expression(filled('top0'), { metrics: { top0: top(HOUR) }, period: HOUR, label: 'Blocked' }),
      threshold: threshold * 3,
      periods: 3,
      of: 24,
    },
  ];
}

function rates(resources: MonitoredResources, rules: readonly RuleMetric[], threshold: number): readonly AlarmSpec[] {
  if (rules.length === 0) return [];
  return [
    {
      id: 'WafRateLimited',
      look: 'logs --status 429',
      severity: 'info',
      contributors: contributorsOf(resources, blockedIds().limited),
      description: `Rate rules of the web ACL reject requests (429): a flood, or a client that sends more than any tier allows. The rules stop it by themselves. ${FIRST}.`,
      measure: 'requests over a rate in five minutes',
      metric: ofShare(resources, rules),
      threshold,
      periods: 2,
      of: 3,
    },
  ];
}

/** Behind CloudFront an address is one of CloudFront's own, of many clients. */
function knowsAddresses({ webAclLog, isBehindCloudFront }: MonitoredResources): boolean {
  return webAclLog !== undefined && !isBehindCloudFront;
}

/** Names what blocked, then whom, where the log of the web ACL knows it. */
function contributorsOf(resources: MonitoredResources, addresses: string): readonly string[] {
  if (knowsAddresses(resources)) return [blockedIds().rules, addresses];
  return resources.webAclLog === undefined ? ['TopAddresses'] : [blockedIds().rules];
}

/** What rules blocked, if it is a share of all requests; or what was blocked of one address, if that is a smaller share. */
function ofShare(
  { stage }: MonitoredResources,
  rules: readonly RuleMetric[],
  top: Readonly<Record<string, MathExpression>> = {},
): MathExpression {
  // Beside the rules there are two metrics: all requests, and the top address.
  const room = METRICS_PER_ALARM - 2;
  if (rules.length > room)
    throw new Error(`The web ACL has ${rules.length} rules of a kind, and an alarm takes ${room}.`);
  const counted = rules.map(({ blocked }, i) => [`rule${i}`, blocked] as const);
  const sum = counted.map(([id]) => filled(id)).join(' + ');
  const share = `IF(100 * (${sum}) >= ${SHARE} * ${filled('requests')}, ${sum}, 0)`;
  const ofTop = `IF(1000 * ${filled('top0')} >= ${TOP_SHARE} * ${filled('requests')}, ${filled('top0')}, 0)`;
  const text = 'top0' in top ? `MAX([${ofTop}, ${share}])` : share;
  const requests = stage.metricCount({ period: FIVE_MINUTES, statistic: Stats.SUM });
  return expression(text, {
    metrics: { ...Object.fromEntries(counted), requests, ...top },
    period: FIVE_MINUTES,
    label: 'Blocked',
  });
}
