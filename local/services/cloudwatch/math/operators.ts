import { MetricMathError } from './parse.ts';
import { finite, type Point, type Series, scalar, series, type Value } from './series.ts';

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
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

/**
 * Applies an operator to scalars, series and lists. Of two series, a datapoint that only one has counts as 0 in the other, as
 * CloudWatch documents; a series and a scalar have the datapoints of the series. A division by zero has no result.
 */
export function combine(operator: string, left: Value, right: Value): Value {
  const operation = OPERATORS[operator];
  if (operation === undefined) throw new MetricMathError(`no operator ${operator}`);
  const apply = (a: Point, b: Point) => (a === undefined || b === undefined ? undefined : finite(operation(a, b)));
  if (left.kind === 'scalar' && right.kind === 'scalar')
    return scalar((range) => apply(left.at(range), right.at(range)));
  if (left.kind === 'list' && right.kind === 'list')
    throw new MetricMathError('an operator between two arrays is not computed here');
  const pair = (a: Series | undefined, b: Series | undefined): Series =>
    a && b
      ? (range, index) => {
          const [first, second] = [a(range, index), b(range, index)];
          if (first === undefined && second === undefined) return undefined;
          return apply(first ?? 0, second ?? 0);
        }
      : (range, index) => apply((a ?? scalarOf(left))(range, index), (b ?? scalarOf(right))(range, index));
  if (left.kind === 'list') return { kind: 'list', items: left.items.map((item) => pair(item, seriesOf(right))) };
  if (right.kind === 'list') return { kind: 'list', items: right.items.map((item) => pair(seriesOf(left), item)) };
  return series(pair(seriesOf(left), seriesOf(right)));
}

/** Applies a function to each datapoint. */
export function each(value: Value, operation: (value: number) => number): Value {
  const apply = (point: Point) => (point === undefined ? undefined : finite(operation(point)));
  if (value.kind === 'scalar') return scalar((range) => apply(value.at(range)));
  return eachSeries(value, (at) => (range, index) => apply(at(range, index)));
}

/** Replaces each series by another. */
export function eachSeries(value: Value, replace: (at: Series) => Series): Value {
  if (value.kind === 'list') return { kind: 'list', items: value.items.map(replace) };
  return series(replace(scalarOrSeries(value)));
}

/** A value as a series; a scalar has its value in each period. */
export function scalarOrSeries(value: Value): Series {
  if (value.kind === 'list') throw new MetricMathError('an array stands where one time series is needed');
  return value.kind === 'series' ? value.at : (range) => value.at(range);
}

const seriesOf = (value: Value) => (value.kind === 'series' ? value.at : undefined);
const scalarOf = (value: Value): Series => (value.kind === 'scalar' ? (range) => value.at(range) : () => undefined);
