import { alarmNameOf } from '../alarmName.ts';
import { NotExpressible } from './notExpressible.ts';

/** The rule of a composite alarm. */
export type AlarmRuleNode =
  | { readonly kind: 'alarm'; readonly name: string }
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'not'; readonly operand: AlarmRuleNode }
  | { readonly kind: 'and' | 'or'; readonly left: AlarmRuleNode; readonly right: AlarmRuleNode };

const TOKEN = /\s*(ALARM|OK|INSUFFICIENT_DATA|AND|OR|NOT|TRUE|FALSE|\(|\)|"[^"]*"|[^\s()"]+)/y;

/**
 * Reads a rule: `ALARM("a") AND NOT (ALARM(b) OR TRUE)`.
 *
 * @throws {NotExpressible} for the states OK and INSUFFICIENT_DATA
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
 */
export function parseRule(text: string): AlarmRuleNode {
  const tokens: string[] = [];
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) tokens.push(match[1] ?? '');
  return either(tokens);
}

function either(tokens: string[]): AlarmRuleNode {
  let left = both(tokens);
  while (tokens[0] === 'OR' && tokens.shift()) left = { kind: 'or', left, right: both(tokens) };
  return left;
}

function both(tokens: string[]): AlarmRuleNode {
  let left = one(tokens);
  while (tokens[0] === 'AND' && tokens.shift()) left = { kind: 'and', left, right: one(tokens) };
  return left;
}

function one(tokens: string[]): AlarmRuleNode {
  const token = tokens.shift();
  if (token === 'NOT') return { kind: 'not', operand: one(tokens) };
  if (token === '(') {
    const inner = either(tokens);
    tokens.shift();
    return inner;
  }
  if (token === 'TRUE' || token === 'FALSE') return { kind: 'constant', value: token === 'TRUE' };
  if (token !== 'ALARM')
    throw new NotExpressible(`its rule has the state ${token}, and only alerts that fire exist elsewhere`);
  const [, name = ''] = tokens.splice(0, 3);
  return { kind: 'alarm', name: alarmNameOf(name.replaceAll('"', '')) };
}
