import type { MuteRuleModel } from '../../assembly/compositeModel.ts';
import type { StackModel } from '../../assembly/model.ts';
import { muteRuleOf } from '../../assembly/resources/composites.ts';
import { type Json, string } from '../../assembly/values.ts';
import { type Operation, OperationError } from '../awsJson.ts';
import { scheduleOf } from './heldActions.ts';

/** The mute rules of a stack, and those that tools made since the start. */
export interface MuteRules {
  /** A load of the stack, with the rules of tools. */
  join(model: StackModel): StackModel;
  /** By name. */
  readonly operations: Readonly<Record<string, Operation>>;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MuteTargets.html */
const MOST_ALARMS = 100;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html */
const LONGEST_SECONDS = 15 * 86_400;
const SHORTEST_SECONDS = 60;

/** @param changed called after each change */
export function createMuteRules(changed: () => void): MuteRules {
  const made = new Map<string, MuteRuleModel>();
  return {
    join: (model) => ({
      ...model,
      muteRules: [...model.muteRules.filter(({ name }) => !made.has(name)), ...made.values()],
    }),
    operations: {
      PutAlarmMuteRule(input) {
        const rule = ruleOf(input);
        made.set(rule.name, rule);
        changed();
        return {};
      },
      GetAlarmMuteRule(input) {
        const rule = made.get(string(input['AlarmMuteRuleName']) ?? '');
        if (rule === undefined) throw new OperationError('ResourceNotFoundException', 'There is no such mute rule.');
        const { name, alarms, expression, durationSeconds, timeZone, expire } = rule;
        return {
          Name: name,
          MuteTargets: { AlarmNames: alarms },
          Rule: { Schedule: { Expression: expression, Duration: `PT${durationSeconds}S`, Timezone: timeZone } },
          ...(expire === undefined ? {} : { ExpireDate: expire / 1000 }),
        };
      },
      DeleteAlarmMuteRule(input) {
        if (made.delete(string(input['AlarmMuteRuleName']) ?? '')) changed();
        return {};
      },
    },
  };
}

function ruleOf(input: Json): MuteRuleModel {
  const name = string(input['Name']) ?? '';
  const rule = muteRuleOf(name, input);
  if (name === '' || rule === undefined)
    throw invalidRule('Name and Rule.Schedule with an ISO 8601 Duration are required.');
  if (rule.alarms.length === 0 || rule.alarms.length > MOST_ALARMS)
    throw invalidRule(`MuteTargets must have 1–${MOST_ALARMS} alarms.`);
  if (rule.durationSeconds < SHORTEST_SECONDS || rule.durationSeconds > LONGEST_SECONDS)
    throw invalidRule('Duration is from one minute to 15 days.');
  const schedule = scheduleOf(rule);
  if (typeof schedule === 'string') throw invalidRule(schedule);
  return rule;
}

function invalidRule(message: string): OperationError {
  return new OperationError('ValidationError', message);
}
