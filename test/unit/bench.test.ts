import { describe, expect, it } from 'vitest';
import { missingRows, PARTS } from '../../bench/parts.ts';
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
