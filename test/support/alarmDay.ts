import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import type { TokenOwner } from '../../lambdas/authorizer/reasons.ts';
import type { SecureApiProps } from '../../lib/construct/index.ts';
import { loadAssembly } from '../../local/assembly/load.ts';
import type { StackModel } from '../../local/assembly/model.ts';
import type { WebAclModel } from '../../local/assembly/webAclModel.ts';
import { type SimulatedTime, type Simulation, simulateAlarms } from '../../local/services/cloudwatch/simulate.ts';
import { withSmall } from '../synth/support.ts';

export const MINUTES_OF_DAY = 1440;
const MINUTE_MS = 60_000;
/** A Monday. */
export const START = Date.UTC(2026, 10, 30);

/** The model of the small API, as the local gateway reads it from its assembly. */
export function alarmModel(props: Partial<SecureApiProps> = {}): StackModel {
  return withSmall(props, (_, stack) => {
    const { directory } = (stack.node.root as App).synth();
    return loadAssembly(join(directory), { secretValue: () => 'x' });
  });
}

/** What clients and the API do in a minute, besides healthy requests. */
export interface Minute {
  /** Healthy requests. */
  readonly requests: number;
  readonly serverErrors?: number;
  /** Requests that take three seconds more than the healthy ones. */
  readonly slow?: number;
  /** Responses by status to one address or caller. */
  readonly rejected?: readonly Rejected[];
  /** Requests that the authorizer could not decide, by reason. */
  readonly undecided?: Readonly<Record<string, number>>;
  /** Requests for which the authorizer ended without a reason. */
  readonly crashed?: number;
  /** What the web ACL blocks, of one address each. */
  readonly blocked?: readonly Blocked[];
  /** Whether the access log gets no lines. */
  readonly silent?: boolean;
}

interface Rejected {
  readonly status: '400' | '401' | '403' | '404' | '429';
  readonly count: number;
  readonly ip?: string;
  readonly subject?: string;
  /** Why the authorizer rejected the token; without it, the request had none. */
  readonly reason?: string;
  /** Whose token it was, where its issuer was proven. */
  readonly owner?: TokenOwner;
}

interface Blocked {
  readonly rule: string;
  readonly count: number;
  readonly ip?: string;
}

/** Simulates minutes of an API, and returns what its alarms did. */
export function simulate(model: StackModel, minutes: number, minute: (index: number) => Minute): Simulation {
  const [api] = model.apis;
  const authorizer = model.functions.find(({ logicalId }) => logicalId.includes('Authorizer'));
  const accessLog = api?.stage.accessLog?.logGroup;
  if (api === undefined || authorizer?.logGroup === undefined || accessLog === undefined) throw new Error('no API');
  const names = {
    api: api.name,
    stage: api.stage.name,
    accessLog,
    decisions: authorizer.logGroup,
    webAcl: api.webAcl,
    region: model.region,
  };
  const from = START;
  return simulateAlarms(model, {
    from,
    to: from + minutes * MINUTE_MS,
    put: (time) => put(time, names, minute(time.index)),
  });
}

interface Names {
  readonly api: string;
  readonly stage: string;
  readonly accessLog: string;
  readonly decisions: string;
  readonly webAcl: WebAclModel | undefined;
  readonly region: string;
}

