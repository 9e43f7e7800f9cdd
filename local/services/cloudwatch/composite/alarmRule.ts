import type { AlarmState } from '../../../contracts.ts';

type State = AlarmState['state'];

/** A rule expression that is not understood. */
class AlarmRuleError extends Error {
  readonly code = 'alarm-rule';
}

/** A parsed rule expression. */
export type AlarmRule =
  | { readonly kind: 'constant'; readonly value: boolean }
  /** `alarm` is a name. */
  | { readonly kind: 'state'; readonly state: State; readonly alarm: string }
  | { readonly kind: 'not'; readonly rule: AlarmRule }
  | { readonly kind: 'and' | 'or'; readonly left: AlarmRule; readonly right: AlarmRule };

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|'[^']*'|[()]|[^\s()"']+)\s*/y;
const STATES: readonly State[] = ['ALARM', 'OK', 'INSUFFICIENT_DATA'];

interface Cursor {
  readonly items: readonly string[];
  at: number;
}

/**
 * Reads a rule expression: `ALARM(x)`, `OK(x)`, `INSUFFICIENT_DATA(x)` with a name or an ARN, TRUE, FALSE, NOT, AND, OR and
 * parentheses. NOT binds stronger than AND, AND stronger than OR.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 *
 * @throws {AlarmRuleError}
 */
export function parseAlarmRule(text: string): AlarmRule {
  const cursor: Cursor = { items: tokens(text), at: 0 };
  const rule = either(cursor);
  const rest = cursor.items[cursor.at];
  if (rest !== undefined) throw new AlarmRuleError(`unexpected ${rest}`);
  return rule;
}

/** The names of the alarms that a rule watches. */
export function watchedAlarms(rule: AlarmRule): string[] {
  switch (rule.kind) {
    case 'constant':
      return [];
    case 'state':
      return [rule.alarm];
    case 'not':
      return watchedAlarms(rule.rule);
    default:
      return [...new Set([...watchedAlarms(rule.left), ...watchedAlarms(rule.right)])];
  }
}

export function ruleHolds(rule: AlarmRule, stateOf: (alarm: string) => State): boolean {
  switch (rule.kind) {
    case 'constant':
      return rule.value;
    case 'state':
      return stateOf(rule.alarm) === rule.state;
    case 'not':
      return !ruleHolds(rule.rule, stateOf);
    case 'and':
      return ruleHolds(rule.left, stateOf) && ruleHolds(rule.right, stateOf);
    case 'or':
      return ruleHolds(rule.left, stateOf) || ruleHolds(rule.right, stateOf);
  }
}

/** The name of an alarm that is named or given by its ARN. */
export function alarmNameOf(nameOrArn: string): string {
  return /^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:(.+)$/.exec(nameOrArn)?.[1] ?? nameOrArn;
}

function tokens(text: string): string[] {
  const found: string[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const token = pattern.exec(text)?.[1];
    if (token === undefined) throw new AlarmRuleError(`cannot read ${text.slice(start, start + 20)}`);
    found.push(token);
  }
  return found;
}

function either(cursor: Cursor): AlarmRule {
  let left = both(cursor);
  while (accept(cursor, 'OR')) left = { kind: 'or', left, right: both(cursor) };
  return left;
}

function both(cursor: Cursor): AlarmRule {
  let left = one(cursor);
  while (accept(cursor, 'AND')) left = { kind: 'and', left, right: one(cursor) };
  return left;
}

function one(cursor: Cursor): AlarmRule {
  if (accept(cursor, 'NOT')) return { kind: 'not', rule: one(cursor) };
  if (accept(cursor, '(')) {
    const inner = either(cursor);
    expect(cursor, ')');
    return inner;
  }
  const word = take(cursor).toUpperCase();
  if (word === 'TRUE' || word === 'FALSE') return { kind: 'constant', value: word === 'TRUE' };
  const state = STATES.find((each) => each === word);
  if (state === undefined) throw new AlarmRuleError(`expected a state, TRUE or FALSE, found ${word}`);
  expect(cursor, '(');
  const name = take(cursor).replace(/^["'](.*)["']$/s, '$1');
  expect(cursor, ')');
  return { kind: 'state', state, alarm: alarmNameOf(name.replace(/\\(.)/g, '$1')) };
}

function take(cursor: Cursor): string {
  const token = cursor.items[cursor.at];
  if (token === undefined) throw new AlarmRuleError('the rule ends too early');
  cursor.at += 1;
  return token;
}

function accept(cursor: Cursor, token: string): boolean {
  if (cursor.items[cursor.at]?.toUpperCase() !== token) return false;
  cursor.at += 1;
  return true;
}

function expect(cursor: Cursor, token: string): void {
  const found = take(cursor);
  if (found !== token) throw new AlarmRuleError(`expected ${token}, found ${found}`);
}
