import { escaped } from '../../access/escaped.ts';
import { shownNumber, shownTime, timeTicks, valueTicks } from './numbers.ts';
import type { TimeRange } from './readData.ts';
import type { Series } from './series.ts';
import type { Threshold } from './widgets.ts';

/** Pixels of a chart before the browser scales it, by columns of 24. */
const PIXELS_OF_COLUMN = 54;
const HEIGHT = 210;
const MARGIN = { left: 52, right: 12, top: 18, bottom: 24 };
/** Colours that the style has. */
export const COLORS = 10;
/** A threshold that is so many times as high as the lines would make them flat: it stands at the edge instead. */
const TOO_HIGH = 8;
const LABEL_HEIGHT = 13;
const CHARACTER_WIDTH = 6.2;
const SEVERITIES: Readonly<Record<string, string>> = { '#d62728': 'page', '#ff7f0e': 'ticket' };

export interface Chart extends TimeRange {
  /** Id of the heading of the chart. */
  readonly id: string;
  readonly width: number;
  readonly series: readonly Series[];
  readonly thresholds: readonly Threshold[];
  readonly isStacked: boolean;
  readonly unit: string;
}

type Scale = (value: number) => number;

/** Lines over time as SVG. Colours are classes, because the page allows its own style alone. */
export function chartSvg(chart: Chart): string {
  const { id, from, to, isStacked, thresholds } = chart;
  const width = chart.width * PIXELS_OF_COLUMN;
  const series = isStacked ? stacked(chart.series) : chart.series;
  const highest = Math.max(...series.flatMap(({ points }) => points.map(([, value]) => value)), 0);
  const isNear = ({ value }: Threshold) => highest === 0 || value <= highest * TOO_HIGH;
  const near = thresholds.filter(isNear);
  const ticks = valueTicks(Math.max(highest, ...near.map(({ value }) => value)) * 1.05 || 1);
  const top = ticks.at(-1) ?? 1;
  const bottom = HEIGHT - MARGIN.bottom;
  // A long period can begin before the range.
  const x: Scale = (time) =>
    MARGIN.left + (Math.max(time - from, 0) / (to - from)) * (width - MARGIN.left - MARGIN.right);
  const y: Scale = (value) => bottom - (Math.min(value, top) / top) * (bottom - MARGIN.top);
  const right = width - MARGIN.right;
  return `<svg viewBox="0 0 ${width} ${HEIGHT}" role="img" aria-labelledby="${id}">
${ticks.map((tick) => `<path class="grid" d="M${MARGIN.left} ${px(y(tick))}H${right}"/><text class="end" x="${MARGIN.left - 6}" y="${px(y(tick) + 4)}">${shownNumber(tick)}</text>`).join('')}
${timeTicks(from, to)
  .map((time) => `<text class="middle" x="${px(x(time))}" y="${HEIGHT - 6}">${shownTime(time, from, to)}</text>`)
  .join('')}
${chart.unit === '' ? '' : `<text x="4" y="11">${escaped(chart.unit)}</text>`}
${isStacked ? areas(series, x, y) : ''}${series.map((one, i) => line(one, i, x, y)).join('')}
${lines(near, { y, right })}${edges(
  thresholds.filter((one) => !isNear(one)),
  right,
)}
</svg>`;
}

function line({ points, period, label }: Series, index: number, x: Scale, y: Scale): string {
  const color = `c${index % COLORS}`;
  const d = points
    .map(([time, value], i) => {
      const before = points[i - 1]?.[0];
      // A gap is no line.
      const isFirst = before === undefined || time - before > period * 1_500;
      return `${isFirst ? 'M' : 'L'}${px(x(time))} ${px(y(value))}`;
    })
    .join('');
  const dots = points.map(
    ([time, value]) =>
      `<circle class="${color}" cx="${px(x(time))}" cy="${px(y(value))}" r="2.2"><title>${escaped(label)}: ${shownNumber(value)}, ${new Date(time).toISOString().slice(11, 16)}</title></circle>`,
  );
  return `<path class="line ${color}" d="${d}"/>${dots.join('')}`;
}

/** Each line with those below it added. */
function stacked(series: readonly Series[]): readonly Series[] {
  const sums = new Map<number, number>();
  const times = [...new Set(series.flatMap(({ points }) => points.map(([time]) => time)))].toSorted((a, b) => a - b);
  return series.map((one) => {
    if (one.points.length === 0) return one;
    const values = new Map(one.points);
    const points = times.map((time) => {
      const sum = (sums.get(time) ?? 0) + (values.get(time) ?? 0);
      sums.set(time, sum);
      return [time, sum] as const;
    });
    return { ...one, points };
  });
}

/** Each area lies between its line and the one below. */
function areas(series: readonly Series[], x: Scale, y: Scale): string {
  const corners = ({ points }: Series) => points.map(([time, value]) => `${px(x(time))} ${px(y(value))}`);
  const drawn = series.map((one, i) => ({ one, i })).filter(({ one }) => one.points.length > 1);
  return drawn
    .map(({ one, i }, index) => {
      const below = drawn[index - 1]?.one ?? { ...one, points: one.points.map(([time]) => [time, 0] as const) };
      return `<path class="area c${i % COLORS}" d="M${[...corners(one), ...corners(below).toReversed()].join('L')}Z"/>`;
    })
    .join('');
}

/** Thresholds with labels at their right end; a label that would cover another one stands below its line. */
function lines(thresholds: readonly Threshold[], { y, right }: { readonly y: Scale; readonly right: number }): string {
  const taken: number[] = [];
  return thresholds
    .toSorted((one, other) => other.value - one.value)
    .map(({ value, label, color = '' }) => {
      const at = y(value);
      const free = [at - 4, at + LABEL_HEIGHT - 1].find((place) =>
        taken.every((one) => Math.abs(one - place) >= LABEL_HEIGHT),
      );
      const place = free ?? at - 4;
      taken.push(place);
      const severity = SEVERITIES[color] ?? 'info';
      return `<path class="threshold ${severity}" d="M${MARGIN.left} ${px(at)}H${right}"/><text class="end ${severity}" x="${right}" y="${px(place)}">${fitted(label, right)}</text>`;
    })
    .join('');
}

/** Thresholds far above the lines. */
function edges(thresholds: readonly Threshold[], right: number): string {
  if (thresholds.length === 0) return '';
  const labels = thresholds.map(({ label }) => label).join('; ');
  const severity = SEVERITIES[thresholds[0]?.color ?? ''] ?? 'info';
  return `<text class="end ${severity}" x="${right}" y="11">${fitted(`↑ ${labels}`, right - MARGIN.left)}</text>`;
}

function fitted(label: string, width: number): string {
  const most = Math.floor(width / CHARACTER_WIDTH);
  return escaped(label.length > most ? `${label.slice(0, most - 1)}…` : label);
}

function px(value: number): string {
  return String(Number(value.toFixed(1)));
}
