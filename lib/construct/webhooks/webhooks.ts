import { Stack } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { type HandlerEnvironment, variable } from '../../../lambdas/shared/wireContract.ts';
import type { Api } from '../../definition/api.ts';
import { expiringTable } from '../expiringTable.ts';
import { explain } from '../serviceRole.ts';
import { type WebhookSecrets, webhookRoutes } from './webhookSecrets.ts';

/** An item holds a digest and numbers, and expires. Without the table nothing is remembered that would be worth keeping. */
const NOT_RESTORED =
  'Messages of the last days: a restored table would miss those since the backup, and let them be handled again.';

/** Props of `Webhooks`. */
export interface WebhooksProps {
  readonly api: Api;
  /** The handler functions by group. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** By name; each name of the definition has one. */
  readonly secrets: WebhookSecrets;
}

/**
 * What the functions of webhooks read and write beside the handlers: their own secrets, and the table of handled messages. A
 * function reads only the secrets of its routes, and writes only their items.
 */
export class Webhooks extends Construct {
  /** The handled messages, where a route is a webhook. */
  readonly messages?: TableV2;

  constructor(scope: Construct, id: string, { api, functions, secrets }: WebhooksProps) {
    super(scope, id);
    const groups = Map.groupBy(webhookRoutes(api), ({ group }) => group);
    if (groups.size === 0) return;
    this.messages = expiringTable(this, 'Messages', NOT_RESTORED);
    for (const [group, routes] of groups) {
      const fn = functions[group];
      if (fn === undefined) continue;
      const names = routes.map(({ webhook }) => webhook.secret);
      readSecrets(fn, names, secrets);
      recordMessages(
        fn,
        routes.map(({ id: route }) => route),
        this.messages,
      );
    }
  }
}

function readSecrets(fn: LambdaFunction, names: readonly string[], secrets: WebhookSecrets): void {
  const bound = names.flatMap((name) => (secrets[name] === undefined ? [] : [[name, secrets[name]] as const]));
  const arns = Object.fromEntries(bound.map(([name, secret]) => [name, secret.secretArn]));
  fn.addEnvironment(variable<HandlerEnvironment>('SECURE_API_WEBHOOK_SECRETS'), Stack.of(fn).toJsonString(arns));
  for (const [name, secret] of bound) {
    explain(
      fn,
      `Reads the secret ${name}, with which the sender of a webhook signs; a wildcard stands for the random suffix of an ARN by name.`,
      () => secret.grantRead(fn),
    );
  }
}

/** Keys of items start with the name of their route. */
function recordMessages(fn: LambdaFunction, routes: readonly string[], table: TableV2): void {
  fn.addEnvironment(variable<HandlerEnvironment>('SECURE_API_MESSAGES_TABLE'), table.tableName);
  const statement = new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': routes.map((route) => `${route}#*`) } },
  });
  const reason = 'Records the messages of its webhook, so that each is handled once.';
  explain(fn, reason, () => fn.addToRolePolicy(statement));
}
