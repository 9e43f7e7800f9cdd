import { randomUUID } from 'node:crypto';
import type { FunctionModel, StackModel } from '../../assembly/model.ts';
import type { TopicModel } from '../../assembly/topicModel.ts';
import type { LambdaRunner, Telemetry } from '../../contracts.ts';
import { actionsOf, type Transition } from '../cloudwatch/transition.ts';
import { alarmMessage } from './message.ts';
import { type Notification, notificationFile } from './notificationFile.ts';
import { notifiedBy, type Rendered } from './rendered.ts';

export interface Notifications {
  /** Oldest first, those of earlier runs included. */
  all(): readonly Notification[];
  /** Keeps and prints what the alarm's actions would have sent. */
  notify(transition: Transition): void;
  /** Keeps and prints a message to a topic that is no alarm's, such as the text of a rule on events. */
  publish(topicArn: string, published: Published): void;
  /** Notifies the topics of a later load of the stack from now on. */
  update(model: StackModel): void;
  /** Resolves when everything that was published is kept. */
  settled(): Promise<void>;
}

/** A message as it is published. */
export interface Published {
  readonly subject?: string;
  readonly message: string;
  /** ISO 8601, simulated time. */
  readonly at: string;
}

/** What runs the notifier of the stack. Without it, messages are kept as they are published. */
export interface Delivery {
  readonly invoke: LambdaRunner['invoke'];
  readonly metric: Telemetry['metric'];
}

/** The variable by which the construct marks the function that makes readable messages. */
const NOTIFIER = 'SECURE_API_NOTIFIER';

/**
 * Stands in for SNS. The notifier of the stack makes readable messages, as on AWS; a notification is appended to
 * `<data>/notifications.jsonl` and on disk (fsync) before it is printed. Nothing is delivered: an e-mail or a call that leaves the machine
 * would surprise its reader, so each subscription is recorded as `kept`. Other functions that subscribe are not invoked, for that reason.
 *
 * @param model whose topics the actions name
 * @param print gets the lines of a notification
 */
export function createNotifications(
  model: StackModel,
  dataDirectory: string,
  print: (lines: string) => void,
  delivery?: Delivery,
): Notifications {
  const file = notificationFile(dataDirectory, print);
  const running = new Set<Promise<void>>();
  let served = model;
  const keep = (topic: TopicModel, members: Notification, published: Published) => {
    const notifier = notifierOf(served, topic);
    if (delivery === undefined || notifier === undefined) return kept(file.add, print, { topic, members });
    const work = deliver(delivery, { notifier, topic, published }).then((rendered) => {
      if (rendered.isQuiet === true) return;
      file.add({ ...members, ...rendered.members, subscriptions: subscriptionsOf(topic, served, rendered) });
      print(rendered.text ?? lineOf(topic, members));
      print(summaryOf(topic, served, rendered));
    });
    running.add(work);
    work.finally(() => running.delete(work));
  };
  return {
    all: file.all,
    update: (next) => {
      served = next;
    },
    notify(transition) {
      for (const topic of topicsOf(served, transition)) {
        const members = membersOf(served, topic, transition);
        const message = JSON.stringify(members['message']);
        keep(topic, members, { subject: String(members['subject']), message, at: transition.at });
      }
    },
    publish(topicArn, published) {
      const topic = served.topics.find(({ arn }) => arn === topicArn);
      if (topic === undefined) return;
      const { subject = '', message, at } = published;
      keep(topic, { timestamp: at, topic: topicArn, subject, message }, published);
    },
    settled: async () => {
      await Promise.all(running);
    },
  };
}

interface Kept {
  readonly topic: TopicModel;
  readonly members: Notification;
}

function kept(
  add: (notification: Notification) => void,
  print: (lines: string) => void,
  { topic, members }: Kept,
): void {
  add({ ...members, subscriptions: topic.subscriptions.map(asKept) });
  print(`${lineOf(topic, members)} Notifies ${readers(topic.subscriptions)} by ${topic.name}; kept, not sent.`);
}

interface Invocation {
  readonly notifier: FunctionModel;
  readonly topic: TopicModel;
  readonly published: Published;
}

