import { Fn } from 'aws-cdk-lib';
import { CfnApiKey, CfnUsagePlan, CfnUsagePlanKey, type Stage } from 'aws-cdk-lib/aws-apigateway';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { KEY_TAG, tierKeyStart } from '../../../lambdas/shared/clientKey.ts';
import { servedMethods } from '../../../lambdas/shared/servedMethods.ts';
import type { Api } from '../../definition/api.ts';

/**
 * A usage plan, a key and their association for every tier, below the scope. The key's value is `<tier>-<secret>`, resolved
 * by CloudFormation at deployment, so that no template contains it. The authorizer computes the same string.
 *
 * @returns the plans by tier.
 */
export function createUsagePlans(scope: Construct, parts: UsagePlanParts): Readonly<Record<string, CfnUsagePlan>> {
  const plans = Object.keys(parts.api.tiers).map((tier) => {
    return [tier, createUsagePlan(new Construct(scope, tier), tier, parts)] as const;
  });
  return Object.fromEntries(plans);
}

/** What plans are made of. */
export interface UsagePlanParts {
  readonly api: Api;
  readonly stage: Stage;
  readonly keysSecret: Secret;
  /** Of the registered clients, when clients are registered. */
  readonly clients?: TableV2;
}

function createUsagePlan(scope: Construct, tier: string, { api, stage, keysSecret, clients }: UsagePlanParts) {
  const key = new CfnApiKey(scope, 'Key', {
    name: `${stage.restApi.restApiName}-${tier}`,
    description: `Counts the requests of the tier ${tier}; never handed out`,
    enabled: true,
    // Rotations of other APIs are allowed to change keys without this tag.
    tags: [{ key: KEY_TAG, value: stage.restApi.restApiId }],
    value: Fn.join('', [tierKeyStart(tier), keysSecret.secretValue.unsafeUnwrap()]),
  });
  const limits = api.tiers[tier];
  const plan = new CfnUsagePlan(scope, 'Plan', {
    usagePlanName: `${stage.restApi.restApiName}-${tier}`,
    throttle: { rateLimit: limits?.rate, burstLimit: limits?.burst },
    quota: { limit: limits?.quota.requests, period: limits?.quota.per },
    tags: planTags({ api: api.name, tier, keysSecret: keysSecret.secretArn, clientsTable: clients?.tableName }),
    apiStages: [{ apiId: stage.restApi.restApiId, stage: stage.stageName, throttle: methodThrottles(api, tier) }],
  });
  new CfnUsagePlanKey(scope, 'PlanKey', { keyId: key.ref, keyType: 'API_KEY', usagePlanId: plan.ref });
  return plan;
}

/** By these tags `secure-api clients` finds plans, secret and table of a deployed API from the API's name. */
function planTags(facts: Readonly<Record<string, string | undefined>>): { key: string; value: string }[] {
  return Object.entries(facts).flatMap(([name, value]) =>
    value === undefined ? [] : [{ key: `secure-api:${name}`, value }],
  );
}

/**
 * Limits of single routes in a tier, by the key that API Gateway expects: `/path/{id}/METHOD`. `GET` and
 * `HEAD` have a bucket each, as API Gateway counts methods. A plan holds twenty, which the definition checks.
 */
export function methodThrottles(
  api: Api,
  tier: string,
): Record<string, { readonly rateLimit: number; readonly burstLimit: number }> | undefined {
  const own = Object.values(api.routes).flatMap(({ path, method, limits }) => {
    const limit = limits[tier];
    if (limit === undefined) return [];
    const throttle = { rateLimit: limit.rate, burstLimit: limit.burst };
    return servedMethods(method).map((served) => [`${path}/${served}`, throttle] as const);
  });
  return own.length === 0 ? undefined : Object.fromEntries(own);
}
