import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { createEventPace } from '../../lambda/eventPace.ts';
import type { Instance } from '../../lambda/instance.ts';
import { createQueueCheck, START_MS } from '../../lambda/queueCheck.ts';
import { createReadyInstances, LONG_MS } from '../../lambda/readyInstances.ts';
import { createWarmInstances } from '../../lambda/warmInstances.ts';

/** What an instance does while a queue waits. */
interface Busy {
  /** Since its thread began its event. */
  readonly begunMs: number;
  /** Its share of the time in which its thread computes. */
  readonly computes: number;
  /** Whether it ends while the queue waits. */
  readonly hasEnded?: boolean;
}

/** Whether a queue behind busy instances is slow, when events took `durations` and `ends` says that one ends meanwhile. */
async function isSlow(busy: readonly Busy[], durations: readonly number[], ends = true): Promise<boolean> {
  return (await finding(busy, durations, ends))[0];
}

/** The same, and whether another instance would have a processor core. */
function finding(
  busy: readonly Busy[],
  durations: readonly number[],
  ends = true,
  ownComputes = 1,
  idleMs = LONG_MS,
): Promise<[boolean, boolean]> {
  const ready = createReadyInstances(createWarmInstances(undefined));
  const pace = createEventPace();
  for (const duration of durations) pace.ended(duration);
  for (const one of busy) ready.add(instance(one));
  return new Promise((done) => {
    const check = createQueueCheck(ready, pace, (...found) => done(found), threadTime(ownComputes), idleTime(idleMs));
    check.schedule();
    if (ends) check.eventEnded();
  });
}

function instance({ begunMs, computes, hasEnded }: Busy): Instance {
  const unused = () => {
    throw new Error('not used here');
  };
  return {
    load: 1,
    runningMs: () => LONG_MS,
    begunMs: () => begunMs,
    time: hasEnded ? timeOfEnded() : threadTime(computes),
    run: unused,
    withdraw: unused,
    close: unused,
  };
}

function threadTime(computes: number) {
  let passed = 0;
  return () => {
    passed += LONG_MS;
    return { active: passed * computes, idle: passed * (1 - computes) };
  };
}

/** Of processor cores that are idle for so long meanwhile. */
function idleTime(ms: number) {
  let passed = 0;
  return () => {
    passed += ms;
    return passed;
  };
}

function timeOfEnded() {
  const times = [{ active: 40, idle: 20 }];
  return () => times.shift() ?? { active: 0, idle: 0 };
}

/** All but that of the gateway, whose thread computes. */
const ALL_CORES = Array.from({ length: Math.max(1, availableParallelism() - 1) });

describe('the check of a queue', () => {
  it('calls a queue slow before any event has ended', async () => {
    expect(await isSlow([{ begunMs: LONG_MS, computes: 0 }], [], false)).toBe(true);
  });

  it('goes by the time that events took in their instance, not by how late their results arrive', async () => {
    expect(await isSlow([{ begunMs: 10, computes: 0 }], [1, 1, 1])).toBe(false);
    expect(await isSlow([{ begunMs: 10, computes: 0 }], [20, 20, 20])).toBe(true);
  });

  it('waits for the first event of a function, whose code was not run before', async () => {
    const first = (begunMs: number) => finding([{ begunMs, computes: 1 }], [], false, 0);
    expect(await first(LONG_MS)).toEqual([false, false]);
    expect(await first(START_MS)).toEqual([true, true]);
  });

  it('forgets how long the first event of a function took once the next one has ended', async () => {
    expect(await isSlow([{ begunMs: 1, computes: 0 }], [100, 1, 1])).toBe(false);
  });

  it('is not slow while the thread of its instance waits for a processor, or its result for this one', async () => {
    expect(await finding([{ begunMs: 0, computes: 0 }], [1, 1, 1], false)).toEqual([false, false]);
  });

  it('wants no instance while the machine has no idle core, unless events only wait', async () => {
    const long = (computes: number) => finding([{ begunMs: LONG_MS, computes }], [20, 20, 20], true, 0, 0);
    expect(await long(1)).toEqual([false, false]);
    expect(await long(0)).toEqual([true, true]);
  });

  it('calls a queue slow when no event ends, however short the ones before were', async () => {
    expect(await isSlow([{ begunMs: LONG_MS, computes: 0 }], [1, 1, 1], false)).toBe(true);
  });

  it('wants no instance for a core that others compute on', async () => {
    const computing = ALL_CORES.map(() => ({ begunMs: 10, computes: 1 }));
    expect(await isSlow(computing, [20, 20, 20])).toBe(false);
    expect(await isSlow([...computing.slice(1), { begunMs: 10, computes: 0.5 }], [20, 20, 20])).toBe(true);
  });

  it('reports whether a core is free, because what waits behind a long event needs one, too', async () => {
    expect(await finding([{ begunMs: LONG_MS, computes: 0 }], [1, 1, 1])).toEqual([false, true]);
    const computing = ALL_CORES.map(() => ({ begunMs: LONG_MS, computes: 1 }));
    expect(await finding(computing, [1, 1, 1])).toEqual([false, false]);
    expect(await finding(computing, [1, 1, 1], true, 0.5)).toEqual([false, true]);
  });

  it('counts no instance that has ended meanwhile, whose thread has no time', async () => {
    const ended = ALL_CORES.map(() => ({ begunMs: 0, computes: 1, hasEnded: true }));
    expect(await isSlow(ended, [20, 20, 20])).toBe(true);
  });

  it('wants one beside a long event, though that one computes', async () => {
    const endless = ALL_CORES.map(() => ({ begunMs: START_MS, computes: 1 }));
    expect(await isSlow(endless, [1, 1, 1], false)).toBe(true);
  });
});
