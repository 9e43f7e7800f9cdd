import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { LocalPackage } from '../localPackage.ts';
import type { Drilled } from './alarms.ts';
import type { Drill } from './conditions.ts';
import type { DrilledEvent } from './events.ts';
import { putEvent } from './putEvent.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { createWorld, type Gateway, type World } from './world.ts';

/** What a drill showed. */
export interface Row {
  readonly alarm: string;
  readonly how: string;
  /** How often the alarm fired, and how often it ended: once each, if all is well. An event does not end. */
  readonly fired: number;
  readonly cleared: number | null;
  /** Messages that arrived: one about each for each topic that is notified. Null for a deployed stack, whose messages people get. */
  readonly notified: number | null;
  /** Real time. */
  readonly seconds: number;
  /** Why it could not be carried out. */
  readonly error?: string;
}

/** Where drills take place: a gateway with separate data, which are removed afterwards. */
export interface Stage {
  readonly gateway: Gateway;
  carryOut(drilled: Drilled): Promise<Row>;
  /** Sends the event that a rule is for. */
  send(drilled: DrilledEvent): Promise<Row>;
  close(): Promise<void>;
}

interface StageOptions {
  readonly assembly: string;
  readonly stack: string | undefined;
}

/** Repetitions beyond the periods of an alarm: windows slide, and an action can wait for the alarm that names the cause. */
const MORE_PERIODS = 6;
/** Healthy traffic goes on, so many times in a period. */
const CALM_TIMES = 12;
const MINUTE_MS = 60_000;
/** For a message to arrive, in real time. */
const ARRIVAL_MS = 15_000;
const POLL_MS = 50;

