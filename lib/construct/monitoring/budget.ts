import { Stack, Token } from 'aws-cdk-lib';
import { CfnBudget } from 'aws-cdk-lib/aws-budgets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Severity } from '../../../lambdas/shared/severity.ts';
import { invalid } from '../invalid.ts';
import { allowBy } from '../serviceRole.ts';
import type { AlarmTopics } from './alarmTopic.ts';

/** A limit of the costs of a month. */
export interface BudgetProps {
  /** US dollars, 1–10,000,000, with at most two decimals. */
  readonly usdPerMonth: number;
  /**
   * Counts only what has this cost allocation tag, which has to be active in the billing console of the account.
   * @default - counts the whole account, because a tag that nobody activated counts nothing
   */
  readonly tag?: BudgetTag;
}

/** A cost allocation tag. */
export interface BudgetTag {
  readonly key: string;
  readonly value: string;
}

interface BudgetParts extends BudgetProps {
  /** Name of the API in AWS. */
  readonly name: string;
  readonly topics: AlarmTopics;
  /** Encrypts the topics. */
  readonly key: Key;
}

/**
 * When it notifies, in percent of the limit: at four fifths, as in the example of AWS, when a forecast exceeds it, and when the costs do.
 *
 * @see https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Notification.html
 */
const NOTICES: readonly {
  readonly severity: Severity;
  readonly notificationType: 'ACTUAL' | 'FORECASTED';
  readonly threshold: number;
}[] = [
  { severity: 'info', notificationType: 'ACTUAL', threshold: 80 },
  { severity: 'ticket', notificationType: 'FORECASTED', threshold: 100 },
  { severity: 'ticket', notificationType: 'ACTUAL', threshold: 100 },
];

/**
 * Rejects a budget where AWS has none: CloudFormation has no budgets in AWS GovCloud, whose costs are those of a standard account, and the
 * regions of China are billed in yuan. Without a region in `env` the deployment rejects it.
 *
 * @throws {ConfigError} `option-invalid`.
 * @see https://docs.amazonaws.cn/en_us/aws/latest/userguide/billing-and-payment.html
 */
export function requireBudgets(scope: Construct, budget: BudgetProps | undefined): void {
  const { region } = Stack.of(scope);
  if (budget === undefined || Token.isUnresolved(region) || !/^(?:us-gov|cn)-/.test(region)) return;
  throw invalid({
    location: 'budget',
    found: `a budget in ${region}`,
    expected: 'a region whose costs are in US dollars, with budgets in CloudFormation',
    fix: 'Leave budget out in this region, and make a budget in the account that is billed.',
  });
}

/**
 * A budget that notifies when the month is going to cost, or has cost, more than the limit. Costs are known some hours late: the alarm on a
 * surge is the early one.
 *
 * @see https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
 */
export function createBudget(scope: Construct, { usdPerMonth, tag, name, topics, key }: BudgetParts): CfnBudget {
  const { account, partition, region } = Stack.of(scope);
  const conditions = {
    StringEquals: { 'aws:SourceAccount': account },
    ArnLike: { 'aws:SourceArn': `arn:${partition}:budgets::${account}:*` },
  };
  // https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
  const principals = [new ServicePrincipal('budgets.amazonaws.com')];
  for (const topic of new Set(NOTICES.map(({ severity }) => topics[severity]))) {
    allowBy(
      topic,
      new PolicyStatement({
        sid: 'BudgetsOfThisAccount',
        principals,
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions,
      }),
      'The budget of the API notifies it.',
    );
  }
  allowBy(
    key,
    new PolicyStatement({
      sid: 'BudgetsToTopicsOfThisAccount',
      principals,
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      // In the policy of a key, "*" is the key itself.
      resources: ['*'],
      conditions,
    }),
    'The budget of the API publishes to the encrypted topics.',
  );
  return new CfnBudget(scope, 'Budget', {
    budget: {
      // Budgets are of the account, in no region.
      budgetName: `${name}-budget-${region}`,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: usdPerMonth, unit: 'USD' },
      ...(tag === undefined ? {} : { costFilters: { TagKeyValue: [`user:${tag.key}$${tag.value}`] } }),
    },
    notificationsWithSubscribers: NOTICES.map(({ severity, notificationType, threshold }) => ({
      notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
      subscribers: [{ subscriptionType: 'SNS', address: topics[severity].topicArn }],
    })),
  });
}
