import { MetricMathError } from './parse.ts';
import { present, type Series, scalar, series, type Value } from './series.ts';

type Aggregate = 'SUM' | 'AVG' | 'MIN' | 'MAX';

/**
 * SUM, AVG, MIN and MAX: of an array, a series with one value for each period; of a series, one number for the whole range. Missing
 * datapoints are left out, but AVG of an array counts them as 0. Over none at all the result is missing.
 */
export function aggregate(name: Aggregate, value: Value): Value {
  return fold(name, value, (values, all) => {
    const sum = values.reduce((total, each) => total + each, 0);
    return { SUM: sum, AVG: sum / all, MIN: Math.min(...values), MAX: Math.max(...values) }[name];
  });
}

/** The standard deviation of a population. */
export function deviation(value: Value): Value {
  return fold('STDDEV', value, (values) => standardDeviation(values));
}

/** How many datapoints there are. */
export function countPresent(value: Value): Value {
  return fold('DATAPOINT_COUNT', value, (values) => values.length);
}

export function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((total, each) => total + each, 0) / values.length;
  return Math.sqrt(values.reduce((total, each) => total + (each - mean) ** 2, 0) / values.length);
}

type Fold = (values: readonly number[], all: number) => number;

function fold(name: string, value: Value, of: Fold): Value {
  if (value.kind === 'scalar') throw new MetricMathError(`${name} takes a time series or an array, not a number`);
  if (value.kind === 'series') {
    return scalar((range) => {
      const values = present(value.at, range).map((point) => point.value);
      return values.length === 0 ? undefined : of(values, values.length);
    });
  }
  const { items }: { items: readonly Series[] } = value;
  return series((range, index) => {
    const values = items.map((item) => item(range, index)).filter((point) => point !== undefined);
    return values.length === 0 ? undefined : of(values, items.length);
  });
}