function put(time: SimulatedTime, names: Names, minute: Minute): void {
  const { requests, serverErrors = 0, slow = 0, rejected = [], undecided = {}, crashed = 0 } = minute;
  const dimensions = { ApiName: names.api, Stage: names.stage };
  const gateway = (name: string, value: number, times: number) => {
    if (times > 0) time.metric('AWS/ApiGateway', name, dimensions, value, times);
  };
  const rejections = rejected.reduce((sum, { count }) => sum + count, 0);
  const failed = serverErrors + crashed + Object.values(undecided).reduce((sum, count) => sum + count, 0);
  const blocked = (minute.blocked ?? []).reduce((sum, { count }) => sum + count, 0);
  const all = requests + slow + rejections + failed + blocked;
  gateway('Count', 1, all);
  gateway('5XXError', 0, all - failed);
  gateway('5XXError', 1, failed);
  gateway('Latency', 40, all - slow);
  gateway('Latency', 4_000, slow);
  if (requests > 0) decide(time, names, { metric: 'AuthorizerAllow' }, 1);
  for (const [reason, count] of Object.entries(undecided))
    decide(time, names, { metric: 'AuthorizerError', reason }, count);
  for (const each of minute.blocked ?? []) block(time, names, each);
  if (minute.silent !== true) log(time, names, minute);
}

function block(
  { metric, log }: SimulatedTime,
  { api, webAcl, region: Region }: Names,
  { rule, count, ip = '198.51.100.7' }: Blocked,
) {
  if (count === 0) return;
  metric('AWS/WAFV2', 'BlockedRequests', { WebACL: api, Rule: `${api}-${rule}`, Region }, 1, count);
  const terminatingRuleType = rule.startsWith('requests-') ? 'RATE_BASED' : 'REGULAR';
  const entry = { action: 'BLOCK', terminatingRuleId: rule, terminatingRuleType, httpRequest: { clientIp: ip } };
  log(webAcl?.log?.logGroup ?? '', entry, count);
}

function decide(
  { metric }: SimulatedTime,
  { api }: Names,
  decision: { readonly metric: string; readonly reason?: string },
  count: number,
): void {
  metric('SecureApi', decision.metric, { api }, 1, count);
  if (decision.reason !== undefined) metric('SecureApi', decision.metric, { api, reason: decision.reason }, 1, count);
}

/** Healthy requests have one line in a hundred: what a rule or filter counts of them does not change an alarm. */
function log(time: SimulatedTime, { accessLog, decisions }: Names, minute: Minute): void {
  const { requests, rejected = [], undecided = {}, crashed = 0 } = minute;
  const line = (parts: object, count: number) => {
    if (count > 0) time.log(accessLog, { ...UNKNOWN, ...parts }, count);
  };
  if (requests > 0) line({ status: '200', subject: 'u1', client: 'app', tier: 'free', ip: '192.0.2.1' }, requests);
  time.metric('AWS/Logs', 'IncomingLogEvents', { LogGroupName: accessLog }, 1);
  const failures = crashed + Object.values(undecided).reduce((sum, count) => sum + count, 0);
  line({ status: '500', errorType: 'AUTHORIZER_FAILURE' }, failures);
  for (const { status, count, ip = '198.51.100.7', subject, reason, owner } of rejected) {
    const caller = subject === undefined ? {} : { subject, client: 'app', tier: 'free' };
    const decided = reason === undefined ? {} : { authorizerStatus: '401', authorizerLatency: '3' };
    const errorType = { '403': 'ACCESS_DENIED', '401': 'UNAUTHORIZED' }[status as string] ?? '-';
    line({ ...caller, ...decided, status, ip, errorType, routePath: '/things' }, count);
    if (reason !== undefined) time.log(decisions, { decision: 'reject', reason, sourceIp: ip, ...owner }, count);
  }
}

const UNKNOWN = {
  ip: '192.0.2.1',
  subject: '-',
  client: '-',
  tier: '-',
  errorType: '-',
  wafResponseCode: '-',
  authorizerStatus: '-',
  authorizerLatency: '-',
};

/** What people hear of a simulation: `failed-logins ALARM`, in its order; nothing of alarms that get their first data. */
export function notifications({ notified }: Simulation, model: StackModel): readonly string[] {
  const prefix = `${model.apis[0]?.name}-`;
  const heard = notified.filter(({ from, to }) => !(from === 'INSUFFICIENT_DATA' && to === 'OK'));
  return heard.map(({ alarm, to }) => `${alarm.name.replace(prefix, '')} ${to}`);
}
