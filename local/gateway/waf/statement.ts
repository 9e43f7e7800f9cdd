/**
 * Statements of WAF rules, compiled to a test of a call.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
 */
import { isRecord, type Json, list, number, record, string } from '../../assembly/values.ts';
import type { IncomingRequest } from '../step.ts';
import { compileAddresses } from './address.ts';
import { compileAggregateKey } from './aggregateKey.ts';
import { compileField } from './fieldToMatch.ts';
import { createRateWindow } from './rateWindow.ts';

/** Whether a call matches; `undefined` where that depends on what is not supported here, and so is not known. */
export type StatementTest = (request: IncomingRequest) => boolean | undefined;

/** Where compiled statements learn the time, and report what they cannot honour. */
export interface StatementOptions {
  /** Real monotonic milliseconds. */
  readonly time: () => number;
  /** Ranges of each IP set, by its ARN. */
  readonly ipSets: Readonly<Record<string, readonly string[]>>;
  /** As much of a body as the web ACL sees. */
  readonly inspectedBodyBytes: number;
  /** Receives the name of each statement or part that is not supported. */
  readonly unsupported: (what: string) => void;
}

type Compiler = (statement: Json, options: StatementOptions) => StatementTest;

const DEFAULT_WINDOW = 300;
const UNKNOWN: StatementTest = () => undefined;

const COMPILERS: Readonly<Record<string, Compiler>> = {
  AndStatement: (statement, options) => until(false, inner(statement, options)),
  OrStatement: (statement, options) => until(true, inner(statement, options)),
  NotStatement: (statement, options) => {
    const test = compileStatement(record(statement['Statement']), options);
    return (request) => {
      const matches = test(request);
      return matches === undefined ? undefined : !matches;
    };
  },
  RateBasedStatement: compileRate,
  ByteMatchStatement: compileByteMatch,
  SizeConstraintStatement: compileSize,
  RegexMatchStatement: compileRegex,
  IPSetReferenceStatement: compileIpSet,
  LabelMatchStatement: compileLabel,
};

/** Skipped in silence: the loader of the assembly names them at start. */
const NAMED_BY_LOADER = new Set([
  'ManagedRuleGroupStatement',
  'RuleGroupReferenceStatement',
  'RegexPatternSetReferenceStatement',
]);

/**
 * Compiles a statement, which is an object of one member.
 *
 * What cannot be honoured is known of no call, and stays so through Not, And and Or unless their other parts decide alone: a
 * rule must not block here what it would let pass on AWS.
 */
export function compileStatement(statement: Json, options: StatementOptions): StatementTest {
  const [[name, content] = ['(no statement)', undefined]] = Object.entries(statement);
  const compile = Object.hasOwn(COMPILERS, name) ? COMPILERS[name] : undefined;
  if (compile !== undefined) return compile(record(content), options);
  if (!NAMED_BY_LOADER.has(name)) options.unsupported(name);
  return UNKNOWN;
}

function inner(statement: Json, options: StatementOptions): readonly StatementTest[] {
  return list(statement['Statements']).map((each) => compileStatement(record(each), options));
}

/** And (which `false` decides) or Or (which `true` decides) of three-valued tests. */
function until(deciding: boolean, tests: readonly StatementTest[]): StatementTest {
  return (request) => {
    let result: boolean | undefined = !deciding;
    for (const test of tests) {
      const matches = test(request);
      if (matches === deciding) return deciding;
      if (matches === undefined) result = undefined;
    }
    return result;
  };
}

/** Counts the calls that the scope-down matches, blocked ones too, and matches while they are more than the limit. */
function compileRate(statement: Json, options: StatementOptions): StatementTest {
  const limit = number(statement['Limit']);
  const keyOf = compileAggregateKey(statement);
  if (limit === undefined || keyOf === undefined) {
    options.unsupported(`RateBasedStatement by ${string(statement['AggregateKeyType']) ?? 'IP'}, with these keys,`);
    return UNKNOWN;
  }
  const scopeDown = statement['ScopeDownStatement'];
  const inScope = isRecord(scopeDown) ? compileStatement(scopeDown, options) : () => true;
  const window = createRateWindow(number(statement['EvaluationWindowSec']) ?? DEFAULT_WINDOW, options.time);
  return (request) => {
    const counts = inScope(request);
    if (counts !== true) return counts;
    const key = keyOf(request);
    return key !== undefined && window.count(key) > limit;
  };
}

