import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type Key, ViaServicePrincipal } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Channel } from '../../../lambdas/shared/notifierSettings.ts';
import { SEVERITIES, type Severity } from '../../../lambdas/shared/severity.ts';
import { explain } from '../serviceRole.ts';
import { createTopic } from './alarmTopic.ts';
import type { Notify } from './notify.ts';

const READS_SECRET =
  'Reads the address or key of a channel, or the secret that its messages are signed with; a wildcard stands for the random suffix of an ARN by name.';

/** The channels of the notifier, with what they are made of. */
export interface Channels {
  readonly settings: readonly Channel[];
  readonly secrets: readonly ISecret[];
  /** Topics of readable mails. Each has the addresses that hear of the same severities, so that an address confirms once. */
  readonly mails: readonly Topic[];
}

/** Makes what the recipients need that get readable messages. Recipients of CloudWatch's own messages are left out. */
export function createChannels(scope: Construct, masterKey: Key, notify: readonly Notify[]): Channels {
  const mails = mailTopics(scope, masterKey, notify);
  const secrets = new Map<string, ISecret>();
  const others = notify.flatMap(({ target, severities }): readonly Channel[] => {
    if (!('secret' in target)) return [];
    return [{ ...target, secret: secretOf(scope, target.secret, secrets).secretArn, severities }];
  });
  const settings = [...mails.map(({ topic, severities }) => mail(topic, severities)), ...others];
  return { settings, secrets: [...secrets.values()], mails: mails.map(({ topic }) => topic) };
}

interface Mails {
  readonly topic: Topic;
  readonly severities: readonly Severity[];
}

function mailTopics(scope: Construct, masterKey: Key, notify: readonly Notify[]): readonly Mails[] {
  const topics = new Map<string, Mails>();
  for (const { target, severities } of notify) {
    if (target.kind !== 'email') continue;
    const id = mailsId(severities);
    const { topic } = topics.get(id) ?? { topic: createTopic(scope, id, masterKey) };
    topics.set(id, { topic, severities });
    topic.addSubscription(new EmailSubscription(target.address));
  }
  return [...topics.values()];
}

function mail(topic: Topic, severities: readonly Severity[]): Channel {
  return { kind: 'email', topic: topic.topicArn, severities };
}

/** `Mails` for every severity, and such as `MailsPageTicket` for some. */
function mailsId(severities: readonly Severity[]): string {
  const all = SEVERITIES.every((severity) => severities.includes(severity));
  const names = severities.map((severity) => severity.charAt(0).toUpperCase() + severity.slice(1));
  return `Mails${all ? '' : names.join('')}`;
}

/** One construct for each name, however many channels use it. */
function secretOf(scope: Construct, secret: ISecret | string, known: Map<string, ISecret>): ISecret {
  const key = typeof secret === 'string' ? secret : secret.secretArn;
  const found =
    known.get(key) ??
    (typeof secret === 'string' ? Secret.fromSecretNameV2(scope, `Secret${known.size + 1}`, secret) : secret);
  known.set(key, found);
  return found;
}

/** Lets the notifier read the secrets of its channels and publish mails, and nothing else. */
export function grantChannels(fn: LambdaFunction, masterKey: Key, { secrets, mails }: Channels): void {
  const { region, urlSuffix } = Stack.of(fn);
  for (const secret of secrets) {
    explain(fn, READS_SECRET, () => {
      const resources = [secret.secretFullArn ?? `${secret.secretArn}-??????`];
      fn.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources }));
      secret.encryptionKey?.grantDecrypt(
        new ViaServicePrincipal(`secretsmanager.${region}.${urlSuffix}`, fn.grantPrincipal),
      );
    });
  }
  if (mails.length === 0) return;
  explain(fn, 'Publishes readable mails to their topics.', () =>
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['sns:Publish'], resources: mails.map(({ topicArn }) => topicArn) }),
    ),
  );
  explain(fn, 'SNS encrypts the mails.', () =>
    fn.addToRolePolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
        resources: [masterKey.keyArn],
        // The same key encrypts logs and secrets, which the function cannot decrypt.
        conditions: { StringEquals: { 'kms:ViaService': `sns.${region}.${urlSuffix}` } },
      }),
    ),
  );
}
