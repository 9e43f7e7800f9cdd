import type { AlarmModel } from '../../assembly/model.ts';
import type { AlarmState, Clock } from '../../contracts.ts';
import { type AlarmData, type AlarmSources, alarmData } from './alarmData.ts';
import { evaluateAlarm, type State } from './alarmState.ts';
import { unsupportedReason } from './inspect.ts';

/** A change of an alarm's state, with what a notification reports. */
export interface Transition {
  readonly alarm: AlarmModel;
  readonly from: State;
  readonly to: State;
  readonly reason: string;
  /** ISO 8601, simulated time. */
  readonly at: string;
  /** The first evaluation since the start. */
  readonly first: boolean;
}

export interface Alarms {
  states(): readonly AlarmState[];
  /** Evaluates these alarms from now on. One that was there before, by its name, keeps its state, as on AWS. */
  update(models: readonly AlarmModel[]): void;
  stop(): void;
}

/** Alarms are evaluated each simulated minute; those with a shorter period (10, 20, 30 s) each ten seconds. */
const MINUTE_MS = 60_000;
const SHORT_STEP_MS = 10_000;

/** A machine that slept catches up on at most this many steps. */
const MAX_CATCH_UP = 360;

/** Minimum real milliseconds between two evaluations. */
const MIN_WAIT_MS = 20;

interface Watched {
  readonly alarm: AlarmModel;
  readonly data?: AlarmData;
  readonly stepMs: number;
  evaluated: boolean;
  state: AlarmState;
}

/**
 * Evaluates alarms on the simulated clock until stopped. Windows slide: they end at the step that is evaluated, not at
 * multiples of the period, so an alarm with a period of five minutes sees a surge within one.
 *
 * @param models alarms that cannot be evaluated stay INSUFFICIENT_DATA and say why
 * @param onTransition called for each change of a state
 */
export function startAlarms(
  models: readonly AlarmModel[],
  sources: AlarmSources,
  clock: Clock,
  onTransition: (transition: Transition) => void,
): Alarms {
  let watched = models.map((alarm) => watch(alarm, sources, clock));
  let stepMs = shortestStep(watched);
  let step = Math.floor(clock.now() / stepMs);
  let timer: NodeJS.Timeout | undefined;

  const evaluate = () => {
    const last = Math.floor(clock.now() / stepMs);
    step = Math.max(step, last - MAX_CATCH_UP);
    while (step < last) {
      step += 1;
      for (const item of watched) updateState(item, step * stepMs, onTransition);
    }
  };
  const tick = () => {
    evaluate();
    schedule();
  };
  const schedule = () => {
    const wait = ((step + 1) * stepMs - clock.now()) / clock.speed;
    timer = setTimeout(tick, Math.max(MIN_WAIT_MS, Math.ceil(wait) + 1));
    timer.unref();
  };
  schedule();
  return {
    states: () => watched.map((item) => item.state),
    update(next) {
      clearTimeout(timer);
      evaluate();
      const before = new Map(watched.map((item) => [item.alarm.name, item]));
      watched = next.map((alarm) => continued(watch(alarm, sources, clock), before.get(alarm.name)));
      stepMs = shortestStep(watched);
      step = Math.floor(clock.now() / stepMs);
      schedule();
    },
    stop: () => clearTimeout(timer),
  };
}

function shortestStep(watched: readonly Watched[]): number {
  return Math.min(MINUTE_MS, ...watched.map((item) => item.stepMs));
}

/** An alarm that can be evaluated keeps the state that one with its name was evaluated to. */
function continued(item: Watched, before: Watched | undefined): Watched {
  if (before?.data === undefined || item.data === undefined) return item;
  return { ...item, evaluated: before.evaluated, state: before.state };
}

function watch(alarm: AlarmModel, sources: AlarmSources, clock: Clock): Watched {
  const fault = unsupportedReason(alarm, sources);
  const reason = fault ?? 'Unchecked: Initial alarm creation';
  const changedAt = new Date(clock.now()).toISOString();
  const state: AlarmState = { name: alarm.name, state: 'INSUFFICIENT_DATA', reason, changedAt };
  const stepMs = alarm.periodSeconds < 60 ? SHORT_STEP_MS : MINUTE_MS;
  const data = fault === undefined ? alarmData(alarm, sources) : undefined;
  return { alarm, ...(data && { data }), stepMs, evaluated: false, state };
}

function updateState(item: Watched, end: number, onTransition: (transition: Transition) => void): void {
  const { alarm, data } = item;
  if (data === undefined || end % item.stepMs !== 0) return;
  const from = item.state.state;
  const { state: to, reason } = evaluateAlarm(alarm, data(end), from);
  const first = !item.evaluated;
  item.evaluated = true;
  if (to === from) return;
  const at = new Date(end).toISOString();
  item.state = { name: alarm.name, state: to, reason, changedAt: at };
  onTransition({ alarm, from, to, reason, at, first });
}
