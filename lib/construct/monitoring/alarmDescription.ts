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
 * The description of an alarm: sentences for people, then one line for each fact that programs read, too. CloudWatch allows 1,024
 * characters.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function alarmDescription(scope: Construct, spec: AlarmSpec | CompositeSpec, links: AlarmLinks): string {
  const { apiName, prefix, runbooks, owner } = links;
  const contributors = (spec.contributors ?? []).map((id) => `${prefix}-${id}`);
  return [
    `${apiName}: ${spec.description}`,
    ...(spec.measure === undefined ? [] : [`Measures: ${spec.measure}`]),
    ...(spec.look === undefined ? [] : [`Look: ${spec.look}`]),
    ...(contributors.length === 0 ? [] : [`Contributors: ${contributors.join(', ')}`]),
    ...(spec.followsDeployments === true ? ['Deployments: can cause it'] : []),
    ...(owner === undefined ? [] : [`Owner: ${owner}`]),
    `Runbook: ${runbookUrl({ runbooks }, spec.family ?? spec.id)}`,
    `Dashboard: ${dashboardUrl(scope, prefix)}`,
  ].join('\n');
}

/** The page of the runbook of an alarm, or of another kind of notification, by its id in PascalCase. */
export function runbookUrl({ runbooks }: Pick<AlarmLinks, 'runbooks'>, id: string): string {
  return `${runbooks}${kebabCase(id)}${runbooks === RUNBOOKS ? '.md' : ''}`;
}

function dashboardUrl(scope: Construct, name: string): string {
  const { region } = Stack.of(scope);
  return `${consoleOf(scope)}/cloudwatch/home?region=${region}#dashboards/dashboard/${name}`;
}
