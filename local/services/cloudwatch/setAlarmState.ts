import { type Json, string } from '../../assembly/values.ts';
import { OperationError } from '../awsJson.ts';
import type { Alarms } from './alarms.ts';

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

/**
 * Sets the state of an alarm, and notifies; the next evaluation sets it to what it is.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
 */
export function setAlarmState({ setState }: Pick<Alarms, 'setState'>, input: Json): Json {
  const name = string(input['AlarmName']) ?? '';
  const state = STATES.find((one) => one === input['StateValue']);
  const reason = string(input['StateReason']);
  if (state === undefined || reason === undefined)
    throw new OperationError('ValidationError', `StateReason and a StateValue are required: ${STATES.join(', ')}.`);
  if (!setState(name, { state, reason })) throw new OperationError('ResourceNotFound', `There is no alarm ${name}.`);
  return {};
}
