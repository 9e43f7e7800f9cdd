/**
 * What a web ACL logs of a request that it evaluated.
 * https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
 */
import { type Json, list, number, record, string } from '../../assembly/values.ts';
import type { RedactedField, WebAclLogModel, WebAclModel } from '../../assembly/webAclModel.ts';
import type { Telemetry } from '../../contracts.ts';
import type { IncomingRequest } from '../incomingRequest.ts';
import { queryString } from './fieldToMatch.ts';
import { type GroupFindings, groupFindings } from './managedGroup.ts';

/** How the rules of a web ACL decided on a request. */
export interface Evaluation {
  readonly action: 'ALLOW' | 'BLOCK';
  /** The rule that decided; none for the default action. */
  readonly deciding?: Json | undefined;
  /** Rules that counted, in their order. */
  readonly counted: readonly Json[];
  /** Of a custom response. */
  readonly status?: number | undefined;
}

/** Logs an evaluation. */
export type WebAclLog = (request: IncomingRequest, evaluation: Evaluation) => void;

/** The resource that a web ACL protects, as its log names it. */
export interface LoggedSource {
  readonly name: 'APIGW' | 'CF';
  readonly id: string;
}

const REDACTED = 'REDACTED';
/** Where AWS knows no country. */
const NO_COUNTRY = '-';

/** Makes the log of a web ACL, without one where the stack has none. What it redacts is never written. */
export function createWebAclLog(acl: WebAclModel, telemetry: Telemetry, source: LoggedSource): WebAclLog {
  const { log } = acl;
  if (log === undefined) return () => undefined;
  const groups = acl.rules.flatMap((rule) => {
    const statement = record(rule['Statement'])['ManagedRuleGroupStatement'];
    return statement === undefined
      ? []
      : [{ rule, statement: record(statement), find: groupFindings(record(statement)) }];
  });
  return (request, evaluation) => {
    const { action, deciding, counted, status } = evaluation;
    const last = deciding === undefined ? Number.POSITIVE_INFINITY : priorityOf(deciding);
    const evaluated = groups.filter(({ rule }) => priorityOf(rule) <= last);
    const findings = evaluated.map(({ rule, statement, find }) => ({ rule, statement, found: find(request) }));
    const labels = findings.flatMap(({ found }) => found.labels);
    const countsOne = counted.length > 0 || findings.some(({ found }) => found.counted.length > 0);
    if (!isKept(log, { actions: [action, ...(countsOne ? ['COUNT'] : [])], labels })) return;
    const inserted = counted.flatMap((rule) => insertedHeaders(rule));
    const entry = {
      timestamp: request.receivedAt,
      formatVersion: 1,
      webaclId: acl.arn,
      terminatingRuleId: deciding === undefined ? 'Default_Action' : nameOf(deciding),
      terminatingRuleType: deciding === undefined ? 'REGULAR' : typeOf(deciding),
      action,
      terminatingRuleMatchDetails: [],
      httpSourceName: source.name,
      httpSourceId: source.id,
      ruleGroupList: findings.map(({ rule, statement, found }) => groupEntry(statement, found, rule === deciding)),
      rateBasedRuleList: deciding === undefined ? [] : rateEntries(deciding, request),
      nonTerminatingMatchingRules: counted.map((rule) => ({
        ruleId: nameOf(rule),
        action: 'COUNT',
        ruleMatchDetails: [],
      })),
      requestHeadersInserted: inserted.length === 0 ? null : inserted,
      responseCodeSent: status ?? null,
      httpRequest: { ...httpRequest(request, log.redacted), requestId: idOf(source, request) },
      labels: labels.map((name) => ({ name })),
    };
    telemetry.log(log.logGroup, JSON.stringify(entry));
  };
}

/** The first filter that matches decides. */
function isKept(
  { filters, keepsOthers }: WebAclLogModel,
  { actions, labels }: { readonly actions: readonly string[]; readonly labels: readonly string[] },
): boolean {
  const holds = (condition: { readonly action: string } | { readonly label: string }) =>
    'label' in condition ? labels.includes(condition.label) : actions.includes(condition.action);
  const matching = filters.find(({ needsAll, conditions }) =>
    needsAll ? conditions.every(holds) : conditions.some(holds),
  );
  return matching?.keeps ?? keepsOthers;
}

