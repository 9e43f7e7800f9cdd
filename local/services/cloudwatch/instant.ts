import { type Json, number } from '../../assembly/values.ts';
import { OperationError } from '../awsJson.ts';

/** Simulated ms of a member in epoch seconds. */
export function instant(input: Json, member: string): number {
  const seconds = number(input[member]);
  if (seconds === undefined) throw new OperationError('MissingParameter', `${member} in epoch seconds is required.`);
  return seconds * 1000;
}
