import type { MathNode, MetricQuery } from '../../localMonitoring.ts';
import { NotExpressible } from '../notExpressible.ts';

/** A translated value: a number, or an instant vector without labels that has one sample or none. */
interface Value {
  readonly text: string;
  readonly isNumber?: boolean;
  /** It always has a sample. */
  readonly isTotal?: boolean;
}

/** What an expression refers to. */
export interface Scope {
  readonly queries: readonly MetricQuery[];
  readonly parse: (expression: string) => MathNode;
  readonly vector: (metric: NonNullable<MetricQuery['metric']>) => string;
}

/**
 * Translates a query into PromQL. Between two series CloudWatch counts a missing value as 0, except below a fraction bar; PromQL has no result
 * then, so operands are completed.
 *
 * @throws {NotExpressible}
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function queryText(id: string, scope: Scope): string {
  return vector(queryValue(id, scope)).text;
}

function queryValue(id: string, scope: Scope): Value {
  const query = scope.queries.find((one) => one.id === id);
  if (query?.metric !== undefined) return { text: scope.vector(query.metric) };
  if (query?.expression === undefined) throw new NotExpressible(`it has no query ${id}`);
  return valueFor(parsed(query.expression, scope), scope);
}

function parsed(expression: string, { parse }: Scope): MathNode {
  if (expression.includes('ANOMALY_DETECTION_BAND'))
    throw new NotExpressible('PromQL has no model of what is usual (anomaly detection)');
  if (expression.includes('INSIGHT_RULE_METRIC'))
    throw new NotExpressible('it counts by source with Contributor Insights, which reads logs and not metrics');
  try {
    return parse(expression);
  } catch (error) {
    throw new NotExpressible(error instanceof Error ? error.message : String(error));
  }
}

function valueFor(node: MathNode, scope: Scope): Value {
  if (node.kind === 'number') return { text: String(node.value), isNumber: true };
  if (node.kind === 'id') return queryValue(node.name, scope);
  if (node.kind === 'negate') return mapped(valueFor(node.operand, scope), (text) => `-${text}`);
  if (node.kind === 'binary') return binary(node, scope);
  if (node.kind === 'call') return call(node.name, node.parameters, scope);
  throw new NotExpressible(`PromQL has no ${node.kind} in this place`);
}

function binary({ operator, left, right }: MathNode & { kind: 'binary' }, scope: Scope): Value {
  if (!/^[-+*/^]$/.test(operator)) {
    const node = { kind: 'binary', operator, left, right } as const;
    return { text: `((${condition(node, scope)} * 0 + 1) or (${negation(node, scope)} * 0))` };
  }
  const [one, other] = [valueFor(left, scope), valueFor(right, scope)];
  const isNumber = one.isNumber === true && other.isNumber === true;
  if (one.isNumber === true || other.isNumber === true) {
    const divisor = operator === '/' && other.isNumber !== true ? `(${other.text} != 0)` : other.text;
    const isTotal =
      divisor === other.text && (one.isTotal ?? one.isNumber) === true && (other.isTotal ?? other.isNumber) === true;
    return { text: `(${one.text} ${operator} ${divisor})`, isNumber, isTotal };
  }
  if (operator === '/') return { text: `(${filled(one).text} / (${other.text} != 0))` };
  if (one.isTotal === true || other.isTotal === true)
    return { text: `(${filled(one).text} ${operator} ${filled(other).text})`, isTotal: true };
  const alone = operator === '*' ? ['0 * ', '0 * '] : ['', operator === '-' ? '-' : ''];
  return { text: `((${one.text} ${operator} ${other.text}) or ${alone[0]}${one.text} or ${alone[1]}${other.text})` };
}

