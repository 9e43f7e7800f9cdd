import type { Rule } from 'aws-cdk-lib/aws-events';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Severity } from '../../../lambdas/shared/severity.ts';
import type { EventTopics } from './eventTopics.ts';
import { chunks, numbered } from './expressions.ts';

/** Which findings notify: `api` has those about functions of the API and their roles, `account` all of the account and region. */
export type GuardDutyScope = 'api' | 'account';

interface GuardDutyParts {
  readonly scope: GuardDutyScope;
  readonly apiName: string;
  readonly functions: readonly LambdaFunction[];
  readonly events: EventTopics;
}

/**
 * A pattern has at most 2,048 characters, and the names of a function and its role at most 64 each.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const FUNCTIONS_PER_RULE = 12;

/**
 * High and critical findings are from 7.0 to 10.0, medium ones from 4.0. Low ones, such as port scans, notify nobody.
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings-severity.html
 */
const LEVELS: readonly { readonly id: string; readonly severity: Severity; readonly numeric: readonly unknown[] }[] = [
  { id: 'Severe', severity: 'page', numeric: ['>=', 7] },
  { id: 'Medium', severity: 'ticket', numeric: ['>=', 4, '<', 7] },
];

/**
 * Rules that pass findings of GuardDuty on, which has to be on in the account and region: the construct does not turn it on, because it costs
 * by the account.
 *
 * @see https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
 */
export class GuardDutyFindings extends Construct {
  readonly rules: readonly Rule[];

  constructor(parent: Construct, id: string, { scope, apiName, functions, events }: GuardDutyParts) {
    super(parent, id);
    const resources = scope === 'account' ? [undefined] : chunks(functions, FUNCTIONS_PER_RULE).map(concerning);
    this.rules = LEVELS.flatMap(({ id: level, severity, numeric }) =>
      resources.map((resource, index) =>
        events.add(this, {
          id: numbered(level, index),
          severity,
          description: `${apiName}: findings of GuardDuty about ${scope === 'api' ? 'functions of the API' : 'the account'}`,
          pattern: {
            source: ['aws.guardduty'],
            detailType: ['GuardDuty Finding'],
            detail: { severity: [{ numeric }], ...(resource && { resource }) },
          },
          withoutQueueBecause: 'EventBridge tries for a day, and GuardDuty keeps its findings.',
        }),
      ),
    );
  }
}

/** A finding names a function, or the role whose credentials somebody uses. */
function concerning(functions: readonly LambdaFunction[]) {
  const roles = functions.flatMap(({ role }) => role?.roleName ?? []);
  return {
    $or: [
      { lambdaDetails: { functionName: functions.map(({ functionName }) => functionName) } },
      { accessKeyDetails: { userName: roles } },
    ],
  };
}
