/**
 * Statements of WAF rules, compiled to a test of a request.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statements-list.html
 */
import { isRecord, type Json, list, number, record, string } from '../../assembly/values.ts';
import { compileAggregateKey } from './aggregateKey.ts';
import { compileManagedGroup } from './managedGroup.ts';
import {
  MATCH_STATEMENTS,
  type StatementCompiler,
  type StatementOptions,
  type StatementTest,
  UNKNOWN,
} from './matchStatements.ts';

const DEFAULT_WINDOW_SECONDS = 300;

const COMPILERS: Readonly<Record<string, StatementCompiler>> = {
  AndStatement: (statement, options) => combine(false, innerTests(statement, options)),
  OrStatement: (statement, options) => combine(true, innerTests(statement, options)),
  NotStatement: (statement, options) => {
    const test = compileStatement(record(statement['Statement']), options);
    return (request) => {
      const matches = test(request);
      return matches === undefined ? undefined : !matches;
    };
  },
  RateBasedStatement: compileRate,
  ManagedRuleGroupStatement: (statement, options) => compileManagedGroup(statement, scopeOf(statement, options)),
  ...MATCH_STATEMENTS,
};

/** Not reported here: the assembly reader reports them at start. */
const REPORTED_BY_ASSEMBLY = new Set(['RuleGroupReferenceStatement']);

/**
 * Compiles a statement, which is an object with one member.
 *
 * A statement that is not emulated is unknown for every request, and stays unknown through Not, And and Or unless their other
 * parts decide alone: a rule must not block locally what it would allow on AWS.
 */
export function compileStatement(statement: Json, options: StatementOptions): StatementTest {
  const [[name, content] = ['(no statement)', undefined]] = Object.entries(statement);
  const compile = Object.hasOwn(COMPILERS, name) ? COMPILERS[name] : undefined;
  if (compile !== undefined) return compile(record(content), options);
  if (!REPORTED_BY_ASSEMBLY.has(name)) options.notEmulated(name);
  return UNKNOWN;
}

function innerTests(statement: Json, options: StatementOptions): readonly StatementTest[] {
  return list(statement['Statements']).map((each) => compileStatement(record(each), options));
}

/** And (decided by `false`) or Or (decided by `true`) of three-valued tests. */
function combine(deciding: boolean, tests: readonly StatementTest[]): StatementTest {
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

/** The test of what a statement applies to. */
function scopeOf(statement: Json, options: StatementOptions): StatementTest {
  const scopeDown = statement['ScopeDownStatement'];
  return isRecord(scopeDown) ? compileStatement(scopeDown, options) : () => true;
}

/** Counts the requests that the scope-down matches, blocked ones too, and matches while the count is above the limit. */
function compileRate(statement: Json, options: StatementOptions): StatementTest {
  const limit = number(statement['Limit']);
  const keyOf = compileAggregateKey(statement);
  if (limit === undefined || keyOf === undefined) {
    options.notEmulated(`RateBasedStatement by ${string(statement['AggregateKeyType']) ?? 'IP'}, with these keys,`);
    return UNKNOWN;
  }
  const inScope = scopeOf(statement, options);
  const window = options.rateWindow(number(statement['EvaluationWindowSec']) ?? DEFAULT_WINDOW_SECONDS);
  return (request) => {
    const counts = inScope(request);
    if (counts !== true) return counts;
    const key = keyOf(request);
    return key !== undefined && window.count(key) > limit;
  };
}