function call(name: string, parameters: readonly MathNode[], scope: Scope): Value {
  const [first, second, third] = parameters;
  if (first === undefined) throw new NotExpressible(`${name} has no parameters`);
  if (name === 'FILL' && second?.kind === 'number') return filled(valueFor(first, scope), second.value);
  if (name === 'IF' && second !== undefined) return choice(first, second, third, scope);
  if (name === 'EPOCH') return { text: `(0 * ${vector(valueFor(first, scope)).text} + time())` };
  const aggregate = { MAX: 'max', MIN: 'min', SUM: 'sum', AVG: 'avg' }[name];
  if (aggregate !== undefined && first.kind === 'list') return aggregated(aggregate, first.items, scope);
  throw new NotExpressible(`PromQL has nothing like ${name}`);
}

/** Samples without labels are one set, so that each item gets a label. */
function aggregated(name: string, items: readonly MathNode[], scope: Scope): Value {
  const values = items.map((item) => vector(valueFor(item, scope)));
  const [only] = values;
  if (only !== undefined && values.length === 1) return only;
  const labelled = values.map(({ text }, i) => `label_replace(${text}, "item", "${i}", "", "")`);
  return { text: `${name}(${labelled.join(' or ')})`, isTotal: values.some(({ isTotal }) => isTotal === true) };
}

function choice(test: MathNode, yes: MathNode, no: MathNode | undefined, scope: Scope): Value {
  const [met, then] = [condition(test, scope), vector(valueFor(yes, scope))];
  if (no === undefined) return { text: `(${then.text} and ${met})` };
  const otherwise = vector(valueFor(no, scope));
  return { text: `((${then.text} and ${met}) or (${otherwise.text} and ${negation(test, scope)}))` };
}

const OPPOSITE: Readonly<Record<string, string>> = {
  '>=': '<',
  '>': '<=',
  '<=': '>',
  '<': '>=',
  '==': '!=',
  '!=': '==',
};
const isAnd = (operator: string) => operator === 'AND' || operator === '&&';
const isOr = (operator: string) => operator === 'OR' || operator === '||';

/** A vector that has a sample where the condition holds. */
function condition(node: MathNode, scope: Scope): string {
  if (node.kind !== 'binary') return `(${vector(valueFor(node, scope)).text} != 0)`;
  const { operator, left, right } = node;
  if (isAnd(operator)) return `(${condition(left, scope)} and ${condition(right, scope)})`;
  if (isOr(operator)) return `(${condition(left, scope)} or ${condition(right, scope)})`;
  return operator in OPPOSITE ? comparison(node, operator, scope) : `(${vector(valueFor(node, scope)).text} != 0)`;
}

/** A vector that has a sample where the condition does not hold. */
function negation(node: MathNode, scope: Scope): string {
  if (node.kind !== 'binary') return `(${vector(valueFor(node, scope)).text} == 0)`;
  const { operator, left, right } = node;
  if (isAnd(operator)) return `(${negation(left, scope)} or ${negation(right, scope)})`;
  if (isOr(operator)) return `(${negation(left, scope)} and ${negation(right, scope)})`;
  const opposite = OPPOSITE[operator];
  return opposite === undefined ? `(${vector(valueFor(node, scope)).text} == 0)` : comparison(node, opposite, scope);
}

function comparison({ left, right }: MathNode & { kind: 'binary' }, operator: string, scope: Scope): string {
  const [one, other] = [valueFor(left, scope), valueFor(right, scope)];
  if (one.isNumber === true && other.isNumber === true) return `(${vector(one).text} ${operator} ${other.text})`;
  const complete = one.isTotal === true || other.isTotal === true;
  const [first, last] = complete ? [filled(one), filled(other)] : [one, other];
  return `(${first.text} ${operator} ${last.text})`;
}

/** 0, or another number, where it has no sample. */
function filled(value: Value, by = 0): Value {
  if (value.isNumber === true || value.isTotal === true) return value;
  return { text: `(${value.text} or vector(${by}))`, isTotal: true };
}

function vector(value: Value): Value {
  return value.isNumber === true ? { text: `vector(${value.text})`, isTotal: true } : value;
}

function mapped({ text, ...value }: Value, change: (text: string) => string): Value {
  return { ...value, text: change(text) };
}
