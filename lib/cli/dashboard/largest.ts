import type { Series } from './series.ts';
import type { Query } from './widgets.ts';

/** The ten largest of many lines: the local CloudWatch does not sort, and its result would not say whose line it is. */
const LARGEST = /^SORT\(\[[\w, ]+\], MAX, DESC, (\d+)\)$/;

/** Queries to ask, and what is drawn of their results. */
interface Asked {
  readonly queries: readonly Query[];
  readonly select: (series: readonly Series[]) => readonly Series[];
}

/** Asks for each line of a graph that shows the largest ones, and selects them here. */
export function largestOf(queries: readonly Query[]): Asked {
  const sorted = queries.find(({ expression = '' }) => LARGEST.test(expression));
  const count = Number(LARGEST.exec(sorted?.expression ?? '')?.[1]);
  if (sorted === undefined) return { queries, select: (series) => series };
  const others = queries.filter((query) => query !== sorted);
  const used = new Set(others.flatMap(({ expression = '' }) => expression.match(/[a-z]\w*/g) ?? []));
  return {
    queries: others.map((query) => ({ ...query, isDrawn: !used.has(query.id) })),
    select: (series) => series.toSorted((one, other) => highest(other) - highest(one)).slice(0, count),
  };
}

/** The highest value of a line; one without values is the last. */
export function highest({ points }: Series): number {
  return points.reduce((most, [, value]) => Math.max(most, value), Number.NEGATIVE_INFINITY);
}
