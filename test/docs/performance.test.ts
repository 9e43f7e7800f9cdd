import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { missingRows, PARTS } from '../../bench/parts.ts';
import { type Row, row } from '../../bench/row.ts';
import { shareOfTarget, targetsChart } from '../../docs/performanceCharts.ts';
import { committedFigures, performancePages } from '../../docs/performancePage.ts';
import { REASONS, reasonOf } from '../../docs/performanceReasons.ts';
import { root } from '../support/folders.ts';

const folder = join(root, 'docs/performance');
const reached = row('pipeline: a call', 'µs', 4, 2, 3);
const missed = row('synth: a stack', 'ms', 30, 10, 2);
const slow = row('local gateway: GET /health', 'requests/s', 10, 100, 0.3);
const figures = (...rows: readonly Row[]) => ({ date: '2026-11-29', commit: '0123456789ab', machine: '2 cores', rows });

describe('docs/performance.md', () => {
  it('names each row that misses its target, by how much and why, and no other', () => {
    const page = performancePages(figures(reached, missed, slow))['performance.md'] ?? '';
    const [, misses = ''] = /## Targets that are missed\n([\s\S]*?)\n\n/.exec(page) ?? [];
    expect(misses.split('\n')).toEqual([
      `- **synth: a stack**: 3 instead of 2, 1.5 times the target. ${reasonOf('synth: a stack')}`,
      `- **local gateway: GET /health**: 0.1 instead of 0.3, 3 times the target. ${reasonOf('local gateway')}`,
    ]);
    expect(page).toContain('1 of 3 rows reach their target.');
  });

  it('names what its run did not measure', () => {
    const page = performancePages(figures(reached, missed, slow))['performance.md'] ?? '';
    expect(page).toContain('This run did not measure:');
    for (const start of missingRows([reached, missed, slow])) expect(page).toContain(`*${start}*`);
    expect(page).not.toContain('*pipeline*');
  });

  it('has a row of each part of the bench as it was published, or says that its run did not measure it', () => {
    const page = readFileSync(join(root, 'docs/performance.md'), 'utf8');
    const [, unmeasured = ''] = /This run did not measure: (.+)/.exec(page) ?? [];
    for (const start of Object.values(PARTS).flat()) {
      const isMeasured = page.includes(`\n| ${start}`);
      expect([start, isMeasured !== unmeasured.includes(`*${start}*`)]).toEqual([start, true]);
    }
  });

  it('has a reason for each row of the bench, and none with a figure that another run would contradict', () => {
    for (const start of Object.values(PARTS).flat()) {
      const reason = reasonOf(start);
      expect([start, reason.match(/\d+(\.\d+)? (%|µs|ms)|\b(half|third|quarter|fifth|tenth) of the/g)]).toEqual([
        start,
        null,
      ]);
    }
  });

  it('shows the most specific reason for each row of the bench, and has no reason that no row shows', () => {
    const shown = new Set<string>();
    for (const name of Object.values(PARTS).flat()) {
      const fitting = REASONS.filter(([start]) => name.startsWith(start));
      const [mostSpecific] = fitting.toSorted(([a], [b]) => b.length - a.length);
      expect([name, reasonOf(name)]).toEqual([name, mostSpecific?.[1]]);
      shown.add(reasonOf(name));
    }
    expect(REASONS.filter(([, reason]) => !shown.has(reason))).toEqual([]);
    expect(shown.size).toBe(REASONS.length);
  });

  it('is not written where nobody has said why a row misses its target', () => {
    expect(() => performancePages(figures(row('new row', 'ms', 3, 1, 2)))).toThrow('performanceReasons.ts');
    expect(() => performancePages(figures(row('new row', 'ms', 3, 1, 3)))).not.toThrow();
  });

  it('has figures of a run, each with a target, and no path of the machine', () => {
    const { date, machine, rows } = committedFigures();
    expect(date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(machine).toMatch(/\d+ cores .*Node \d+/);
    expect(rows.length).toBeGreaterThan(0);
    for (const one of rows) expect(Number.isFinite(one.target)).toBe(true);
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(/\/(home|root|tmp|Users|work)\/|file:/);
  });

  it('has a bar for each row in the chart of targets, and two for each invocation in the other', () => {
    const { rows } = committedFigures();
    const bars = (name: string, kinds: string) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(new RegExp(`class="(${kinds})" x="500"`, 'g'))].length;
    expect(bars('targets.svg', 'pass|miss')).toBe(rows.length);
    const invocations = rows.filter(({ name }) => name.endsWith('against an empty function'));
    // Two more are the legend's, of which the first is at the same x.
    expect(bars('invocations.svg', 'ours|peer')).toBe(2 * invocations.length + 1);
  });

  it('embeds charts and flame graphs that can be read in light and dark', () => {
    const page = readFileSync(join(root, 'docs/performance.md'), 'utf8');
    const embedded = [...page.matchAll(/!\[.+\]\(performance\/(.+\.svg)\)/g)].map(([, name]) => name).sort();
    expect(embedded).toEqual(
      readdirSync(folder)
        .filter((name) => name.endsWith('.svg'))
        .sort(),
    );
    for (const name of embedded)
      expect(readFileSync(join(folder, name ?? ''), 'utf8')).toMatch(
        /^<svg [\s\S]*prefers-color-scheme:dark[\s\S]*<\/svg>\n$/,
      );
  });
});

describe('the chart of targets', () => {
  it('shows costs and rates by the same measure: 1 is the target, less is better', () => {
    expect([reached, missed, slow].map(shareOfTarget).map((share) => share.toFixed(2))).toEqual([
      '0.67',
      '1.50',
      '3.00',
    ]);
  });

  it('distinguishes a row that misses its target, and ends long bars with their number', () => {
    const chart = targetsChart([reached, missed, row('growth: far', 'µs', 90, 1, 2)]);
    expect(chart.match(/class="(pass|miss)"/g)).toEqual(['class="pass"', 'class="miss"', 'class="miss"']);
    expect(chart).toContain('>45 ▸<');
  });
});
