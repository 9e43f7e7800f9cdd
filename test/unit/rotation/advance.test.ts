import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, type RotationRules } from '../../../lambdas/rotation/advance.ts';
import { RotationWorld } from '../../support/rotationWorld.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const rules: RotationRules = { start: false, everyDays: 90, settleMs: 300_000 };
const command: RotationRules = { ...rules, start: true };

async function worldWith(...clients: readonly (readonly [string, string])[]): Promise<RotationWorld> {
  const world = new RotationWorld();
  for (const [client, tier] of clients) await world.registry().add(client, tier);
  return world;
}

/** Runs a quarter of an hour apart, until one is finished. */
async function toTheEnd(world: RotationWorld): Promise<void> {
  for (let run = 0; run < 50; run++) {
    const { phase } = await advance(world.services(), rules);
    if (phase === 'idle' || phase === 'finished') return;
    world.time += HOUR / 4;
  }
  throw new Error('the rotation does not end');
}

describe('a rotation', () => {
  it('makes all keys, waits until they work, then lets clients and tiers use them', async () => {
    const world = await worldWith(['acme', 'free'], ['globex', 'paid']);
    const [first, before] = [world.current, world.records.get('acme')];
    expect(await advance(world.services(), command)).toMatchObject({ phase: 'settling', total: 4 });
    expect(world.current).toBe(first);
    expect(world.records.get('acme')).toMatchObject({ keyId: before?.keyId, next: { secretVersion: world.pending } });
    world.time += 361_000;
    expect(await advance(world.services(), rules)).toMatchObject({ phase: 'finished', total: 4 });
    expect(world.current).not.toBe(first);
    expect(world.previous).toBe(first);
    for (const record of world.records.values()) {
      expect(record).toMatchObject({ secretVersion: world.current });
      expect(record.next).toBeUndefined();
    }
    expect(world.violations).toEqual([]);
  });

  it('deletes the keys of clients after seventy minutes, and those of tiers after a day, when no cache can name them', async () => {
    const world = await worldWith(['acme', 'free']);
    await advance(world.services(), command);
    world.time += HOUR / 4;
    await advance(world.services(), rules);
    world.time += 1.25 * HOUR;
    await advance(world.services(), rules);
    const names = () => [...world.keys.values()].map(({ name }) => name).sort();
    const second = world.current;
    const made = ['client.', 'tier.free', 'tier.paid'].map((end) => expect.stringContaining(`api1.${second}.${end}`));
    expect(names()).toEqual([...made, 'stack-free', 'stack-paid']);
    world.time += 26 * HOUR;
    await advance(world.services(), command);
    world.time += HOUR / 4;
    await toTheEnd(world);
    world.time += 24 * HOUR;
    await advance(world.services(), rules);
    expect(names().filter((name) => name.includes(`${second}.tier`))).toHaveLength(2);
    world.time += 2 * HOUR;
    await advance(world.services(), rules);
    expect(names().filter((name) => name.includes(second))).toEqual([]);
    expect(world.violations).toEqual([]);
  });

  it('starts when the current version is old enough, or by command', async () => {
    const world = await worldWith();
    expect(await advance(world.services(), rules)).toMatchObject({ phase: 'idle' });
    world.time += 90 * DAY - 1;
    expect(await advance(world.services(), rules)).toMatchObject({ phase: 'idle' });
    expect(await advance(world.services(), { ...rules, everyDays: 0 })).toMatchObject({ phase: 'idle' });
    world.time += 1;
    expect(await advance(world.services(), { ...rules, everyDays: 0 })).toMatchObject({ phase: 'idle' });
    expect(await advance(world.services(), rules)).toMatchObject({ phase: 'settling' });
  });

  it('does not start while keys of the version before the last can be in use', async () => {
    const world = await worldWith();
    await advance(world.services(), command);
    world.time += HOUR;
    await toTheEnd(world);
    const until = new Date(world.time + 25 * HOUR).toISOString();
    expect(await advance(world.services(), command)).toEqual({ phase: 'too-soon', until });
    world.time += 25 * HOUR;
    expect(await advance(world.services(), command)).toMatchObject({ phase: 'settling' });
  });

  it.each([
    [9_996, 'settling'],
    [9_997, 'no-room'],
  ])('with %i keys in the region reports %s for four more', async (existing, phase) => {
    const world = await worldWith(['acme', 'free'], ['globex', 'paid']);
    const others = existing - world.keys.size;
    for (let i = 0; i < others; i++)
      world.keys.set(`other-${i}`, {
        name: '',
        value: `${i}`,
        enabled: true,
        created: 0,
        updated: 0,
        planIds: [],
        usable: 0,
      });
    const before = world.keys.size;
    expect(await advance(world.services(), command)).toMatchObject({ phase });
    if (phase === 'no-room') expect([world.keys.size, world.pending]).toEqual([before, undefined]);
  });

  it('reports how far it is when its time is used up, and goes on from there', async () => {
    const world = await worldWith(['a', 'free'], ['b', 'free'], ['c', 'paid']);
    let steps = 3;
    const limited = world.services(() => world.pending === undefined || steps-- > 0);
    expect(await advance(limited, command)).toEqual({ phase: 'preparing', prepared: 3, total: 5 });
    await toTheEnd(world);
    expect(new Set([...world.records.values()].map(({ secretVersion }) => secretVersion))).toEqual(
      new Set([world.current]),
    );
    expect(world.violations).toEqual([]);
  });

  it('makes the keys of tiers when somebody else has put another value', async () => {
    const world = await worldWith(['acme', 'free']);
    const { secret } = world.services();
    await secret.add(await secret.labels());
    world.versions.set('by-hand', { value: 'put-by-hand', created: world.time });
    [world.previous, world.current, world.pending] = [world.current, 'by-hand', undefined];
    await advance(world.services(), rules);
    const values = [...world.keys.values()].filter(({ planIds }) => planIds.length > 0).map(({ value }) => value);
    expect(values).toEqual(expect.arrayContaining(['free-put-by-hand', 'paid-put-by-hand']));
  });

  it('deletes the key of a removed tier at once, so that the tier can come back with a key of this value', async () => {
    const world = await worldWith();
    await advance(world.services(), command);
    world.time += HOUR;
    await toTheEnd(world);
    world.plans = world.plans.filter(({ tier }) => tier !== 'paid');
    for (const [id, key] of world.keys) if (key.name.endsWith('.paid')) world.keys.set(id, { ...key, planIds: [] });
    await advance(world.services(), rules);
    expect([...world.keys.values()].filter(({ name }) => name.endsWith('.paid'))).toEqual([]);
  });

  it('enables the new key of a client that was suspended when it was made', async () => {
    const world = await worldWith(['acme', 'free']);
    await world.registry().suspend('acme');
    // Killed after the key was made and before the record names it.
    world.failAt = 14;
    await advance(world.services(), command).catch(() => undefined);
    await world.registry().resume('acme');
    await toTheEnd(world);
    expect(world.records.get('acme')).toMatchObject({ secretVersion: world.current, status: 'active' });
    expect(world.keys.get(world.records.get('acme')?.keyId ?? '')?.enabled).toBe(true);
    expect(world.violations).toEqual([]);
  });
});

