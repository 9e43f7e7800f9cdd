import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { RUNBOOKS } from '../../../lambdas/shared/runbooks.ts';
import { type AlarmSpec, type CompositeSpec, kebabCase } from './alarmSpec.ts';
import { consoleOf } from './console.ts';

/** Where a person who was notified looks next. */
export interface AlarmLinks {
  /** Name of the API, which descriptions begin with. */
  readonly apiName: string;
  /** Name of the API in AWS, which names of alarms and Contributor Insights rules begin with. */
  readonly prefix: string;
  /** Base URL of the runbooks. */
  readonly runbooks: string;
  /** Who answers for the API. @default - the description names nobody */
  readonly owner?: string;
}

/**
 * CloudWatch allows that many characters.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const MOST_CHARACTERS = 1_024;
/** So many are for the sentences: our choice. */
const SENTENCES = 160;

/**
 * The description of an alarm: sentences for people, then one line for each fact that programs read, too. Where all of it is too long, the
 * last contributors are left out, then the sentences are cut.
 */
export function alarmDescription(scope: Construct, spec: AlarmSpec | CompositeSpec, links: AlarmLinks): string {
  const { apiName, prefix, runbooks, owner } = links;
  const all = (spec.contributors ?? []).map((id) => `${prefix}-${id}`);
  const factsWith = (contributors: readonly string[]) =>
    [
      ...(spec.measure === undefined ? [] : [`Measures: ${spec.measure}`]),
      ...(spec.look === undefined ? [] : [`Look: ${spec.look}`]),
      ...(contributors.length === 0 ? [] : [`Contributors: ${contributors.join(', ')}`]),
      ...(spec.followsDeployments === true ? ['Deployments: can cause it'] : []),
      ...(owner === undefined ? [] : [`Owner: ${owner}`]),
      `Runbook: ${runbookUrl({ runbooks }, spec.family ?? spec.id)}`,
      `Dashboard: ${dashboardUrl(scope, prefix)}`,
    ].join('\n');
  let contributors = all;
  while (contributors.length > 1 && factsWith(contributors).length + SENTENCES >= MOST_CHARACTERS) {
    contributors = contributors.slice(0, -1);
  }
  const facts = factsWith(contributors);
  // The region may be a token, whose placeholder is longer than any region.
  return `${cutTo(MOST_CHARACTERS - facts.length - 1, `${apiName}: ${spec.description}`)}\n${facts}`;
}

/** Ends with the last word that fits. */
function cutTo(most: number, sentences: string): string {
  if (sentences.length <= most) return sentences;
  return `${sentences.slice(0, Math.max(0, most - 4)).replace(/\s+\S*$/, '')} ...`;
}

/** The page of the runbook of an alarm, or of another kind of notification, by its id in PascalCase. */
export function runbookUrl({ runbooks }: Pick<AlarmLinks, 'runbooks'>, id: string): string {
  return `${runbooks}${kebabCase(id)}${runbooks === RUNBOOKS ? '.md' : ''}`;
}

function dashboardUrl(scope: Construct, name: string): string {
  const { region } = Stack.of(scope);
  return `${consoleOf(scope)}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}
