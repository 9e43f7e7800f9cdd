import type { StackModel } from '../../assembly/model.ts';
import type { AlarmState, Clock } from '../../contracts.ts';
import type { Evaluation } from './alarmState.ts';
import { createEvaluator, type EvaluatorOptions } from './evaluator.ts';

export interface Alarms {
  states(): readonly AlarmState[];
  /** Evaluates these alarms from now on. One that was there before, by its name, keeps its state, as on AWS. */
  update(model: StackModel): void;
  /** Sets the state of an alarm until its next evaluation; returns whether there is such an alarm. */
  setState(name: string, evaluation: Evaluation): boolean;
  stop(): void;
}

/** A machine that slept catches up on at most this many steps. */
const MAX_CATCH_UP = 360;

/** Minimum real milliseconds between two evaluations. */
const MIN_WAIT_MS = 20;

/** Evaluates the alarms of a stack on the simulated clock until stopped: each minute, or each ten seconds. */
export function startAlarms(model: StackModel, clock: Clock, options: Omit<EvaluatorOptions, 'now'>): Alarms {
  const evaluator = createEvaluator(model, { ...options, now: clock.now() });
  let stepMs = evaluator.stepMs();
  let step = Math.floor(clock.now() / stepMs);
  let timer: NodeJS.Timeout | undefined;

  const evaluate = () => {
    const last = Math.floor(clock.now() / stepMs);
    step = Math.max(step, last - MAX_CATCH_UP);
    while (step < last) {
      step += 1;
      evaluator.evaluate(step * stepMs);
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
  const endSkips = clock.onSkip?.(() => {
    clearTimeout(timer);
    tick();
  });
  return {
    states: evaluator.states,
    update(next) {
      clearTimeout(timer);
      evaluate();
      evaluator.update(next, clock.now());
      stepMs = evaluator.stepMs();
      step = Math.floor(clock.now() / stepMs);
      schedule();
    },
    setState: (name, evaluation) => evaluator.setState(name, evaluation, clock.now()),
    stop() {
      endSkips?.();
      clearTimeout(timer);
    },
  };
}
