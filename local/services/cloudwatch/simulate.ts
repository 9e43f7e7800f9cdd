import type { StackModel } from '../../assembly/model.ts';
import type { AlarmState } from '../../contracts.ts';
import { createEvaluator } from './evaluator.ts';
import { createIngestion } from './ingestion.ts';
import type { TopContributor } from './insights/insightRules.ts';
import type { Dimensions } from './metricStore.ts';
import { actionsOf, type Transition } from './transition.ts';

/** Receives what happens in a simulated stretch of time. */
export interface SimulatedTime {
  /** Simulated ms at which the stretch starts. */
  readonly now: number;
  /** How many stretches were before this one. */
  readonly index: number;
  /** A value of a metric, seen `times` times. @default - once */
  metric(namespace: string, name: string, dimensions: Dimensions, value: number, times?: number): void;
  /** A log event (JSON of an object), seen `times` times: runs metric filters, Contributor Insights rules and EMF. @default - once */
  log(logGroup: string, event: string | object, times?: number): void;
}

export interface SimulationOptions {
  /** Simulated ms, rounded down to a minute. */
  readonly from: number;
  readonly to: number;
  /** Called for each minute (or each ten seconds, where an alarm has a period below a minute), before alarms are evaluated. */
  readonly put: (time: SimulatedTime) => void;
}

export interface Simulation {
  /** Every change of a state, oldest first. */
  readonly transitions: readonly Transition[];
  /** Those whose actions were taken: a suppressor or a mute rule holds others back. The first OK of an alarm notifies nobody. */
  readonly notified: readonly Transition[];
  /** States at the end. */
  readonly states: readonly AlarmState[];
  topContributors(rule: string, start: number, end: number, max: number): readonly TopContributor[];
}

/**
 * Evaluates the alarms of a stack over simulated time, without a gateway and without waiting: each minute gets its metrics and log
 * events, then alarms are evaluated as CloudWatch would at its end.
 */
export function simulateAlarms(model: StackModel, { from, to, put }: SimulationOptions): Simulation {
  const clock = { time: from, now: () => clock.time };
  const { metrics, insights, log } = createIngestion(model, clock);
  const transitions: Transition[] = [];
  const notified: Transition[] = [];
  const evaluator = createEvaluator(model, {
    sources: { store: metrics, insights: insights.metrics },
    now: from,
    onTransition: (transition) => transitions.push(transition),
    onAction: (transition) => {
      if (actionsOf(transition).length > 0) notified.push(transition);
    },
  });
  const stepMs = evaluator.stepMs();
  const first = Math.floor(from / stepMs) * stepMs;
  for (let index = 0; first + index * stepMs < to; index++) {
    const now = first + index * stepMs;
    clock.time = now;
    put({
      now,
      index,
      metric: metrics.put,
      log: (group, event, times = 1) => log(group, typeof event === 'string' ? event : JSON.stringify(event), times),
    });
    evaluator.evaluate(now + stepMs);
  }
  return { transitions, notified, states: evaluator.states(), topContributors: insights.topContributors };
}
