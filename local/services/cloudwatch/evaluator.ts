import type { CompositeAlarmModel } from '../../assembly/compositeModel.ts';
import type { AlarmModel, StackModel } from '../../assembly/model.ts';
import type { AlarmState } from '../../contracts.ts';
import { type AlarmData, alarmData } from './alarmData.ts';
import { type Evaluation, evaluateAlarm, type State } from './alarmState.ts';
import { ruleHolds } from './composite/alarmRule.ts';
import { type Composite, orderComposites } from './composite/composites.ts';
import { createHeldActions } from './heldActions.ts';
import { awaitedMetrics, unsupportedReason } from './inspect.ts';
import type { MetricSources } from './metricQueries.ts';
import type { Transition } from './transition.ts';

/** Evaluates the alarms of a stack at the instants that it is given. */
export interface Evaluator {
  states(): readonly AlarmState[];
  /** Milliseconds between two evaluations: ten seconds where an alarm has a period below a minute, else a minute. */
  stepMs(): number;
  /** Evaluates at `end` (simulated ms), a multiple of {@link stepMs}: metric alarms first, then composite alarms in their order. */
  evaluate(end: number): void;
  /** Sets the state of an alarm until its next evaluation; returns whether it has one. */
  setState(name: string, evaluation: Evaluation, now: number): boolean;
  /** Evaluates the alarms of a later load from now on. One that was there before, by its name, keeps its state, as on AWS. */
  update(model: StackModel, now: number): void;
}

export interface EvaluatorOptions {
  readonly sources: MetricSources;
  /** Simulated ms. */
  readonly now: number;
  /** Called for each change of a state. */
  readonly onTransition?: (transition: Transition) => void;
  /** Called when the actions of a transition are due. */
  readonly onAction: (transition: Transition) => void;
}

const MINUTE_MS = 60_000;
const SHORT_STEP_MS = 10_000;

interface Watched {
  readonly alarm: AlarmModel | CompositeAlarmModel;
  /** Of a metric alarm that can be evaluated. */
  readonly data?: AlarmData;
  /** The alarm is not evaluated before it is true: whether one of its metrics has data. */
  readonly hasData?: () => boolean;
  readonly composite?: Composite;
  readonly stepMs: number;
  evaluated: boolean;
  state: AlarmState;
}

/**
 * Windows slide: they end at the step that is evaluated, not at multiples of the period, so an alarm with a period of five minutes
 * sees a surge within one. Alarms that cannot be evaluated stay INSUFFICIENT_DATA and say why.
 */
export function createEvaluator(model: StackModel, options: EvaluatorOptions): Evaluator {
  const { sources, onTransition, onAction } = options;
  const actions = createHeldActions();
  let watched = watchAll(model, sources, options.now);
  let byName = new Map(watched.map((item) => [item.alarm.name, item]));
  let arnOf = arns(model);
  actions.update(
    watched.map(({ alarm }) => alarm),
    model.muteRules,
  );
  const stateOf = (name: string): State => byName.get(name)?.state.state ?? 'INSUFFICIENT_DATA';
  const changed = (transition: Transition, end: number) => {
    onTransition?.(transition);
    actions.offer(transition, end, stateOf);
  };
  return {
    states: () => watched.map((item) => item.state),
    stepMs: () => Math.min(MINUTE_MS, ...watched.map((item) => item.stepMs)),
    evaluate(end) {
      for (const item of watched) {
        const transition =
          item.composite === undefined
            ? evaluateMetrics(item, end)
            : evaluateComposite(item, item.composite, { end, stateOf, arnOf, find: (name) => byName.get(name)?.state });
        if (transition !== undefined) changed(transition, end);
      }
      for (const transition of actions.due(end, stateOf)) onAction(transition);
    },
    setState(name, evaluation, now) {
      const item = byName.get(name);
      if (item === undefined) return false;
      const transition = change(item, evaluation, now);
      if (transition !== undefined) changed({ ...transition, first: false }, now);
      for (const due of actions.due(now, stateOf)) onAction(due);
      return true;
    },
    update(next, now) {
      const before = byName;
      watched = watchAll(next, sources, now).map((item) => continued(item, before.get(item.alarm.name)));
      byName = new Map(watched.map((item) => [item.alarm.name, item]));
      arnOf = arns(next);
      actions.update(
        watched.map(({ alarm }) => alarm),
        next.muteRules,
      );
    },
  };
}

