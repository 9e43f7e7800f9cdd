import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Check, checksOfDay, checksOfGateway } from '../../bench/soak/checks.ts';
import type { DayResult, Tenth } from '../../bench/soak/day.ts';
import { dayInProcess } from '../../bench/soak/soak.ts';
import { temporaryFolder } from '../support/folders.ts';

const DAY = { hours: 1, requests: 12_000 };
const failing = (checks: readonly Check[]) =>
  checks.filter(({ passes }) => !passes).map(({ what }) => what.replace(/^.*: /, ''));

/** A day of a function that responds as the pipeline's does, and does something else at each request. */
function dayOf(atEachRequest: string): Promise<DayResult> {
  const module = join(temporaryFolder(), 'index.mjs');
  writeFileSync(
    module,
    `import { openSync } from 'node:fs';
    let count = 0;
    const kept = [];
    export const handler = async ({ body }) => {
      count++;
      ${atEachRequest}
      return { statusCode: body.includes('A title') ? 201 : 400 };
    };\n`,
  );
  return dayInProcess('pipelineDay.ts', { ...DAY, module }, {});
}

describe('a day of a function', () => {
  const held = (checks: readonly string[]) => checks.filter((what) => !what.startsWith('processor time'));

  it('passes where nothing is kept, whatever garbage a request makes', async () => {
    const result = await dayOf('Array.from({ length: 500 }, () => ({ count }));');
    expect(result).toMatchObject({ requests: DAY.requests, faults: [] });
    expect(result.tenths).toHaveLength(10);
    expect(held(failing(checksOfDay('a function', result)))).toEqual([]);
  }, 120_000);

  it('fails where each request leaves half a kilobyte', async () => {
    const result = await dayOf('kept.push(Array.from({ length: 60 }, () => count));');
    expect(held(failing(checksOfDay('a function', result)))).toEqual(['memory after a collection, MB']);
  }, 120_000);

  it('fails where buffers outside of the heap are kept', async () => {
    const result = await dayOf('kept.push(Buffer.alloc(10_000));');
    expect(failing(checksOfDay('a function', result))).toContain('memory after a collection, MB');
  }, 120_000);

  it('fails where one of a thousand requests leaves a descriptor', async () => {
    const result = await dayOf("if (count % 1_000 === 0) openSync('/dev/null');");
    expect(held(failing(checksOfDay('a function', result)))).toEqual(['descriptors']);
  }, 120_000);

  it('fails where a timer is left', async () => {
    const result = await dayOf('if (count % 1_000 === 0) setInterval(() => {}, 60_000);');
    expect(failing(checksOfDay('a function', result))).toContain('active resources');
  }, 120_000);

  it('fails where a request takes longer the more there were before', async () => {
    const result = await dayOf(
      'let sum = 0; for (let i = 0; i < 2 * count; i++) sum += Math.sqrt(i ^ sum); kept[0] = sum;',
    );
    expect(failing(checksOfDay('a function', result))).toEqual(['processor time of a request, against a reference']);
  }, 120_000);

  it('names a wrong response, with its step', async () => {
    const { faults } = await dayOf('if (count === 60) return { statusCode: 500 };');
    expect(faults).toEqual(['step 1: a request: 500 instead of 201']);
  }, 120_000);
});

describe('what a soak requires', () => {
  const day = (change: (part: number) => Partial<Tenth>): DayResult => ({
    requests: 1,
    faults: [],
    tenths: Array.from({ length: 10 }, (_, part) => ({
      microseconds: 50,
      references: 5,
      heapMb: 20,
      descriptors: 30,
      resources: 5,
      threads: 12,
      ...change(part),
    })),
  });
  const failed = (change: (part: number) => Partial<Tenth>) => failing(checksOfDay('a function', day(change)));

  it('allows what does not grow: a slow first tenth, one slow tenth, and some sockets', () => {
    const slow = (part: number) => (part === 0 || part === 8 ? 9 : 5);
    expect(failed((part) => ({ references: slow(part), descriptors: 30 + (part % 2) }))).toEqual([]);
  });

  it('rejects a slowdown by a fifth, and memory and descriptors that grow through the day', () => {
    expect(failed((part) => ({ references: 5 + part / 6 }))).toEqual([
      'processor time of a request, against a reference',
    ]);
    expect(failed((part) => ({ heapMb: 20 + part / 3 }))).toEqual(['memory after a collection, MB']);
    expect(failed((part) => ({ descriptors: 30 + part }))).toEqual(['descriptors']);
  });

  it('requires the same of the local gateway', () => {
    const load = { microseconds: 500, references: 50, heapMb: 40, descriptors: 60, resources: 20, threads: 15 };
    const loads = (change: (n: number) => object) => ({
      loads: [0, 1, 2, 3, 4, 5].map((n) => ({ ...load, ...change(n) })),
    });
    expect(failing(checksOfGateway(loads(() => ({}))))).toEqual([]);
    expect(failing(checksOfGateway(loads((n) => ({ references: 50 + 4 * n }))))).toEqual([
      'processor time of a request, against a reference',
    ]);
    expect(failing(checksOfGateway(loads((n) => ({ heapMb: 40 + n }))))).toEqual(['memory after a collection, MB']);
    expect(failing(checksOfGateway(loads((n) => ({ descriptors: 60 + 3 * n }))))).toEqual(['descriptors']);
    expect(failing(checksOfGateway(loads((n) => ({ threads: 15 + n }))))).toEqual(['threads']);
  });

  it('compares loads of the local gateway during which as many instances ran', () => {
    const load = { heapMb: 40, resources: 20 };
    const two = { ...load, microseconds: 400, references: 40, descriptors: 65, threads: 16 };
    const loads = [{ ...load, microseconds: 230, references: 23, descriptors: 60, threads: 15 }, two, two, two, two];
    expect(failing(checksOfGateway({ loads }))).toEqual([]);
    const slower = loads.map((one, n) => ({ ...one, references: one.references * (1 + n / 5) }));
    expect(failing(checksOfGateway({ loads: slower }))).toEqual(['processor time of a request, against a reference']);
    const leaking = loads.map((one, n) => ({ ...one, descriptors: one.descriptors + 2 * n }));
    expect(failing(checksOfGateway({ loads: leaking }))).toEqual(['descriptors']);
  });

  it('rejects a day that has no samples', () => {
    expect(failing(checksOfDay('nothing', { requests: 0, faults: [], tenths: [] }))).toHaveLength(4);
  });
});
