import { describe, expect, it } from 'vitest';
import { exitCodeOf, measureParts } from '../../bench/measure.ts';
import { missingRows, PARTS, type Part, SECONDS } from '../../bench/parts.ts';
import { addedRow, median, row } from '../../bench/row.ts';
import { inTurns } from '../../bench/turns.ts';

describe('a row of the bench', () => {
  it('passes with a cost at or below its target, and with a rate at or above it', () => {
    expect(row('cost', 'ms', 30, 10, 3)).toMatchObject({ ratio: 3, pass: true });
    expect(row('cost', 'µs', 31, 10, 3)).toMatchObject({ ratio: 3.1, pass: false });
    expect(row('rate', 'requests/s', 30, 10, 3)).toMatchObject({ ratio: 3, pass: true });
    expect(row('rate', 'requests/s', 29, 10, 3)).toMatchObject({ ratio: 2.9, pass: false });
  });

  it('is what a run writes: name, unit, both figures, their ratio, the target and whether it passes', () => {
    const expected = { name: 'cost', unit: 'ms', ours: 30, peer: 10, ratio: 3, target: 3, pass: true };
    expect(row('cost', 'ms', 30, 10, 3)).toEqual(expected);
  });

  it('of a difference compares what is added with what may be added', () => {
    const measured = { ours: 62, peer: 50 };
    expect(addedRow('first', 'ms', measured, 15)).toMatchObject({
      ours: 12,
      peer: 15,
      ratio: 0.8,
      target: 1,
      pass: true,
    });
    expect(addedRow('first', 'ms', measured, 8)).toMatchObject({ ours: 12, peer: 8, ratio: 1.5, pass: false });
    expect(addedRow('first', 'ms', { ours: 49, peer: 50 }, 8)).toMatchObject({ ours: -1, pass: true });
  });

  it('fails its target where nothing was measured', () => {
    expect(row('cost', 'ms', median([]), 10, 3).pass).toBe(false);
    expect(row('rate', 'requests/s', 30, 0, 3).pass).toBe(false);
  });
});

it('both sides of a comparison are measured in turns', async () => {
  const order: string[] = [];
  const side = (name: string) => () => order.push(name);
  expect(await inTurns(2, side('ours'), side('peer'))).toEqual({ ours: [1, 3], peer: [2, 4] });
  expect(order).toEqual(['ours', 'peer', 'ours', 'peer']);
});

it('a run is complete with a row of each part, and says which rows it does not have', () => {
  const starts = Object.values(PARTS).flat();
  const rows = starts.map((start) => row(`${start}, measured`, 'ms', 1, 1, 1));
  expect(missingRows(rows)).toEqual([]);
  expect(missingRows(rows.filter(({ name }) => !name.startsWith('reload: the stack')))).toEqual(['reload: the stack']);
  expect(missingRows([])).toEqual(starts);
});

describe('a run of several parts', () => {
  const each = (value: number) =>
    Object.fromEntries(Object.keys(SECONDS).map((part) => [part, value])) as typeof SECONDS;
  const good = (part: Part) => row(`${part}: measured`, 'ms', 1, 1, 1);

  it('measures the other parts when one fails, names it, keeps what it has before the first part and after each, and ends with 3', async () => {
    const said: string[] = [];
    const kept: number[] = [];
    const measure = async (part: Part) => {
      if (part === 'synth') throw new Error('no stack');
      return [good(part)];
    };
    const measured = await measureParts(['pipeline', 'synth', 'dev'], measure, {
      seconds: each(1),
      say: (line) => said.push(line),
      keep: (rows) => kept.push(rows.length),
    });
    expect(measured.rows).toEqual([good('pipeline'), good('dev')]);
    expect(measured.failed).toMatchObject([{ part: 'synth', reason: expect.stringContaining('no stack') }]);
    expect(said).toContainEqual(expect.stringMatching(/^synth failed, and has no rows: Error: no stack/));
    expect(kept).toEqual([0, 1, 1, 2]);
    expect(exitCodeOf(measured)).toBe(3);
  });

  it('ends with 1 if a row misses its target, otherwise with 0', () => {
    expect(exitCodeOf({ rows: [good('dev')], failed: [] })).toBe(0);
    expect(exitCodeOf({ rows: [good('dev'), row('slow', 'ms', 2, 1, 1)], failed: [] })).toBe(1);
  });

  it('says before each part how long the rest takes at the speed so far', async () => {
    const said: string[] = [];
    let ms = 0;
    const measure = async (part: Part) => {
      ms += 20_000;
      return [good(part)];
    };
    await measureParts(['pipeline', 'synth', 'dev'], measure, {
      seconds: each(10),
      say: (line) => said.push(line),
      now: () => ms,
    });
    expect(said).toEqual([
      '1 of 3, pipeline (0 s so far, about 30 s left)',
      '2 of 3, synth (20 s so far, about 40 s left)',
      '3 of 3, dev (40 s so far, about 20 s left)',
      'measured in 60 s',
    ]);
  });

  it('is expected to end in less than ten minutes', () => {
    expect(Object.values(SECONDS).reduce((sum, seconds) => sum + seconds)).toBeLessThan(600);
  });
});
