import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { StackModel, TopicModel } from '../../assembly/model.ts';
import { actionsOf, type Transition } from '../cloudwatch/transition.ts';
import { privateDirectory, readIfPresent } from '../files.ts';
import { alarmMessage } from './message.ts';

/** A stored notification: readable members, and under `message` what CloudWatch would have sent. */
type Notification = Readonly<Record<string, unknown>>;

export interface Notifications {
  /** Oldest first, those of earlier runs included. */
  all(): readonly Notification[];
  /** Keeps and prints what the alarm's actions would have sent. */
  notify(transition: Transition): void;
  /** Notifies the topics of a later load of the stack from now on. */
  update(model: StackModel): void;
}

/** How many are kept in memory; the file keeps all. */
const MAX_IN_MEMORY = 1_000;

/**
 * Stands in for SNS. A notification is appended to `<data>/notifications.jsonl` and on disk (fsync) before it is
 * printed. Nothing is delivered: an e-mail or a call that leaves the machine would surprise its reader, so each
 * subscription is recorded as `kept`.
 *
 * @param model whose topics the actions name
 * @param print gets one line a notification
 */
export function createNotifications(
  model: StackModel,
  dataDirectory: string,
  print: (line: string) => void,
): Notifications {
  const path = join(privateDirectory(dataDirectory), 'notifications.jsonl');
  const text = readIfPresent(path) ?? '';
  let kept = readKept(text);
  // A crash may have left half a line: the next one starts on its own.
  let prefix = text === '' || text.endsWith('\n') ? '' : '\n';
  let served = model;
  return {
    all: () => kept,
    update: (next) => {
      served = next;
    },
    notify(transition) {
      for (const topic of topicsOf(served, transition)) {
        const notification = record(served, topic, transition);
        append(path, `${prefix}${JSON.stringify(notification)}\n`, print);
        prefix = '';
        kept = [...kept, notification].slice(-MAX_IN_MEMORY);
        print(lineOf(topic, transition));
      }
    },
  };
}

function topicsOf(model: StackModel, transition: Transition): readonly TopicModel[] {
  const actions = actionsOf(transition);
  return model.topics.filter((topic) => actions.includes(topic.arn));
}

function record(model: StackModel, topic: TopicModel, transition: Transition): Notification {
  const { alarm, from, to, reason, at } = transition;
  return {
    timestamp: at,
    topic: topic.arn,
    alarm: alarm.name,
    oldState: from,
    newState: to,
    reason,
    subject: `${to}: "${alarm.name}" in ${model.region}`,
    subscriptions: topic.subscriptions.map(({ protocol, endpoint }) => ({ protocol, endpoint, delivery: 'kept' })),
    message: alarmMessage(model, transition),
  };
}

function lineOf(topic: TopicModel, { alarm, from, to, reason }: Transition): string {
  const readers = topic.subscriptions.map(({ protocol, endpoint }) => `${endpoint} (${protocol})`).join(', ');
  return `${to} ${alarm.name} (was ${from}): ${reason} Notifies ${readers || 'no subscriber'} by ${topic.name}; kept, not sent.`;
}

function append(path: string, line: string, print: (line: string) => void): void {
  try {
    const handle = openSync(path, 'a', 0o600);
    try {
      writeSync(handle, line);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    print(`a notification could not be stored: ${error instanceof Error ? error.message : error}`);
  }
}

function readKept(text: string): readonly Notification[] {
  const lines = text.split('\n').slice(-MAX_IN_MEMORY - 1);
  return lines.flatMap((line): Notification[] => {
    try {
      const parsed: unknown = JSON.parse(line);
      return typeof parsed === 'object' && parsed !== null ? [{ ...parsed }] : [];
    } catch {
      return [];
    }
  });
}
