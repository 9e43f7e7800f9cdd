import { eachSeries, scalarOrSeries } from './operators.ts';
import { MetricMathError } from './parse.ts';
import { preceding, type Range, type Series, scalar, series, type Value } from './series.ts';

/**
 * IF by CloudWatch's tables: a missing condition gives nothing; where it holds and the value of a series is missing, the result is
 * 0; where it does not hold and there is no other value, nothing.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html#using-IF-expressions
 */
export function compileIf(condition: Value, yes: Value, no: Value | undefined): Value {
  if (condition.kind === 'scalar' && yes.kind === 'scalar' && (no === undefined || no.kind === 'scalar')) {
    return scalar((range) => {
      const held = condition.at(range);
      return held === undefined ? undefined : (held === 0 ? no : yes)?.at(range);
    });
  }
  const [test, first, second] = [scalarOrSeries(condition), scalarOrSeries(yes), no && scalarOrSeries(no)];
  return series((range, index) => {
    const held = test(range, index);
    if (held === undefined) return undefined;
    return held === 0 ? second?.(range, index) : (first(range, index) ?? (yes.kind === 'series' ? 0 : undefined));
  });
}

/** FILL with a number, another series, the datapoint before, or the line between the datapoints on both sides. */
export function compileFill(value: Value, filler: Value | 'REPEAT' | 'LINEAR'): Value {
  if (value.kind === 'scalar') throw new MetricMathError('FILL takes a time series or an array');
  if (filler === 'REPEAT') return filled(value, (at, range, index) => preceding(at, range, index)?.value);
  if (filler === 'LINEAR') return filled(value, between);
  const other = scalarOrSeries(filler);
  return filled(value, (_, range, index) => other(range, index));
}

type Filler = (at: Series, range: Range, index: number) => number | undefined;

function filled(value: Value, filler: Filler): Value {
  return eachSeries(value, (at) => (range, index) => at(range, index) ?? filler(at, range, index));
}

function between(at: Series, range: Range, index: number): number | undefined {
  const older = preceding(at, range, index);
  if (older === undefined) return undefined;
  for (let after = index - 1; after >= 0; after--) {
    const newer = at(range, after);
    if (newer === undefined) continue;
    return older.value + ((newer - older.value) * (older.index - index)) / (older.index - after);
  }
  return undefined;
}