/** ARNs of alarms, by their names. */
function arns({ region, account }: StackModel): (name: string) => string {
  return (name) => `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** Metric alarms, then composite alarms, each after those that it watches. */
function watchAll(model: StackModel, sources: MetricSources, now: number): Watched[] {
  const { ordered, faults } = orderComposites(
    model.compositeAlarms,
    model.alarms.map(({ name }) => name),
  );
  const changedAt = new Date(now).toISOString();
  const initial = (alarm: { readonly name: string }, reason = 'Unchecked: Initial alarm creation'): AlarmState => ({
    name: alarm.name,
    state: 'INSUFFICIENT_DATA',
    reason,
    changedAt,
  });
  const metricAlarms = model.alarms.map((alarm): Watched => {
    const fault = unsupportedReason(alarm, sources);
    const awaited = awaitedMetrics(alarm);
    return {
      alarm,
      ...(fault === undefined && { data: alarmData(alarm, sources) }),
      ...(awaited.length > 0 && {
        hasData: () =>
          awaited.some(({ namespace, name, dimensions }) => sources.store.has(namespace, name, dimensions)),
      }),
      stepMs: alarm.periodSeconds < 60 ? SHORT_STEP_MS : MINUTE_MS,
      evaluated: false,
      state: initial(alarm, fault),
    };
  });
  const composites = ordered.map(
    (composite): Watched => ({
      alarm: composite.alarm,
      composite,
      stepMs: MINUTE_MS,
      evaluated: false,
      state: initial(composite.alarm),
    }),
  );
  const others = faults.map(
    ({ alarm, reason }): Watched => ({ alarm, stepMs: MINUTE_MS, evaluated: false, state: initial(alarm, reason) }),
  );
  return [...metricAlarms, ...composites, ...others];
}

/** An alarm that can be evaluated keeps the state that one with its name was evaluated to. */
function continued(item: Watched, before: Watched | undefined): Watched {
  const isEvaluated = ({ data, composite }: Watched) => data !== undefined || composite !== undefined;
  if (before === undefined || !isEvaluated(before) || !isEvaluated(item)) return item;
  return { ...item, evaluated: before.evaluated, state: before.state };
}

function evaluateMetrics(item: Watched, end: number): Transition | undefined {
  const { alarm, data, hasData } = item;
  if (data === undefined || 'rule' in alarm || end % item.stepMs !== 0 || hasData?.() === false) return undefined;
  return change(item, evaluateAlarm(alarm, data(end), item.state.state), end);
}

interface Surroundings {
  readonly end: number;
  readonly stateOf: (name: string) => State;
  readonly find: (name: string) => AlarmState | undefined;
  readonly arnOf: (name: string) => string;
}

function evaluateComposite(item: Watched, composite: Composite, around: Surroundings): Transition | undefined {
  const { end, stateOf, find, arnOf } = around;
  const state = ruleHolds(composite.rule, stateOf) ? 'ALARM' : 'OK';
  const children = composite.children.flatMap((name) => find(name) ?? []);
  const latest = children.reduce<AlarmState | undefined>(
    (newest, child) => (newest === undefined || child.changedAt > newest.changedAt ? child : newest),
    undefined,
  );
  const inAlarm = children.filter((child) => child.state === 'ALARM');
  const triggering = state === 'ALARM' && inAlarm.length > 0 ? inAlarm : latest === undefined ? [] : [latest];
  const evaluation: Evaluation = {
    state,
    get reason() {
      if (latest === undefined) return `The rule is ${composite.alarm.rule}`;
      return `${arnOf(latest.name)} transitioned to ${latest.state} at ${longDate(latest.changedAt)}`;
    },
  };
  const transition = change(item, evaluation, end);
  return transition && { ...transition, children: triggering };
}

function change(item: Watched, evaluation: Evaluation, end: number): Transition | undefined {
  const { state: to } = evaluation;
  const from = item.state.state;
  const first = !item.evaluated;
  item.evaluated = true;
  if (to === from) return undefined;
  const { reason } = evaluation;
  const at = new Date(end).toISOString();
  item.state = { name: item.alarm.name, state: to, reason, changedAt: at };
  return { alarm: item.alarm, from, to, reason, at, first };
}

/** `Sunday 29 November, 2026 10:00:00 UTC`, as CloudWatch writes it. */
function longDate(at: string): string {
  const date = new Date(at);
  const part = (options: Intl.DateTimeFormatOptions) => date.toLocaleString('en-US', { timeZone: 'UTC', ...options });
  const day = `${part({ weekday: 'long' })} ${at.slice(8, 10)} ${part({ month: 'long' })}, ${at.slice(0, 4)}`;
  return `${day} ${at.slice(11, 19)} UTC`;
}