function compileIpSet(statement: Json, { ipSets, unsupported }: StatementOptions): StatementTest {
  const arn = string(statement['ARN']) ?? string(statement['Arn']) ?? '';
  const ranges = Object.hasOwn(ipSets, arn) ? ipSets[arn] : undefined;
  if (ranges === undefined || statement['IPSetForwardedIPConfig'] !== undefined) {
    unsupported(ranges === undefined ? 'an IP set of another stack' : 'an IP set over forwarded addresses');
    return UNKNOWN;
  }
  const holds = compileAddresses(ranges);
  return ({ sourceIp }) => holds(sourceIp);
}

/** Which labels the managed groups would have put on a request is not known here; the loader names the groups. */
function compileLabel(statement: Json, { unsupported }: StatementOptions): StatementTest {
  if (!string(statement['Key'])?.startsWith('awswaf:managed:'))
    unsupported('LabelMatchStatement with labels of your own');
  return UNKNOWN;
}

/** PCRE on AWS; what JavaScript reads differently is refused or matches alike in patterns for paths and methods. */
function compileRegex(statement: Json, { unsupported, inspectedBodyBytes }: StatementOptions): StatementTest {
  const read = compileField(statement, inspectedBodyBytes);
  const pattern = regexOf(string(statement['RegexString']) ?? '');
  if (read === undefined || pattern === undefined) {
    unsupported('RegexMatchStatement with this field, transformation or pattern');
    return UNKNOWN;
  }
  return (request) => {
    const value = read(request);
    return Buffer.isBuffer(value) ? pattern.test(value.toString('latin1')) : value === true;
  };
}

function regexOf(pattern: string): RegExp | undefined {
  try {
    return new RegExp(pattern);
  } catch {
    return undefined;
  }
}

const POSITIONS: Readonly<Record<string, (value: Buffer, search: Buffer) => boolean>> = {
  EXACTLY: (value, search) => value.equals(search),
  STARTS_WITH: (value, search) => value.subarray(0, search.length).equals(search),
  ENDS_WITH: (value, search) =>
    value.length >= search.length && value.subarray(value.length - search.length).equals(search),
  CONTAINS: (value, search) => value.includes(search),
};

function compileByteMatch(statement: Json, { unsupported, inspectedBodyBytes }: StatementOptions): StatementTest {
  const read = compileField(statement, inspectedBodyBytes);
  const position = POSITIONS[string(statement['PositionalConstraint']) ?? ''];
  const base64 = string(statement['SearchStringBase64']);
  const search =
    base64 === undefined ? Buffer.from(string(statement['SearchString']) ?? '') : Buffer.from(base64, 'base64');
  if (read === undefined || position === undefined) {
    unsupported('ByteMatchStatement with this field, transformation or position');
    return UNKNOWN;
  }
  return (request) => {
    const value = read(request);
    return Buffer.isBuffer(value) ? position(value, search) : value === true;
  };
}

const COMPARISONS: Readonly<Record<string, (size: number, limit: number) => boolean>> = {
  EQ: (size, limit) => size === limit,
  NE: (size, limit) => size !== limit,
  LE: (size, limit) => size <= limit,
  LT: (size, limit) => size < limit,
  GE: (size, limit) => size >= limit,
  GT: (size, limit) => size > limit,
};

function compileSize(statement: Json, { unsupported, inspectedBodyBytes }: StatementOptions): StatementTest {
  const read = compileField(statement, inspectedBodyBytes);
  const compare = COMPARISONS[string(statement['ComparisonOperator']) ?? ''];
  const limit = number(statement['Size']);
  if (read === undefined || compare === undefined || limit === undefined) {
    unsupported('SizeConstraintStatement with this field, transformation or comparison');
    return UNKNOWN;
  }
  return (request) => {
    const value = read(request);
    return Buffer.isBuffer(value) ? compare(value.length, limit) : value === true;
  };
}
