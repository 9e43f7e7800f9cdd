/**
 * The web ACL of a stage.
 * https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-processing.html
 */
import type { EmulationGap, RestApiModel } from '../../assembly/model.ts';
import { isRecord, type Json, list, number, record, string } from '../../assembly/values.ts';
import type { WebAclModel } from '../../assembly/webAclModel.ts';
import type { Telemetry } from '../../contracts.ts';
import { createKeptState, type KeptState } from '../keptState.ts';
import type { RequestState } from '../requestState.ts';
import { type HttpResponse, type Outcome, rejection, type Step } from '../step.ts';
import { isGroupInForce } from './managedGroup.ts';
import type { StatementTest } from './matchStatements.ts';
import { createRateWindow } from './rateWindow.ts';
import { compileStatement } from './statement.ts';
import { createWebAclLog, type LoggedSource } from './webAclLog.ts';

/** What the web ACL runs with. */
export interface WebAclOptions {
  readonly telemetry: Telemetry;
  /** Dimension of its metrics; those of CloudFront have none. */
  readonly region?: string;
  /** Regular expressions of a pattern set as they are now; those of the template by default. */
  readonly patternsOf?: (arn: string) => readonly string[] | undefined;
  /** Real monotonic milliseconds; `performance.now` by default. */
  readonly time?: () => number;
  /** What the web ACL protects. */
  readonly source: LoggedSource;
  /** Windows of an earlier gateway; those of a rule with the same statement go on. */
  readonly kept?: KeptState;
}

interface Action {
  readonly kind: 'allow' | 'block' | 'count';
  readonly outcome: Outcome;
  /** Headers that a request gets which goes on, their names with the prefix of WAF. */
  readonly inserts: readonly (readonly [string, string])[];
}

interface Rule {
  /** As in the template. */
  readonly source: Json;
  readonly metricName: string;
  readonly matches: StatementTest;
  readonly action: Action;
}

type Dimensions = Readonly<Record<string, string>>;

const FILTERED = rejection('WAF_FILTERED', 'Forbidden');
const METRICS = { allow: 'AllowedRequests', block: 'BlockedRequests', count: 'CountedRequests' } as const;
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  APPLICATION_JSON: 'application/json',
  TEXT_HTML: 'text/html',
  TEXT_PLAIN: 'text/plain',
};

/**
 * Makes the step that evaluates the web ACL's rules by priority. The first rule that blocks or allows decides; a rule that
 * counts does not. Without a web ACL every request passes, and `wafAction` stays unset. What it logs of a request is in `webAclLog.ts`.
 *
 * A block without a custom response is `WAF_FILTERED`, 403. Records `AWS/WAFV2` metrics for the deciding rule (or
 * `Default_Action`) and for `ALL`.
 */
export function createWebAcl(api: Pick<RestApiModel, 'webAcl'>, options: WebAclOptions): Step {
  const { telemetry, region, time = () => performance.now(), kept = createKeptState(), patternsOf } = options;
  const acl = api.webAcl;
  if (acl === undefined) return () => undefined;
  const WebACL = acl.metricName || acl.name;
  const dimensionsOf = (Rule: string): Dimensions => ({ WebACL, Rule, ...(region && { Region: region }) });
  const compiled = compileRules(acl, { time, kept, patternsOf, report: () => undefined });
  // Made once, because the metrics remember the objects.
  const rules = compiled.map((rule) => ({ ...rule, dimensions: dimensionsOf(rule.metricName) }));
  const defaultAction = readAction(acl.defaultAction, acl) ?? { kind: 'allow', outcome: undefined, inserts: [] };
  const log = createWebAclLog(acl, telemetry, options.source);
  const ofDefault = dimensionsOf('Default_Action');
  const ofAll = dimensionsOf('ALL');
  const count = ({ kind }: Action, dimensions: Dimensions) =>
    telemetry.metric('AWS/WAFV2', METRICS[kind], dimensions, 1);
  return (state) => {
    let deciding: (typeof rules)[number] | undefined;
    const inserts: (readonly [string, string])[] = [];
    const counted: Json[] = [];
    for (const rule of rules) {
      if (rule.matches(state.request) !== true) continue;
      if (rule.action.kind !== 'count') {
        deciding = rule;
        break;
      }
      count(rule.action, rule.dimensions);
      inserts.push(...rule.action.inserts);
      counted.push(rule.source);
    }
    const action = deciding?.action ?? defaultAction;
    count(action, deciding?.dimensions ?? ofDefault);
    count(action, ofAll);
    state.wafAction = action.kind === 'block' ? 'BLOCK' : 'ALLOW';
    const status = action.outcome?.kind === 'response' ? action.outcome.status : undefined;
    log(state.request, { action: state.wafAction, deciding: deciding?.source, counted, status });
    if (action.kind === 'block') state.wafRule = deciding?.metricName ?? 'the default action';
    if (action.kind !== 'block') insertHeaders(state, [...inserts, ...action.inserts]);
    return action.outcome;
  };
}

