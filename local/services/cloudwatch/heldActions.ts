import type { CompositeAlarmModel, MuteRuleModel } from '../../assembly/compositeModel.ts';
import type { AlarmModel } from '../../assembly/model.ts';
import type { AlarmState } from '../../contracts.ts';
import { alarmNameOf } from './composite/alarmRule.ts';
import { type IsMuted, muteSchedule } from './muteSchedule.ts';
import { isComposite, type Transition } from './transition.ts';

type State = AlarmState['state'];

/** Decides when the actions of a transition are taken: at once, after a suppressor or a mute window, or never. */
export interface HeldActions {
  /** Holds the actions of a transition until {@link due}. A newer transition of the same alarm replaces it. */
  offer(transition: Transition, time: number, stateOf: (alarm: string) => State): void;
  /** The transitions whose actions are due at an instant, each once. */
  due(time: number, stateOf: (alarm: string) => State): readonly Transition[];
  /** Other suppressors and mute rules from now on. What is held by alarms that stay is kept. */
  update(alarms: readonly (AlarmModel | CompositeAlarmModel)[], mutes: readonly MuteRuleModel[]): void;
}

interface Track {
  held?: Transition;
  /** The state whose actions were taken last. */
  acted: State;
  suppressed: boolean;
  /** The end of the wait or of the extension. */
  until: number;
}

/**
 * Suppression and mute rules as CloudWatch documents them: an action waits for its suppressor, is held while that is in ALARM and for the
 * extension after it; a mute rule holds it until its window ends. It is taken then if the alarm is still in a state for which none
 * was taken.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function createHeldActions(): HeldActions {
  const tracks = new Map<string, Track>();
  let suppressors = new Map<string, NonNullable<CompositeAlarmModel['suppressor']>>();
  let mutedBy = new Map<string, IsMuted[]>();
  const trackOf = (name: string): Track => {
    const track = tracks.get(name) ?? {
      acted: 'INSUFFICIENT_DATA',
      suppressed: false,
      until: Number.NEGATIVE_INFINITY,
    };
    tracks.set(name, track);
    return track;
  };
  return {
    offer(transition, time, stateOf) {
      const track = trackOf(transition.alarm.name);
      // The first OK notifies nobody.
      if (transition.first && transition.to === 'OK') {
        track.acted = 'OK';
        return;
      }
      track.held = transition;
      const suppressor = suppressors.get(transition.alarm.name);
      if (suppressor === undefined || stateOf(alarmNameOf(suppressor.alarm)) === 'ALARM' || time < track.until) return;
      track.until = time + suppressor.waitSeconds * 1000;
    },
    due(time, stateOf) {
      for (const [name, suppressor] of suppressors) follow(trackOf(name), suppressor, time, stateOf);
      const muted = new Map(
        [...mutedBy].map(([name, schedules]) => [name, schedules.some((isMuted) => isMuted(time))]),
      );
      return [...tracks].flatMap(([name, track]) => {
        if (track.held === undefined || track.suppressed || time < track.until || muted.get(name) === true) return [];
        const { held } = track;
        track.held = undefined;
        if (held.to === track.acted) return [];
        track.acted = held.to;
        return [held];
      });
    },
    update(alarms, mutes) {
      const composites = alarms.filter(isComposite);
      suppressors = new Map(
        composites.flatMap(({ name, suppressor }) => (suppressor === undefined ? [] : [[name, suppressor] as const])),
      );
      mutedBy = new Map();
      for (const rule of mutes) {
        const schedule = scheduleOf(rule);
        if (typeof schedule === 'string') continue;
        for (const name of rule.alarms) mutedBy.set(name, [...(mutedBy.get(name) ?? []), schedule]);
      }
      const names = new Set(alarms.map(({ name }) => name));
      for (const name of tracks.keys()) if (!names.has(name)) tracks.delete(name);
      for (const [name, track] of tracks) {
        if (!suppressors.has(name)) Object.assign(track, { suppressed: false, until: Number.NEGATIVE_INFINITY });
      }
    },
  };
}

/** The schedule of a mute rule, or why it mutes nothing. */
export function scheduleOf(rule: MuteRuleModel): IsMuted | string {
  try {
    return muteSchedule(rule);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function follow(
  track: Track,
  { alarm, extensionSeconds }: NonNullable<CompositeAlarmModel['suppressor']>,
  time: number,
  stateOf: (alarm: string) => State,
): void {
  const suppressed = stateOf(alarmNameOf(alarm)) === 'ALARM';
  if (track.suppressed && !suppressed) track.until = time + extensionSeconds * 1000;
  if (!track.suppressed && suppressed) track.until = Number.NEGATIVE_INFINITY;
  track.suppressed = suppressed;
}
