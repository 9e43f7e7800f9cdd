/**
 * Contributor Insights: who contributes most to what a rule counts in log events.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-GraphReportData.html
 */
import type { InsightRuleModel } from '../../../assembly/insightRuleModel.ts';
import type { EmulationGap } from '../../../assembly/model.ts';
import type { Clock } from '../../../contracts.ts';
import { MetricMathError } from '../math/parse.ts';
import type { Point } from '../math/series.ts';
import type { InsightMetrics } from '../metricQueries.ts';
import { createWindowCache, type WindowCache } from '../windowCache.ts';
import { type Contributors, contribute, mergeInto, noContributors } from './contributors.ts';
import { coversGroup, insightMatcher, type Matcher } from './matcher.ts';

export interface TopContributor {
  /** Values of the rule's keys, in their order. */
  readonly keys: readonly string[];
  readonly count: number;
  /** Of the numbers that the rule adds up; the count, where it counts. */
  readonly sum: number;
}

export interface InsightRules {
  /** Whether a rule counts events of a log group. */
  covers(logGroup: string): boolean;
  /** Counts an event that was seen `times` times. */
  add(logGroup: string, event: unknown, times: number): void;
  readonly metrics: InsightMetrics;
  /** The largest contributors of a rule, largest first, from `start` up to `end` (simulated ms); none for an unknown rule. */
  topContributors(rule: string, start: number, end: number, max: number): readonly TopContributor[];
  /** Evaluates these rules from now on. One with the same definition goes on. */
  update(models: readonly InsightRuleModel[]): void;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An alarm looks back a day, in windows of an hour that begin at any minute. */
const KEEP_MS = 26 * HOUR_MS;
/** A longer window is made of hours, so it begins at a full one. */
const LONGEST_OF_MINUTES_MS = 3 * HOUR_MS;

/** Contributors that are kept of a minute, and of an hour. */
const MAX_OF_MINUTE = 500;
const MAX_OF_HOUR = 5_000;

const METRICS: Readonly<Record<string, (of: Contributors) => number>> = {
  UniqueContributors: ({ byKey, forgotten }) => byKey.size + forgotten,
  MaxContributorValue: ({ byKey }) => {
    let largest = 0;
    for (const { sum } of byKey.values()) largest = Math.max(largest, sum);
    return largest;
  },
  SampleCount: ({ count }) => count,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
  Average: ({ sum, count }) => sum / count,
};

interface Rule {
  readonly model: InsightRuleModel;
  readonly match: Matcher;
  readonly minutes: Map<number, Contributors>;
  readonly hours: Map<number, Contributors>;
  /** The last window that was read, because several metrics read the same one. */
  window?: { readonly start: number; readonly end: number; readonly version: number; readonly all: Contributors };
  /** Completed hours of long windows. */
  completed?: { readonly first: number; readonly last: number; readonly all: Contributors } | undefined;
  /** By the names of metrics. */
  readonly windows: Map<string, WindowCache<Point>>;
  version: number;
}

/** Counts log events by the rules of a stack. Disabled rules count nothing. */
export function createInsightRules(models: readonly InsightRuleModel[], clock: Pick<Clock, 'now'>): InsightRules {
  let rules = models.map(startRule);
  let byGroup = new Map<string, readonly Rule[]>();
  const find = (name: string) => rules.find(({ model }) => model.name === name);
  const covering = (logGroup: string): readonly Rule[] => {
    const known = byGroup.get(logGroup);
    if (known !== undefined) return known;
    const found = rules.filter(({ model }) => coversGroup(model, logGroup));
    byGroup.set(logGroup, found);
    return found;
  };
  return {
    covers: (logGroup) => covering(logGroup).length > 0,
    add(logGroup, event, times) {
      for (const rule of covering(logGroup)) addEvent(rule, event, clock.now(), times);
    },
    metrics(name, metric) {
      const of = Object.hasOwn(METRICS, metric) ? METRICS[metric] : undefined;
      if (find(name) === undefined) throw new MetricMathError(`there is no Contributor Insights rule ${name}`);
      if (of === undefined) throw new MetricMathError(`a Contributor Insights rule has no metric ${metric}`);
      return (start, end) => {
        const rule = find(name);
        if (rule === undefined) return undefined;
        const compute = () => {
          const all = contributorsOf(rule, start, end);
          return all.count === 0 ? undefined : of(all);
        };
        return end - start > LONGEST_OF_MINUTES_MS ? compute() : windowsOf(rule, metric).read(start, end, compute);
      };
    },
    topContributors(name, start, end, max) {
      const rule = find(name);
      const byKey = rule && contributorsOf(rule, start, end).byKey;
      return [...(byKey ?? [])]
        .sort(([, a], [, b]) => b.sum - a.sum)
        .slice(0, max)
        .map(([key, { count, sum }]) => ({ keys: JSON.parse(key), count, sum }));
    },
    update(next) {
      const before = new Map(rules.map((rule) => [JSON.stringify(rule.model), rule]));
      rules = next.map((model) => before.get(JSON.stringify(model)) ?? startRule(model));
      byGroup = new Map();
    },
  };
}

/** A notice for each rule that cannot be emulated, with the reason. */
export function inspectInsightRules(models: readonly InsightRuleModel[]): EmulationGap[] {
  return models.flatMap((model) => {
    const reason = matcherOf(model);
    if (typeof reason !== 'string') return [];
    return [{ resource: model.name, type: 'AWS::CloudWatch::InsightRule', detail: `it counts nothing: ${reason}` }];
  });
}

function startRule(model: InsightRuleModel): Rule {
  const matcher = model.enabled ? matcherOf(model) : '';
  const match: Matcher = typeof matcher === 'string' ? () => undefined : matcher;
  return { model, match, minutes: new Map(), hours: new Map(), windows: new Map(), version: 0 };
}

/** What matches events, or why nothing does. */
function matcherOf(model: InsightRuleModel): Matcher | string {
  try {
    return insightMatcher(model);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function addEvent(rule: Rule, event: unknown, time: number, times: number): void {
  const match = rule.match(event);
  if (match === undefined) return;
  rule.version += 1;
  for (const windows of rule.windows.values()) {
    windows.added(time);
    windows.dropped(time - KEEP_MS);
  }
  if (rule.completed !== undefined && time < rule.completed.last * HOUR_MS) rule.completed = undefined;
  const { key, value } = match;
  contribute(bucket(rule.minutes, time, MINUTE_MS), key, value, times, MAX_OF_MINUTE);
  contribute(bucket(rule.hours, time, HOUR_MS), key, value, times, MAX_OF_HOUR);
}

function windowsOf({ windows }: Rule, metric: string): WindowCache<Point> {
  const found = windows.get(metric) ?? createWindowCache();
  windows.set(metric, found);
  return found;
}

function bucket(buckets: Map<number, Contributors>, time: number, length: number): Contributors {
  const number = Math.floor(time / length);
  const found = buckets.get(number);
  if (found !== undefined) return found;
  const made = noContributors();
  buckets.set(number, made);
  for (const old of buckets.keys()) {
    if ((old + 1) * length > time - KEEP_MS) break;
    buckets.delete(old);
  }
  return made;
}

function contributorsOf(rule: Rule, start: number, end: number): Contributors {
  const { window, version } = rule;
  if (window?.start === start && window.end === end && window.version === version) return window.all;
  const all = noContributors();
  if (end - start <= LONGEST_OF_MINUTES_MS) addRange(all, rule.minutes, start, end, MINUTE_MS);
  else addHours(all, rule, start, end);
  rule.window = { start, end, version, all };
  return all;
}

function addRange(
  to: Contributors,
  buckets: ReadonlyMap<number, Contributors>,
  start: number,
  end: number,
  length: number,
): void {
  for (let number = Math.floor(start / length); number < end / length; number++) {
    const found = buckets.get(number);
    if (found !== undefined) mergeInto(to, found);
  }
}

function addHours(to: Contributors, rule: Rule, start: number, end: number): void {
  const [first, last] = [Math.floor(start / HOUR_MS), Math.floor(end / HOUR_MS)];
  if (rule.completed?.first !== first || rule.completed.last !== last) {
    const all = noContributors();
    addRange(all, rule.hours, first * HOUR_MS, last * HOUR_MS, HOUR_MS);
    rule.completed = { first, last, all };
  }
  mergeInto(to, rule.completed.all);
  addRange(to, rule.hours, last * HOUR_MS, end, HOUR_MS);
}