/** Invokes the notifier as SNS does, and counts it. */
async function deliver({ invoke, metric }: Delivery, { notifier, topic, published }: Invocation): Promise<Rendered> {
  const counted = (name: string) => metric('AWS/SNS', name, { TopicName: topic.name }, 1);
  counted('NumberOfMessagesPublished');
  const { subject, message, at } = published;
  const Sns = {
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: topic.arn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: message,
    Timestamp: at,
    SignatureVersion: '2',
    MessageAttributes: {},
  };
  const event = { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns }] };
  const result = await invoke(notifier.arn, event, randomUUID());
  if (result.kind === 'ok') {
    counted('NumberOfNotificationsDelivered');
    return notifiedBy(result.payload);
  }
  counted('NumberOfNotificationsFailed');
  const queue = topic.subscriptions
    .find(({ endpoint }) => endpoint === notifier.arn)
    ?.deadLetters?.split(':')
    .at(-1);
  if (queue !== undefined) metric('AWS/SQS', 'ApproximateNumberOfMessagesVisible', { QueueName: queue }, 1);
  return { members: { failure: 'message' in result ? result.message : result.kind }, mails: [], channels: [] };
}

function notifierOf({ functions }: StackModel, topic: TopicModel): FunctionModel | undefined {
  return functions.find(
    ({ arn, environment }) =>
      environment[NOTIFIER] !== undefined &&
      topic.subscriptions.some(({ protocol, endpoint }) => protocol === 'lambda' && endpoint === arn),
  );
}

function topicsOf(model: StackModel, transition: Transition): readonly TopicModel[] {
  const actions = actionsOf(transition);
  return model.topics.filter((topic) => actions.includes(topic.arn));
}

function membersOf(model: StackModel, topic: TopicModel, transition: Transition): Notification {
  const { alarm, from, to, reason, at } = transition;
  return {
    timestamp: at,
    topic: topic.arn,
    alarm: alarm.name,
    oldState: from,
    newState: to,
    reason,
    subject: `${to}: "${alarm.name}" in ${model.region}`,
    message: alarmMessage(model, transition),
  };
}

type Subscriptions = TopicModel['subscriptions'];

/** Endpoints of the topic itself, and the addresses that the notifier would have mailed. */
function subscriptionsOf(topic: TopicModel, model: StackModel, { mails }: Rendered): readonly Notification[] {
  const direct = topic.subscriptions.filter(({ protocol }) => protocol !== 'lambda');
  return [...direct, ...mailed(model, mails)].map(asKept);
}

function mailed({ topics }: StackModel, mails: readonly string[]): Subscriptions {
  return topics.filter(({ arn }) => mails.includes(arn)).flatMap(({ subscriptions }) => subscriptions);
}

function asKept({ protocol, endpoint }: Subscriptions[number]): Notification {
  return { protocol, endpoint, delivery: 'kept' };
}

function readers(subscriptions: Subscriptions): string {
  return subscriptions.map(({ protocol, endpoint }) => `${endpoint} (${protocol})`).join(', ') || 'no subscriber';
}

function lineOf(topic: TopicModel, members: Notification): string {
  const { alarm, oldState, newState, reason, message } = members;
  if (alarm === undefined) return `${topic.name}: ${String(message)}`;
  return `${String(newState)} ${String(alarm)} (was ${String(oldState)}): ${String(reason)}`;
}

/** Who would have got it, or what went wrong. */
function summaryOf(topic: TopicModel, model: StackModel, { members, mails, channels }: Rendered): string {
  if (members['failure'] !== undefined) return `  The notifier failed: ${String(members['failure'])}`;
  const direct = topic.subscriptions.filter(({ protocol }) => protocol !== 'lambda');
  const named = [...direct, ...mailed(model, mails)].map(({ protocol, endpoint }) => `${endpoint} (${protocol})`);
  const kept = [
    ...named,
    ...channels.filter(({ kind, result }) => kind !== 'email' && result === 'kept').map(({ kind }) => kind),
  ];
  const sent = channels.flatMap(({ kind, result, reason }) => {
    if (result === 'kept') return [];
    return result === 'sent'
      ? [`Sent to the ${kind} of --notify-url.`]
      : [`Not sent to the ${kind} of --notify-url: ${reason}.`];
  });
  const notSent = kept.length === 0 ? 'Nobody is notified (notify).' : `For ${kept.join(', ')}; kept, not sent.`;
  return `  ${[notSent, ...sent].join(' ')}`;
}
