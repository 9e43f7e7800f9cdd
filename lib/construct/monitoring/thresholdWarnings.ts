import { Annotations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Route } from '../../definition/api.ts';
import type { StageThrottle } from '../props.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** The names of thresholds. */
type Name = keyof AlarmThresholds;

/** What the rest of an API makes of its thresholds. */
interface Context extends MonitoredResources {
  readonly thresholds: AlarmThresholds;
  readonly throttle: StageThrottle;
}

/** A threshold, or objective, that has no effect, or another one than people expect. */
interface Finding {
  readonly location: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

const LEAVE_OUT = 'Leave it out: it has no effect.';

/** What each threshold needs, where not every API has it. */
const NEEDS: { readonly [N in Name]?: readonly [needed: string, isThere: (context: Context) => boolean] } = {
  unauthorized: ['a route with tokens', ({ api }) => routesOf(api).some(({ access }) => access.kind !== 'public')],
  forbidden: [
    'a route with tokens',
    ({ api }) => routesOf(api).some(({ access }) => !['public', 'webhook'].includes(access.kind)),
  ],
  throttled: ['a tier', ({ api }) => Object.keys(api.tiers).length > 0 || api.anonymous !== undefined],
  riskySignIns: ['threatProtection of Identity.cognito()', ({ assessedPools }) => assessedPools.length > 0],
  webhookErrors: ['a webhook', ({ api }) => routesOf(api).some(({ access }) => access.kind === 'webhook')],
  tableErrors: ['a table', hasTables],
  tableThrottles: ['a table', hasTables],
  endpointFaults: ['canary: { endpoints: true }', ({ canary }) => canary !== undefined],
  certificateDays: ['a domain', ({ certificate, canary }) => certificate !== undefined || canary !== undefined],
};

/** Counts of requests of routes, which the throttle limits. No route has the requests of unknown paths, so `notFound` is not one. */
const LIMITED: readonly Name[] = [
  'unauthorized',
  'forbidden',
  'malformed',
  'authorizerErrors',
  'authorizerFailures',
  'webhookErrors',
  'functionErrors',
];

/** Warns at synth of each threshold whose alarm this API does not have, or that nothing in it can reach. */
export function warnOfThresholds(scope: Construct, context: Context): void {
  const findings = [
    ...withoutAlarm(context),
    ...aboveThrottle(context),
    ...aboveTimeouts(context),
    ...replaced(context),
  ];
  for (const { location, found, expected, fix } of findings) {
    const text = `${location}: found ${found}; expected ${expected}. ${fix}`;
    Annotations.of(scope).addWarningV2('secure-api:threshold-without-effect', text);
  }
}

function withoutAlarm(context: Context): readonly Finding[] {
  return givenOf(context).flatMap(([name, value]) => {
    const [needed, isThere] = NEEDS[name] ?? [];
    if (needed === undefined || isThere?.(context) !== false) return [];
    const found = `${value} in an API without ${needed}`;
    return [{ location: `alarms.${name}`, found, expected: `${needed}, or no threshold`, fix: LEAVE_OUT }];
  });
}

function aboveThrottle(context: Context): readonly Finding[] {
  const { rate, burst } = context.throttle;
  // The throttle is that of each route, a threshold counts the requests of all.
  const most = routesOf(context.api).length * (300 * rate + burst);
  return givenOf(context).flatMap(([name, value]) => {
    if (!LIMITED.includes(name) || value <= most) return [];
    const fix = `The throttle of ${rate} requests a second for each route allows no more in five minutes, so the alarm never fires.`;
    return [{ location: `alarms.${name}`, found: String(value), expected: `at most ${most}`, fix }];
  });
}

/** A function that is ended after ten seconds takes no longer. */
function aboveTimeouts({ api, thresholds: { p99Ms } }: Context): readonly Finding[] {
  const [location, p99] = p99Ms === undefined ? ['slo.p99', api.slo?.p99] : ['alarms.p99Ms', p99Ms];
  const longest = Math.max(...routesOf(api).map(({ timeoutSeconds }) => timeoutSeconds * 1000));
  if (p99 === undefined || p99 < longest) return [];
  return [
    {
      location,
      found: String(p99),
      expected: `less than ${longest}, the longest timeoutSeconds of the routes in milliseconds`,
      fix: 'Lambda ends functions by then, so the alarm latency hardly ever fires.',
    },
  ];
}

/** Objectives and thresholds that say something else about the same. */
function replaced({ api: { slo }, thresholds, isBehindCloudFront }: Context): readonly Finding[] {
  if (slo === undefined) return [];
  const { p99Ms, serverErrorPercent } = thresholds;
  return [
    ...(p99Ms === undefined || p99Ms === slo.p99
      ? []
      : [
          {
            location: 'alarms.p99Ms',
            found: `${p99Ms} beside slo.p99 of ${slo.p99}`,
            expected: 'one of them',
            fix: 'The threshold replaces the objective in all alarms and on the dashboard: write it into slo.p99, and leave p99Ms out.',
          },
        ]),
    // CloudFront's own alarm has no objective.
    ...(serverErrorPercent === undefined || isBehindCloudFront
      ? []
      : [
          {
            location: 'alarms.serverErrorPercent',
            found: `${serverErrorPercent} beside slo.availability of ${slo.availability}`,
            expected: 'one of them',
            fix: 'The threshold replaces the objective in server-errors of the whole API alone, not in the alarms of its groups: leave it out.',
          },
        ]),
  ];
}

function hasTables({ tables }: Context): boolean {
  return Object.values(tables).some((table) => table !== undefined);
}

function routesOf(api: MonitoredResources['api']): readonly Route[] {
  return Object.values(api.routes);
}

function givenOf({ thresholds }: Context): readonly (readonly [Name, number])[] {
  return (Object.entries(thresholds) as [Name, number | undefined][]).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
}
