import { Duration, Lazy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { IDestination, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { NotifierSettings } from '../../../lambdas/shared/notifierSettings.ts';
import { SEVERITIES } from '../../../lambdas/shared/severity.ts';
import type { NotifierEnvironment } from '../../../lambdas/shared/wireContract.ts';
import { createFunction, type FunctionProps } from '../functions/function.ts';
import type { FunctionBundle } from '../functions/pendingCode.ts';
import { explain, explainActions } from '../serviceRole.ts';
import { type AlarmLinks, runbookUrl } from './alarmDescription.ts';
import type { AlarmTopics } from './alarmTopic.ts';
import type { BudgetProps } from './budget.ts';
import { createChannels, grantChannels } from './channels.ts';
import type { GuardDutyScope } from './guardDuty.ts';
import type { Notify } from './notify.ts';

/** What the notifier of an API is made of. */
export interface NotifierProps extends FunctionProps {
  readonly code: FunctionBundle;
  readonly topics: AlarmTopics;
  readonly notify: readonly Notify[];
  readonly encryptionKey: Key;
  readonly links: AlarmLinks;
  /** Whose findings it notifies of. @default - none */
  readonly guardDuty?: GuardDutyScope;
  /** @default - there is none */
  readonly budget?: BudgetProps;
  /** That the query of a message looks at. */
  readonly accessLog: LogGroup;
  /** That the query of a message about blocked requests looks at. @default - there is none */
  readonly webAclLog?: LogGroup | undefined;
}

const MEMORY_MB = 256;
/** Three seconds for each question to CloudWatch, and 25 for the channels, which get their messages at the same time. */
const TIMEOUT_SECONDS = 45;
/** Lambda repeats a failed run after one and two minutes. */
const REPETITIONS = 2;
const KEPT = Duration.days(14);

/**
 * The function that turns changes of alarms into readable messages, and sends them to people. It also runs without a recipient, because
 * its log has each message, and the local gateway prints it. What it cannot deliver goes to a queue.
 */
export class Notifier extends Construct {
  readonly function: LambdaFunction;
  /** What could not be delivered, for two weeks. */
  readonly deadLetters: Queue;
  /** Topics of readable mails. */
  readonly mails: readonly Topic[];

  constructor(scope: Construct, id: string, props: NotifierProps) {
    super(scope, id);
    const { code: bundle, topics, accessLog, encryptionKey } = props;
    const channels = createChannels(this, encryptionKey, props.notify);
    this.mails = channels.mails;
    this.deadLetters = createQueue(this);
    const settings: NotifierSettings = {
      topics: Object.fromEntries(SEVERITIES.map((severity) => [topics[severity].topicArn, severity])),
      channels: channels.settings,
      accessLog: accessLog.logGroupName,
      stack: Stack.of(this).stackName,
      api: Lazy.string({ produce: () => (isOnlyOne(this) ? undefined : props.api.name) }),
      ...runbooksOf(props),
      ...(props.webAclLog === undefined ? {} : { webAclLog: props.webAclLog.logGroupName }),
    };
    const environment: NotifierEnvironment = { SECURE_API_NOTIFIER: Stack.of(this).toJsonString(settings) };
    this.function = createFunction(this, props, {
      bundle,
      description: `${props.api.name}: notifies people of alarms`,
      environment,
      memoryMb: MEMORY_MB,
      timeoutSeconds: TIMEOUT_SECONDS,
      withoutQueueBecause: 'The destination of failed events is a queue.',
    });
    const onFailure = destinationOf(this.deadLetters);
    this.function.configureAsyncInvoke({ retryAttempts: REPETITIONS, onFailure });
    explain(this.function, 'Puts what it cannot deliver into its queue.', () =>
      this.function.addToRolePolicy(allow('sqs:SendMessage', this.deadLetters.queueArn)),
    );
    grantChannels(this.function, encryptionKey, channels);
    for (const severity of SEVERITIES) {
      topics[severity].addSubscription(new LambdaSubscription(this.function, { deadLetterQueue: this.deadLetters }));
    }
    explainActions(this.function, { 'lambda:InvokeFunction': 'The topics of the alarms run the function.' });
  }
}

/** Known when all APIs of the stack are made. */
function isOnlyOne(notifier: Notifier): boolean {
  const stack = Stack.of(notifier);
  const all = stack.node.findAll().filter((one) => one instanceof Notifier && Stack.of(one) === stack);
  return all.length === 1;
}

/** Of messages that have no description. */
function runbooksOf({ links, guardDuty, budget }: NotifierProps): Pick<NotifierSettings, 'runbooks'> {
  if (guardDuty === undefined && budget === undefined) return {};
  return {
    runbooks: {
      ...(guardDuty === undefined ? {} : { guardDuty: runbookUrl(links, 'GuardDuty') }),
      ...(budget === undefined ? {} : { budget: runbookUrl(links, 'Budget') }),
    },
  };
}

/** Encrypted by SQS: SNS and Lambda would need rights on a key of ours. */
function createQueue(scope: Construct): Queue {
  const queue = new Queue(scope, 'DeadLetters', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: KEPT,
  });
  explainActions(queue, {
    'sqs:*': 'Denies what is not sent over TLS.',
    'sqs:SendMessage': 'A topic puts what the notifier did not take into the queue.',
  });
  const reason = 'It is the dead-letter queue of the notifier, and an alarm watches it.';
  for (const id of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'])
    Validations.of(queue).acknowledge({ id, reason });
  return queue;
}

/** The CDK's own destination would also let the function read the attributes of the queue. */
function destinationOf({ queueArn: destination }: Queue): IDestination {
  return { bind: () => ({ destination }) };
}

function allow(action: string, resource: string): PolicyStatement {
  return new PolicyStatement({ actions: [action], resources: [resource] });
}