export async function startStage(local: LocalPackage, { assembly, stack }: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'secure-api-drill-'));
  const receiver = await startReceiver();
  const close = async () => {
    await receiver.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const data = join(folder, 'data');
    const gateway = await local.serve({
      assembly,
      ...(stack === undefined ? {} : { stack }),
      data,
      port: 0,
      notifyUrl: receiver.url,
    });
    const parts = { local, gateway, assembly, folder, receiver };
    return {
      gateway,
      carryOut: (drilled) => carryOut(drilled, parts),
      send: (drilled) => sendEvent(drilled, parts),
      close: async () => {
        await gateway.close();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly local: LocalPackage;
  readonly gateway: Gateway;
  readonly assembly: string;
  readonly folder: string;
  readonly receiver: Receiver;
}

async function carryOut(drilled: Drilled, parts: Parts): Promise<Row> {
  const { id, name, drill } = drilled;
  if (drill === undefined)
    return { alarm: id, how: 'no drill', fired: 0, cleared: 0, notified: 0, seconds: 0, error: 'it has no drill' };
  const start = performance.now();
  const { services } = parts.gateway;
  const earlier = services.notifications().length;
  const messagesBefore = parts.receiver.messages(name).length;
  let error: string | undefined;
  try {
    await course(drilled, drill, parts);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  // Before the alarm fires, its first data can end a state without data, which some alarms notify about.
  const messages = () =>
    sinceFirst(
      parts.receiver.messages(name).slice(messagesBefore),
      ({ at }) => at,
      ({ status }) => status === 'firing',
    );
  const changes = () =>
    sinceFirst(
      services
        .notifications()
        .slice(earlier)
        .filter(({ alarm }) => alarm === name),
      ({ timestamp }) => String(timestamp),
      ({ newState }) => newState === 'ALARM',
    );
  // An alarm that notifies several topics is notified about several times, at one instant.
  const times = (state: string) =>
    new Set(changes().flatMap(({ newState, timestamp }) => (newState === state ? [timestamp] : []))).size;
  const hasArrived = () =>
    ['firing', 'resolved'].every((wanted) => messages().some(({ status }) => status === wanted)) &&
    messages().length === changes().length;
  const until = performance.now() + (error === undefined ? ARRIVAL_MS : 0);
  while (!(hasArrived() && times('ALARM') > 0) && performance.now() < until) await wait(POLL_MS);
  return {
    alarm: id,
    how: drill.how,
    fired: times('ALARM'),
    cleared: times('OK'),
    notified: messages().length,
    seconds: Math.round((performance.now() - start) / 100) / 10,
    ...(error === undefined ? {} : { error }),
  };
}

/** The items from the first one in time that is it: messages arrive in any order. */
function sinceFirst<T>(all: readonly T[], timeOf: (item: T) => string, isIt: (item: T) => boolean): readonly T[] {
  const sorted = all.toSorted((one, other) => Date.parse(timeOf(one)) - Date.parse(timeOf(other)));
  const first = sorted.findIndex(isIt);
  return first === -1 ? [] : sorted.slice(first);
}

async function sendEvent({ id, how, entry }: DrilledEvent, { gateway, receiver }: Parts): Promise<Row> {
  const start = performance.now();
  const { services, ready } = gateway;
  const [earlier, noticesBefore] = [services.notifications().length, receiver.notices()];
  await putEvent(ready.environment, entry);
  const fired = () => services.notifications().length - earlier;
  const notified = () => receiver.notices() - noticesBefore;
  const until = performance.now() + ARRIVAL_MS;
  while (!(fired() > 0 && notified() === fired()) && performance.now() < until) await wait(POLL_MS);
  const seconds = Math.round((performance.now() - start) / 100) / 10;
  return { alarm: id, how, fired: fired(), cleared: null, notified: notified(), seconds };
}

async function course(drilled: Drilled, drill: Drill, parts: Parts): Promise<void> {
  const world = createWorld({ ...parts, ...drilled });
  try {
    await fireAndEnd(drilled, drill, { world, gateway: parts.gateway });
  } finally {
    await world.restore();
  }
}

interface Course {
  readonly world: World;
  readonly gateway: Gateway;
}

/** OK → ALARM → OK. */
async function fireAndEnd(
  { name, alarms }: Drilled,
  { raise, calm }: Drill,
  { world, gateway }: Course,
): Promise<void> {
  const periodMs = Math.max(...alarms.map(({ periodSeconds }) => periodSeconds * 1000));
  const periods = Math.max(...alarms.map(({ evaluationPeriods }) => evaluationPeriods));
  const state = () => gateway.services.alarms().find((one) => one.name === name)?.state;
  /** Does something again and again until the alarm is in a state. */
  const reach = async (wanted: string, everyMs: number, act: () => Promise<unknown>) => {
    const untilMs = gateway.clock.now() + (periods + MORE_PERIODS) * periodMs;
    while (gateway.clock.now() < untilMs) {
      await act();
      for (let passed = 0; passed < everyMs; passed += MINUTE_MS) {
        await gateway.clock.skip(MINUTE_MS);
        if (state() === wanted) return;
      }
    }
    throw new Error(`it did not become ${wanted}`);
  };
  const calmMs = Math.max(MINUTE_MS, periodMs / CALM_TIMES);
  const end = async () => calm?.(world);
  // What happened in an earlier drill is no longer in the windows of this alarm.
  await gateway.clock.skip(periodMs * periods);
  await reach('OK', calmMs, end);
  try {
    await reach('ALARM', periodMs, () => raise(world));
  } finally {
    await reach('OK', calmMs, end);
  }
  // An alarm that ends and fires again has not ended.
  for (let passed = 0; passed < 2 * periodMs; passed += calmMs) {
    await end();
    await gateway.clock.skip(calmMs);
  }
}

/** Whether a drill showed what it should. */
export function isGood({ fired, cleared, notified, error }: Row): boolean {
  const hasArrived = notified === null || notified >= (cleared === null ? 1 : 2);
  const hasEnded = hasArrived && (cleared === null || cleared === 1);
  return error === undefined && fired === 1 && hasEnded;
}
