import { createHash } from 'node:crypto';
import { type AwsCall, type AwsEnvironment, awsCall } from '../shared/aws.ts';
import type { LocalNotifications, NotifierSettings } from '../shared/notifierSettings.ts';
import { RUNBOOKS } from '../shared/runbooks.ts';
import { type Severity, severityOfTopics } from '../shared/severity.ts';
import { type AlarmChange, alarmChangeOf } from './alarmChange.ts';
import { type Child, firingChildren } from './children.ts';
import { cleanText } from './clean.ts';
import { topContributors } from './contributors.ts';
import type { RouteAccess } from './deniedRoute.ts';
import { descriptionParts } from './description.ts';
import { consoleLinks } from './links.ts';
import { noticeOf } from './notice/notice.ts';
import { alarmNotification, type Notification, type Range, rangeOf } from './notification.ts';

/** A message that a topic delivers: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export interface SnsMessage {
  readonly MessageId?: string;
  readonly TopicArn?: string;
  readonly Message?: string;
  /** ISO 8601. */
  readonly Timestamp?: string;
}

/** What a message is read with. */
export interface Context {
  /** Name in the definition, for people. */
  readonly api: string;
  /** Name in AWS, which names of alarms and rules begin with. */
  readonly name: string;
  readonly access: RouteAccess;
  readonly settings: NotifierSettings;
  readonly environment: AwsEnvironment;
  /** How a developer's machine runs it, which has no console to link to. @default - it runs on AWS */
  readonly local?: LocalNotifications | undefined;
}

/** The Contributor Insights rule of alarms about the web ACL of the API. */
const BLOCKED_RULES = 'BlockedRules';
/** The same for the web ACL of its distribution. */
const EDGE_BLOCKED_RULES = 'EdgeBlockedRules';
/** For all attempts of a question to CloudWatch: a message that says less is better than a late one. */
const LIMITS = { timeoutMs: 3_000, retries: 2 };

/** Makes the notification of a message, and asks CloudWatch who caused it. Whatever cannot be read is left out. */
export async function compose(message: SnsMessage, context: Context): Promise<Notification> {
  const { MessageId = '', TopicArn = '', Message = '', Timestamp = '' } = message;
  const { api, name, access, settings, environment, local } = context;
  const isLocal = local !== undefined;
  const now = Date.parse(Timestamp) || Date.now();
  const severity = severityOf(settings, TopicArn);
  const parts = { id: MessageId || digest(Message), severity, api, links: {} };
  const change = alarmChangeOf(Message, now);
  if (change === undefined) {
    const { runbooks } = settings;
    const notice = noticeOf(Message, {
      ...parts,
      name,
      at: now,
      digest: digest(Message),
      isLocal,
      region: environment.AWS_REGION ?? '',
      ...(runbooks && { runbooks }),
    });
    return { ...notice, ...runbookFileOf(notice.links.runbook, local) };
  }
  const firing =
    change.state === 'ALARM' ? await whoAndWhy(change, { name, access, environment: near(change, context) }) : {};
  const range = rangeOf(change, firing.children);
  const region = environment.AWS_REGION ?? '';
  const links = isLocal
    ? { dashboard: undefined }
    : consoleLinks({
        region,
        alarmRegion: change.region ?? region,
        ...logOf(settings, change, name),
        alarm: change.name,
        ...range,
      });
  const { runbook } = descriptionParts(change.description);
  return alarmNotification(change, {
    ...parts,
    name,
    links,
    ...firing,
    options: optionsOf(context, change),
    ...runbookFileOf(runbook, local),
  });
}

/** The options of commands that name the API, and the region of an alarm that is in another one. */
function optionsOf(
  { settings: { stack, api }, environment, local }: Context,
  { region }: AlarmChange,
): string | undefined {
  if (local !== undefined) return local.options ?? '';
  const { AWS_REGION = '' } = environment;
  // The alarms of a distribution are those of another stack.
  if (stack === undefined || (region ?? AWS_REGION) !== AWS_REGION) return undefined;
  return [`--stack ${stack}`, ...(api === undefined ? [] : [`--api ${api}`]), `--region ${AWS_REGION}`].join(' ');
}

/** The installed package has the runbooks of this project. */
function runbookFileOf(runbook: string | undefined, local: LocalNotifications | undefined) {
  if (local?.runbooks === undefined || runbook?.startsWith(RUNBOOKS) !== true) return {};
  return { runbookFile: `${local.runbooks}/${runbook.slice(RUNBOOKS.length)}` };
}

/** The topics of a distribution are in another region and not in the settings, but their names tell. */
function severityOf({ topics = {} }: NotifierSettings, arn: string): Severity {
  return topics[arn] ?? severityOfTopics([arn]);
}

/**
 * Blocked requests are in the log of the web ACL, with the rule. The notifier does not know that of a distribution, and no log of the API
 * has what CloudFront blocked.
 */
function logOf({ accessLog, webAclLog }: NotifierSettings, { description }: AlarmChange, name: string) {
  const { contributors } = descriptionParts(description);
  if (contributors.includes(`${name}-${EDGE_BLOCKED_RULES}`)) return {};
  const isAboutBlocks = contributors.includes(`${name}-${BLOCKED_RULES}`);
  if (!isAboutBlocks || webAclLog === undefined) return { log: accessLog };
  return { log: webAclLog, asks: 'blocked' as const };
}

/** Asks CloudWatch where the alarm is: that of a distribution is in us-east-1. This machine has one CloudWatch. */
function near({ region }: AlarmChange, { environment, local }: Pick<Context, 'environment' | 'local'>) {
  return local !== undefined || region === undefined ? environment : { ...environment, AWS_REGION: region };
}

type WhoAndWhy = Pick<Notification, 'contributors' | 'contributorsMissing'> & { readonly children?: readonly Child[] };

async function whoAndWhy(
  change: AlarmChange,
  { name, access, environment }: Pick<Context, 'name' | 'access' | 'environment'>,
): Promise<WhoAndWhy> {
  const call = awsCall(environment, 'monitoring', LIMITS);
  const children = await firingChildren(call, change.children).catch(() => []);
  const rules = descriptionParts(change.description).contributors.filter((rule) => rule.startsWith(`${name}-`));
  return { children, ...(await contributorsOf(call, rules, { name, access, ...rangeOf(change, children) })) };
}

/** Top contributors by the rules that the alarm names. */
async function contributorsOf(
  call: AwsCall,
  rules: readonly string[],
  question: Range & Pick<Context, 'name' | 'access'>,
): Promise<Pick<Notification, 'contributors' | 'contributorsMissing'>> {
  if (rules.length === 0) return {};
  const asked = await Promise.allSettled(rules.map((rule) => topContributors(call, { ...question, rule })));
  const lists = asked.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (lists.length > 0) return { contributors: lists };
  const [first] = asked;
  const reason = first?.status === 'rejected' && first.reason instanceof Error ? first.reason.message : 'unknown';
  const contributorsMissing = cleanText(
    `Unknown: Contributor Insights did not respond (${reason}). Look at the requests of that time.`,
  );
  return { contributorsMissing };
}

function digest(message: string): string {
  return createHash('sha256').update(message).digest('hex').slice(0, 16);
}