describe('a rotation that meets what it did not expect', () => {
  it('finds a key whose creation it was not told of, although lists show it later', async () => {
    const world = await worldWith();
    [world.loseAt, world.lagMs] = [1, 2_000];
    expect(await advance(world.services(), command)).toMatchObject({ phase: 'settling' });
    world.time += HOUR / 4;
    await toTheEnd(world);
    expect(world.violations).toEqual([]);
  });

  it('ends with an error when no list shows the key, and goes on in the next run', async () => {
    const world = await worldWith();
    [world.loseAt, world.lagMs] = [1, HOUR];
    await expect(advance(world.services(), command)).rejects.toThrow('no list shows it');
    world.lagMs = 0;
    await toTheEnd(world);
    expect(world.violations).toEqual([]);
  });

  it.each(['deleted', 'taken out of its plan'])('makes a next key anew that somebody has %s', async (how) => {
    const world = await worldWith(['acme', 'free']);
    await advance(world.services(), command);
    const id = world.records.get('acme')?.next?.keyId ?? '';
    const key = world.keys.get(id);
    if (how === 'deleted' || key === undefined) world.keys.delete(id);
    else world.keys.set(id, { ...key, planIds: [] });
    world.time += HOUR / 4;
    expect(await advance(world.services(), rules)).toMatchObject({ phase: 'settling' });
    await toTheEnd(world);
    world.time += 2 * DAY;
    await advance(world.services(), rules);
    expect(world.violations).toEqual([]);
  });

  it('names the version in records of before there were several, also of a tier that is missing for a time', async () => {
    const world = await worldWith(['acme', 'free'], ['globex', 'paid']);
    const first = world.current;
    for (const [client, { secretVersion: _, ...record }] of world.records) world.records.set(client, record);
    await advance(world.services(), rules);
    expect([...world.records.values()].map(({ secretVersion }) => secretVersion)).toEqual([first, first]);
    const paid = world.plans;
    world.plans = paid.filter(({ tier }) => tier === 'free');
    await advance(world.services(), command);
    world.time += HOUR;
    await toTheEnd(world);
    world.plans = paid;
    expect(world.records.get('globex')).toMatchObject({ secretVersion: first });
  });

  it('ends with an error for a record that it can never replace, instead of trying for ever', async () => {
    const world = await worldWith(['acme', 'free']);
    const services = world.services();
    const clients = services.clients && { ...services.clients, replace: async () => false };
    await advance({ ...services, clients }, command);
    world.time += HOUR;
    await expect(advance({ ...services, clients }, rules)).rejects.toThrow('cannot be replaced');
    expect(world.calls).toBeLessThan(500);
  });
});

