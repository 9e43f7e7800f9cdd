import { Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CLOUDFRONT_REGION } from '../../definition/edgeStack.ts';
import { explain } from '../serviceRole.ts';
import { type AlarmSpec, type CompositeSpec, isComposite, kebabCase } from './alarmSpec.ts';
import { blockedIds } from './blockedRules.ts';
import { ruleName } from './topContributors.ts';

/** What the notifier asks CloudWatch about. */
interface ReportParts {
  /** Name of the API in AWS. */
  readonly name: string;
  readonly specs: readonly (AlarmSpec | CompositeSpec)[];
  /** Whether it also notifies people of alarms in us-east-1. */
  readonly isBehindCloudFront: boolean;
}

/**
 * Allows the notifier to ask who and why: of the Contributor Insights rules that alarms name, and of the conditions of composite alarms.
 * All are named, because a wildcard after the name of one API also stands for the alarms of an API whose name is longer.
 */
export function grantReports(fn: LambdaFunction, { name, specs, isBehindCloudFront }: ReportParts): void {
  const { region } = Stack.of(fn);
  const rules = new Set(specs.flatMap(({ contributors = [] }) => contributors));
  grant(fn, {
    action: 'GetInsightRuleReport',
    reason: 'Reads who caused an alarm, by the Contributor Insights rules that alarms name.',
    region,
    paths: pathsOfRules(name, [...rules]),
  });
  grant(fn, {
    action: 'DescribeAlarms',
    reason: `Reads the numbers of the conditions of composite alarms${specs.some(isOfGroup) ? '; the wildcards stand for those of groups of routes' : ''}.`,
    region,
    paths: conditionNames(specs).map((condition) => `alarm:${name}-${condition}`),
  });
  if (!isBehindCloudFront) return;
  grant(fn, {
    action: 'GetInsightRuleReport',
    reason: 'Reads whom the web ACL of the distribution blocked.',
    region: CLOUDFRONT_REGION,
    paths: pathsOfRules(name, Object.values(blockedIds(true))),
  });
}

function pathsOfRules(name: string, ids: readonly string[]): readonly string[] {
  return ids.map((id) => `insight-rule/${ruleName(name, id)}`);
}

/**
 * Ends of the names of conditions. Those of all groups of routes would take up to five of the ten managed policies that a role can have
 * ("IAM and AWS STS quotas"), so theirs are patterns.
 */
function conditionNames(specs: readonly (AlarmSpec | CompositeSpec)[]): readonly string[] {
  const composites = specs.filter(isComposite);
  const own = composites.filter((spec) => !isOfGroup(spec));
  const groups = composites.filter(isOfGroup).map(({ family = '' }) => `${kebabCase(family)}-of*`);
  return [...own.flatMap(({ conditions }) => conditions.map(({ id }) => kebabCase(id))), ...new Set(groups)];
}

function isOfGroup(spec: AlarmSpec | CompositeSpec): boolean {
  return isComposite(spec) && spec.group !== undefined;
}

interface Grant {
  readonly action: string;
  readonly reason: string;
  readonly region: string;
  readonly paths: readonly string[];
}

function grant(fn: LambdaFunction, { action, reason, region, paths }: Grant): void {
  const { partition, account } = Stack.of(fn);
  const resources = paths.map((path) => `arn:${partition}:cloudwatch:${region}:${account}:${path}`);
  explain(fn, reason, () => fn.addToRolePolicy(new PolicyStatement({ actions: [`cloudwatch:${action}`], resources })));
  // cdk-nag writes what is known only at deployment as a pseudo parameter; the partition is never known.
  const shown = (value: string, parameter: string) => (Token.isUnresolved(value) ? `<AWS::${parameter}>` : value);
  const arnPart = `${shown(region, 'Region')}:${shown(account, 'AccountId')}`;
  for (const path of paths.filter((one) => one.endsWith('*'))) {
    const id = `AwsSolutions-IAM5[Resource::arn:${shown(partition, 'Partition')}:cloudwatch:${arnPart}:${path}]`;
    if (fn.role !== undefined) Validations.of(fn.role).acknowledge({ id, reason });
  }
}