/** What of a web ACL is not emulated. The assembly reader reports managed rule groups, rule groups and pattern sets. */
export function webAclGaps(acl: WebAclModel): EmulationGap[] {
  const gaps: EmulationGap[] = [];
  const report = (rule: string, detail: string) =>
    gaps.push({ resource: acl.name, type: 'AWS::WAFv2::WebACL', detail: `rule ${rule}: ${detail}` });
  compileRules(acl, {
    time: () => 0,
    kept: createKeptState(),
    report: (rule, what) => report(rule, `${what} is not supported and matches nothing`),
  });
  for (const rule of acl.rules) {
    const action = record(rule['Action']);
    const [kind = ''] = Object.keys(action);
    const name = nameOf(rule);
    if (kind !== '' && readAction(action, acl) === undefined)
      report(name, `action ${kind} is not supported; the rule is skipped`);
  }
  return gaps;
}

interface RuleParts {
  readonly time: () => number;
  readonly kept: KeptState;
  readonly patternsOf?: (arn: string) => readonly string[] | undefined;
  readonly report: (rule: string, what: string) => void;
}

function compileRules(acl: WebAclModel, { time, kept, patternsOf: patternsNow, report }: RuleParts): Rule[] {
  const patternsOf = (arn: string) => patternsNow?.(arn) ?? acl.patternSets?.[arn];
  const rules: Rule[] = [];
  const byPriority = acl.rules.toSorted((a, b) => (number(a['Priority']) ?? 0) - (number(b['Priority']) ?? 0));
  for (const rule of byPriority) {
    const notEmulated = (what: string) => report(nameOf(rule), what);
    const { ipSets, inspectedBodyBytes } = acl;
    const statement = record(rule['Statement']);
    const rateWindow = (seconds: number) =>
      kept.of(`rate ${acl.arn} ${nameOf(rule)}`, statement, () => createRateWindow(seconds, time));
    const matches = compileStatement(statement, { rateWindow, notEmulated, ipSets, patternsOf, inspectedBodyBytes });
    const blocks: Action | undefined = isGroupInForce(rule)
      ? { kind: 'block', outcome: FILTERED, inserts: [] }
      : undefined;
    const action = readAction(record(rule['Action']), acl) ?? blocks;
    if (action === undefined) continue;
    rules.push({
      source: rule,
      metricName: string(record(rule['VisibilityConfig'])['MetricName']) ?? nameOf(rule),
      matches,
      action,
    });
  }
  return rules;
}

function nameOf(rule: Json): string {
  return string(rule['Name']) ?? '(without a name)';
}

function readAction(action: Json, acl: WebAclModel): Action | undefined {
  for (const [name, kind] of [
    ['Allow', 'allow'],
    ['Count', 'count'],
  ] as const) {
    if (action[name] !== undefined) return { kind, outcome: undefined, inserts: insertedBy(record(action[name])) };
  }
  if (action['Block'] === undefined) return undefined;
  const custom = record(action['Block'])['CustomResponse'];
  return { kind: 'block', outcome: isRecord(custom) ? customResponse(custom, acl) : FILTERED, inserts: [] };
}

/** https://docs.aws.amazon.com/waf/latest/developerguide/customizing-the-incoming-request.html */
const INSERTED_PREFIX = 'x-amzn-waf-';

function insertedBy(action: Json): readonly (readonly [string, string])[] {
  const headers = list(record(action['CustomRequestHandling'])['InsertHeaders']).map(record);
  return headers.map(({ Name, Value }) => [`${INSERTED_PREFIX}${string(Name) ?? ''}`, string(Value) ?? '']);
}

/** After all rules, none of which sees them. A header of the same name is overwritten, also that of an earlier rule. */
function insertHeaders(state: RequestState, inserts: readonly (readonly [string, string])[]): void {
  for (const [name, value] of inserts) {
    const lower = name.toLowerCase();
    const { headers, rawHeaders } = state.request;
    const others = rawHeaders.filter(([each]) => each.toLowerCase() !== lower);
    const rest: Record<string, readonly string[]> = Object.assign(Object.create(null), headers);
    rest[lower] = [value];
    state.request = { ...state.request, headers: rest, rawHeaders: [...others, [name, value]] };
  }
}

function customResponse(custom: Json, acl: WebAclModel): HttpResponse {
  const key = string(custom['CustomResponseBodyKey']) ?? '';
  const body = Object.hasOwn(acl.customResponseBodies, key) ? acl.customResponseBodies[key] : undefined;
  const defined = list(custom['ResponseHeaders']).map(record);
  const headers = defined.map(({ Name, Value }) => [string(Name) ?? '', string(Value) ?? ''] as const);
  const type: (readonly [string, string])[] =
    body === undefined || headers.some(([name]) => name.toLowerCase() === 'content-type')
      ? []
      : [['content-type', CONTENT_TYPES[body.contentType] ?? body.contentType]];
  return {
    kind: 'response',
    status: number(custom['ResponseCode']) ?? 403,
    headers: [...type, ...headers],
    body: body?.content ?? '',
  };
}
