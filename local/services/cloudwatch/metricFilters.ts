import type { MetricFilterModel } from '../../assembly/metricFilterModel.ts';
import type { EmulationGap } from '../../assembly/model.ts';
import type { Dimensions, MetricStore } from './metricStore.ts';
import { type FilterPattern, matchesPattern, parseFilterPattern, select } from './pattern/filterPattern.ts';
import { parseSelector, type Selector } from './pattern/json.ts';

/** A transformation, ready to read events. */
interface Transformation {
  /** Its definition. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly value: (json: unknown) => number;
  /** `undefined` when one is absent, because then no datum is made. */
  readonly dimensions: (json: unknown) => Dimensions | undefined;
  readonly defaultValue: number | undefined;
}

/** Runs the metric filters of a log group over one event, which was seen once or `times` times. */
export type MetricFilters = (logGroup: string, message: string, json: unknown, times?: number) => void;

interface Filter {
  readonly pattern: FilterPattern;
  readonly transformations: readonly Transformation[];
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
    const transformations = model.transformations.map((each) =>
      compile(each, JSON.stringify([logGroup, model.pattern, each])),
    );
    if (pattern) byGroup.set(logGroup, [...(byGroup.get(logGroup) ?? []), { pattern, transformations }]);
  }
  return (logGroup, message, json, times = 1) => {
    const minute = Math.floor(now() / 60_000);
    for (const { pattern, transformations } of byGroup.get(logGroup) ?? []) {
      const matched = matchesPattern(pattern, message, json);
      for (const transformation of transformations) {
        const isDefaulted = defaultedAt.get(transformation.key) === minute;
        if (matched) putMatch(store, transformation, json, times);
        else if (!isDefaulted) putDefault(store, transformation);
        if (!isDefaulted) defaultedAt.set(transformation.key, minute);
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
  const dimensions = transformation.dimensions(json);
  if (dimensions === undefined) return;
  store.put(transformation.namespace, transformation.name, dimensions, transformation.value(json), times);
}

const NO_DIMENSIONS: Dimensions = {};

function putDefault(store: MetricStore, { namespace, name, defaultValue }: Transformation): void {
  if (defaultValue !== undefined) store.put(namespace, name, NO_DIMENSIONS, defaultValue);
}

function compile(definition: MetricFilterModel['transformations'][number], key: string): Transformation {
  const { namespace, name, value, defaultValue } = definition;
  const selected = value.startsWith('$') ? compileSelector(value) : () => value;
  const dimensions = Object.entries(definition.dimensions).map(
    ([each, path]) => [each, compileSelector(path)] as const,
  );
  /** Of the event before, which often has the same: the metric store finds a series by this object. */
  let last = NO_DIMENSIONS;
  return {
    key,
    namespace,
    name,
    defaultValue,
    value: (json) => Number(selected(json)),
    dimensions: (json) => {
      if (dimensions.length === 0) return NO_DIMENSIONS;
      const entries = dimensions.map(([each, select]) => [each, select(json)] as const);
      if (entries.some(([, found]) => found === undefined || found === null)) return undefined;
      if (!entries.every(([each, found]) => last[each] === String(found)))
        last = Object.fromEntries(entries.map(([each, found]) => [each, String(found)]));
      return last;
    },
  };
}

/** A selector that cannot be read selects nothing. */
function compileSelector(path: string): (json: unknown) => unknown {
  const selector: Selector | undefined = attempt(() => parseSelector(path));
  return selector === undefined ? () => undefined : (json) => select(selector, json);
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}