const CHANGES = ['add', 'free', 'paid', 'rotate', 'suspend', 'resume', 'remove'] as const;
const client = fc.constantFrom('acme', 'globex', 'initech');
const kindOfChange = fc.constantFrom(...CHANGES);
const run = {
  failAfter: fc.nat(60),
  time: fc.nat(40),
  meanwhile: fc.record({ at: fc.nat(60), client, change: fc.oneof(kindOfChange, fc.constant('run' as const)) }),
  loses: fc.nat(12),
  lagMs: fc.constantFrom(0, 0, 2_000),
};
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('run' as const), ...run }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('start' as const), ...run }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(1, 6, 15, 90, 1_600) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('change' as const), client, change: kindOfChange }),
  },
);

it('never lets the authorizer name a key that does not work: killed at any call, with clients that change meanwhile', async () => {
  let finished = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const world = await worldWith(['acme', 'free'], ['globex', 'paid']);
      for (const one of steps) {
        if (one.kind === 'wait') world.time += one.minutes * 60_000;
        else if (one.kind === 'change') await change(world, one.client, one.change).catch(() => undefined);
        else {
          world.failAt = world.calls + 1 + one.failAfter;
          const { at, client, change: kind } = one.meanwhile;
          world.interruptAt = world.calls + 1 + at;
          world.loseAt = world.creations + 1 + one.loses;
          world.lagMs = one.lagMs;
          const another = () => advance(world.services(), rules);
          const interrupt = () => (kind === 'run' ? another() : change(world, client, kind));
          world.interrupt = () => interrupt().catch(() => undefined);
          let left = one.time;
          const run = advance(
            world.services(() => left-- > 0),
            one.kind === 'start' ? command : rules,
          );
          const { phase } = await run.catch(() => ({ phase: 'killed' }));
          if (phase === 'finished') finished += 1;
        }
        world.check();
      }
      world.failAt = world.interruptAt = world.loseAt = Number.POSITIVE_INFINITY;
      world.lagMs = 0;
      await toTheEnd(world);
      expect(world.violations).toEqual([]);
    }),
    { numRuns: 300 },
  );
  expect(finished).toBeGreaterThan(0);
});

function change(world: RotationWorld, client: string, kind: (typeof CHANGES)[number]): Promise<unknown> {
  const registry = world.registry();
  if (kind === 'add') return registry.add(client, 'free');
  if (kind === 'free' || kind === 'paid') return registry.setTier(client, kind);
  return registry[kind](client);
}
