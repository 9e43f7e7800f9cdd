import { aggregate, countPresent, deviation } from './aggregates.ts';
import { compileFill, compileIf } from './conditions.ts';
import { combine, each, eachSeries, scalarOrSeries } from './operators.ts';
import { type MathNode, MetricMathError } from './parse.ts';
import { finite, preceding, present, type Series, scalar, series, timestampOf, type Value } from './series.ts';

/** What an expression refers to. */
export interface References {
  /** Returns the value of the query with an id, and whether it is a metric. */
  query(id: string): { readonly value: Value; readonly isMetric: boolean };
  /** Returns the metrics whose ids contain a string, in their order. */
  metrics(part: string): readonly Series[];
  /** Returns a metric of a Contributor Insights rule. */
  insight(rule: string, metric: string): Series;
  /** Returns the upper and the lower bound of a band that is `width` deviations wide. */
  band(id: string, width: number): readonly [Series, Series];
}

type Call = Extract<MathNode, { kind: 'call' }>;

/**
 * Turns an expression into a value that is computed for each range of periods.
 *
 * @throws {MetricMathError} where types do not fit, or something that it refers to does not exist
 */
export function compileMath(node: MathNode, references: References): Value {
  switch (node.kind) {
    case 'number':
      return scalar(() => node.value);
    case 'string':
      throw new MetricMathError(`the string "${node.value}" is no number`);
    case 'id':
      return references.query(node.name).value;
    case 'negate':
      return each(compileMath(node.operand, references), (value) => -value);
    case 'binary':
      return combine(node.operator, compileMath(node.left, references), compileMath(node.right, references));
    case 'list':
      return { kind: 'list', items: node.items.flatMap((item) => itemsOf(compileMath(item, references))) };
    case 'call':
      return call(node, references);
  }
}

function call(node: Call, references: References): Value {
  const [first, second, third] = node.parameters;
  const value = (parameter: MathNode | undefined): Value => {
    if (parameter === undefined) throw new MetricMathError(`${node.name} is missing a parameter`);
    return compileMath(parameter, references);
  };
  switch (node.name) {
    case 'ABS':
      return each(value(first), Math.abs);
    case 'CEIL':
      return each(value(first), Math.ceil);
    case 'FLOOR':
      return each(value(first), Math.floor);
    case 'LOG':
      return each(value(first), Math.log);
    case 'LOG10':
      return each(value(first), Math.log10);
    case 'SUM':
    case 'AVG':
    case 'MIN':
    case 'MAX':
      return aggregate(node.name, value(first));
    case 'STDDEV':
      return deviation(value(first));
    case 'DATAPOINT_COUNT':
      return countPresent(value(first));
    case 'IF':
      return compileIf(value(first), value(second), third && value(third));
    case 'FILL':
      return second?.kind === 'id' && (second.name === 'REPEAT' || second.name === 'LINEAR')
        ? compileFill(value(first), second.name)
        : compileFill(value(first), value(second));
    case 'RATE':
    case 'DIFF':
    case 'DIFF_TIME':
      return change(node.name, value(first));
    case 'RUNNING_SUM':
      return eachSeries(value(first), (at) => (range, index) => {
        if (at(range, index) === undefined) return undefined;
        return present(at, range).reduce((sum, point) => sum + (point.index >= index ? point.value : 0), 0);
      });
    case 'TIME_SERIES': {
      const constant = value(first);
      if (constant.kind !== 'scalar') throw new MetricMathError('TIME_SERIES takes a single number');
      return series(scalarOrSeries(constant));
    }
    case 'FIRST':
    case 'LAST': {
      const item = itemsOf(value(first)).at(node.name === 'FIRST' ? 0 : -1);
      if (item === undefined) throw new MetricMathError(`${node.name} of an empty array`);
      return series(item);
    }
    case 'METRIC_COUNT': {
      const { length } = itemsOf(value(first));
      return scalar(() => length);
    }
    case 'METRICS':
      return { kind: 'list', items: references.metrics(first === undefined ? '' : textOf(first)) };
    case 'PERIOD':
      if (first?.kind !== 'id' || !references.query(first.name).isMetric)
        throw new MetricMathError('PERIOD takes the id of a metric');
      return scalar(({ periodMs }) => periodMs / 1000);
    case 'INSIGHT_RULE_METRIC':
      return series(references.insight(textOf(first), textOf(second)));
    case 'ANOMALY_DETECTION_BAND':
      return { kind: 'list', items: references.band(idOf(first), second === undefined ? 2 : widthOf(second)) };
    default:
      return clock(node.name, value(first));
  }
}

/** From each datapoint to the one before: per second, as a difference, or the seconds between them. */
function change(name: 'RATE' | 'DIFF' | 'DIFF_TIME', value: Value): Value {
  return eachSeries(value, (at) => (range, index) => {
    const newer = at(range, index);
    const older = newer === undefined ? undefined : preceding(at, range, index);
    if (newer === undefined || older === undefined) return undefined;
    const seconds = ((older.index - index) * range.periodMs) / 1000;
    if (name === 'DIFF_TIME') return seconds;
    return finite(name === 'DIFF' ? newer - older.value : (newer - older.value) / seconds);
  });
}

type ClockFunction = 'MINUTE' | 'HOUR' | 'DAY' | 'DATE' | 'MONTH' | 'YEAR' | 'EPOCH';

/** Parts of the timestamp in UTC; days of the week go from 1, Monday, to 7. A series without gaps, whatever the metric holds. */
function clock(name: ClockFunction, value: Value): Value {
  const parts: Readonly<Record<ClockFunction, (time: Date) => number>> = {
    MINUTE: (time) => time.getUTCMinutes(),
    HOUR: (time) => time.getUTCHours(),
    DAY: (time) => time.getUTCDay() || 7,
    DATE: (time) => time.getUTCDate(),
    MONTH: (time) => time.getUTCMonth() + 1,
    YEAR: (time) => time.getUTCFullYear(),
    EPOCH: (time) => time.getTime() / 1000,
  };
  return eachSeries(value, () => (range, index) => parts[name](new Date(timestampOf(range, index) * 1000)));
}

function itemsOf(value: Value): readonly Series[] {
  return value.kind === 'list' ? value.items : [scalarOrSeries(value)];
}

function textOf(node: MathNode | undefined): string {
  if (node?.kind === 'string') return node.value;
  if (node?.kind === 'id') return node.name;
  throw new MetricMathError('a name is needed');
}

function idOf(node: MathNode | undefined): string {
  if (node?.kind === 'id') return node.name;
  throw new MetricMathError('ANOMALY_DETECTION_BAND takes the id of a metric or an expression');
}

function widthOf(node: MathNode): number {
  if (node.kind === 'number') return node.value;
  throw new MetricMathError('the width of a band is a number');
}
