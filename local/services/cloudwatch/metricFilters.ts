import type { MetricFilterModel } from '../../assembly/metricFilterModel.ts';
import type { EmulationGap } from '../../assembly/model.ts';
import type { Dimensions, MetricStore } from './metricStore.ts';
import { type FilterPattern, matchesPattern, parseFilterPattern, select } from './pattern/filterPattern.ts';
import { parseSelector, type Selector } from './pattern/json.ts';

type Transformation = MetricFilterModel['transformations'][number];

/** Runs the metric filters of a log group over one event, which was seen once or `times` times. */
export type MetricFilters = (logGroup: string, message: string, json: unknown, times?: number) => void;

interface Filter {
  readonly pattern: FilterPattern;
  readonly transformations: readonly { readonly name: string; readonly transformation: Transformation }[];
}

/** In which simulated minute a transformation put its default value last, or needed none, by its definition. */
export type DefaultedMinutes = Map<string, number>;

/**
 * Metric filters over log groups. Where a transformation has a default value, it is put once in each simulated minute
 * that had events, none of which had matched before.
 *
 * @param models filters whose pattern cannot be read are left out: {@link inspectMetricFilters} names them
 * @param defaultedAt of the filters before these
 */
export function createMetricFilters(
  models: readonly MetricFilterModel[],
  store: MetricStore,
  now: () => number,
  defaultedAt: DefaultedMinutes = new Map(),
): MetricFilters {
  const byGroup = new Map<string, Filter[]>();
  for (const model of models) {
    const { logGroup } = model;
    const pattern = attempt(() => parseFilterPattern(model.pattern));
    const transformations = model.transformations.map((transformation) => {
      return { transformation, name: JSON.stringify([logGroup, model.pattern, transformation]) };
    });
    if (pattern) byGroup.set(logGroup, [...(byGroup.get(logGroup) ?? []), { pattern, transformations }]);
  }
  return (logGroup, message, json, times = 1) => {
    const minute = Math.floor(now() / 60_000);
    for (const { pattern, transformations } of byGroup.get(logGroup) ?? []) {
      const matched = matchesPattern(pattern, message, json);
      for (const { name, transformation } of transformations) {
        if (matched) putMatch(store, transformation, json, times);
        else if (defaultedAt.get(name) !== minute) putDefault(store, transformation);
        defaultedAt.set(name, minute);
      }
    }
  };
}

/** A notice for each filter that cannot be emulated, with the reason. */
export function inspectMetricFilters(models: readonly MetricFilterModel[]): EmulationGap[] {
  return models.flatMap((model) => {
    try {
      parseFilterPattern(model.pattern);
      return [];
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const detail = `its pattern ${model.pattern} yields no metric: ${reason}`;
      return [{ resource: model.logGroup, type: 'AWS::Logs::MetricFilter', detail }];
    }
  });
}

function putMatch(store: MetricStore, transformation: Transformation, json: unknown, times: number): void {
  const { namespace, name, value } = transformation;
  const number = Number(value.startsWith('$') ? selected(value, json) : value);
  const dimensions = dimensionsOf(transformation, json);
  if (dimensions !== undefined) store.put(namespace, name, dimensions, number, times);
}

function putDefault(store: MetricStore, { namespace, name, defaultValue }: Transformation): void {
  if (defaultValue !== undefined) store.put(namespace, name, {}, defaultValue);
}

/** The dimensions taken from the event; `undefined` when one is absent, because then no datum is made. */
function dimensionsOf(transformation: Transformation, json: unknown): Dimensions | undefined {
  const entries = Object.entries(transformation.dimensions).map(
    ([name, path]) => [name, selected(path, json)] as const,
  );
  if (entries.some(([, value]) => value === undefined || value === null)) return undefined;
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}

function selected(path: string, json: unknown): unknown {
  const selector: Selector | undefined = attempt(() => parseSelector(path));
  return selector && select(selector, json);
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