function httpRequest(request: IncomingRequest, redacted: readonly RedactedField[]) {
  const hides = (kind: RedactedField['kind'], name?: string) =>
    redacted.some((field) => field.kind === kind && (field.names === undefined || field.names.includes(name ?? '')));
  const hidesCookies = redacted.some(({ kind }) => kind === 'cookie');
  const args = queryString(request.query);
  const headers = request.rawHeaders.map(([name, value]) => {
    const lower = name.toLowerCase();
    const isHidden = hides('header', lower) || (hidesCookies && lower === 'cookie');
    return { name, value: isHidden ? REDACTED : value };
  });
  return {
    clientIp: request.sourceIp,
    country: NO_COUNTRY,
    headers,
    uri: hides('path') ? REDACTED : (request.sentPath ?? request.path),
    args: args !== '' && hides('query') ? REDACTED : args,
    httpVersion: request.protocol,
    httpMethod: hides('method') ? REDACTED : request.method,
  };
}

/** API Gateway gives WAF its extended request id: https://docs.aws.amazon.com/waf/latest/developerguide/logging-examples.html */
function idOf({ name }: LoggedSource, { requestId, extendedRequestId }: IncomingRequest): string {
  return name === 'APIGW' ? extendedRequestId : requestId;
}

function groupEntry(statement: Json, { terminating, counted }: GroupFindings, isDeciding: boolean) {
  const blocks = isDeciding && terminating !== undefined;
  return {
    ruleGroupId: `${string(statement['VendorName']) ?? ''}#${string(statement['Name']) ?? ''}`,
    terminatingRule: blocks ? { ruleId: terminating, action: 'BLOCK', ruleMatchDetails: null } : null,
    nonTerminatingMatchingRules: counted.map((ruleId) => ({
      ruleId,
      action: 'COUNT',
      overriddenAction: 'BLOCK',
      ruleMatchDetails: [],
    })),
    excludedRules: null,
  };
}

/** The key that a rate-based rule counted by. A part of a request is always redacted here. */
function rateEntries(rule: Json, { sourceIp }: IncomingRequest) {
  const statement = record(record(rule['Statement'])['RateBasedStatement']);
  const limit = number(statement['Limit']);
  if (limit === undefined) return [];
  const isByAddress = string(statement['AggregateKeyType']) !== 'CUSTOM_KEYS';
  const customValues = list(statement['CustomKeys']).map((key) => {
    const [[kind = '', options] = []] = Object.entries(record(key));
    return { key: kind.toUpperCase(), name: string(record(options)['Name']) ?? '', value: REDACTED };
  });
  return [
    {
      rateBasedRuleId: nameOf(rule),
      rateBasedRuleName: nameOf(rule),
      limitKey: isByAddress ? 'IP' : 'CUSTOMKEYS',
      maxRateAllowed: limit,
      evaluationWindowSec: string(statement['EvaluationWindowSec']) ?? '300',
      ...(isByAddress ? { limitValue: sourceIp } : { customValues }),
    },
  ];
}

/** Values are those of the template. */
function insertedHeaders(rule: Json): readonly { readonly name: string; readonly value: string }[] {
  const count = record(record(rule['Action'])['Count']);
  return list(record(count['CustomRequestHandling'])['InsertHeaders'])
    .map(record)
    .map(({ Name, Value }) => ({ name: string(Name) ?? '', value: string(Value) ?? '' }));
}

function typeOf(rule: Json): string {
  const statement = record(rule['Statement']);
  if (statement['RateBasedStatement'] !== undefined) return 'RATE_BASED';
  if (statement['ManagedRuleGroupStatement'] !== undefined) return 'MANAGED_RULE_GROUP';
  return statement['RuleGroupReferenceStatement'] === undefined ? 'REGULAR' : 'GROUP';
}

function nameOf(rule: Json): string {
  return string(rule['Name']) ?? '';
}

function priorityOf(rule: Json): number {
  return number(rule['Priority']) ?? 0;
}
