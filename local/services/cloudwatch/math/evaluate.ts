import { type MathFunction, type MathNode, MetricMathError } from './parse.ts';

/** A datapoint of one period; `undefined` when it is missing. */
export type Point = number | undefined;

/** One period of the metrics that an expression reads. */
export interface Period {
  /** Epoch seconds at which it starts, which is the timestamp of its datapoints. */
  readonly start: number;
  /** Returns the datapoint of an id. */
  readonly pointOf: (id: string) => Point;
}

/**
 * Computes an expression for one period. A missing operand makes the result missing, as does a division by zero;
 * FILL, EPOCH and the aggregates are the exceptions. Comparisons return 1 or 0.
 *
 * @throws {MetricMathError} when a list stands where a number is needed
 */
export function evaluateMath(node: MathNode, period: Period): Point {
  switch (node.kind) {
    case 'number':
      return node.value;
    case 'id':
      return period.pointOf(node.name);
    case 'negate':
      return apply((value) => -value, evaluateMath(node.operand, period), 0);
    case 'binary':
      return binary(node.operator, evaluateMath(node.left, period), evaluateMath(node.right, period));
    case 'call':
      return call(node.name, node.parameters, period);
    case 'list':
      throw new MetricMathError('a list is not a number');
  }
}

/** The ids that an expression reads. */
export function idsOf(node: MathNode): string[] {
  switch (node.kind) {
    case 'number':
      return [];
    case 'id':
      return [node.name];
    case 'negate':
      return idsOf(node.operand);
    case 'binary':
      return [...idsOf(node.left), ...idsOf(node.right)];
    case 'call':
      return node.parameters.flatMap(idsOf);
    case 'list':
      return node.items.flatMap(idsOf);
  }
}

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  AND: (left, right) => Number(left !== 0 && right !== 0),
  '||': (left, right) => Number(left !== 0 || right !== 0),
  OR: (left, right) => Number(left !== 0 || right !== 0),
};

function binary(operator: string, left: Point, right: Point): Point {
  const operation = OPERATORS[operator];
  if (operation === undefined) throw new MetricMathError(`no operator ${operator}`);
  return apply(operation, left, right);
}

/** A result that is not finite (a division by zero) is a missing datapoint. */
function apply(operation: (left: number, right: number) => number, left: Point, right: Point): Point {
  if (left === undefined || right === undefined) return undefined;
  const result = operation(left, right);
  return Number.isFinite(result) ? result : undefined;
}

function call(name: MathFunction, parameters: readonly MathNode[], period: Period): Point {
  const value = (index: number): Point => {
    const node = parameters[index];
    return node && evaluateMath(node, period);
  };
  switch (name) {
    case 'IF': {
      const condition = value(0);
      return condition === undefined ? undefined : value(condition === 0 ? 2 : 1);
    }
    case 'FILL':
      return value(0) ?? value(1);
    // A series of timestamps without gaps, whatever the metric holds.
    case 'EPOCH':
      return period.start;
    case 'ABS':
      return apply((number) => Math.abs(number), value(0), 0);
    default:
      return aggregate(
        name,
        parameters.flatMap((node) => (node.kind === 'list' ? node.items : [node])),
        period,
      );
  }
}

/** Aggregates skip missing datapoints; over none at all they are missing. */
function aggregate(name: 'SUM' | 'AVG' | 'MIN' | 'MAX', nodes: readonly MathNode[], period: Period): Point {
  const numbers = nodes.map((node) => evaluateMath(node, period)).filter((point) => point !== undefined);
  if (numbers.length === 0) return undefined;
  const sum = numbers.reduce((total, number) => total + number, 0);
  return { SUM: sum, AVG: sum / numbers.length, MIN: Math.min(...numbers), MAX: Math.max(...numbers) }[name];
}
