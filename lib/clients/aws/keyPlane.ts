import type { APIGatewayClient, UsagePlan } from '@aws-sdk/client-api-gateway';
import { KEY_TAG } from '../../../lambdas/shared/clientKey.ts';
import type { Sdk } from '../../aws/sdk.ts';
import { faults } from '../faults.ts';
import type { DeployedPlan } from '../model.ts';
import type { KeyPlane } from '../ports.ts';

/** The largest page of API Gateway. */
const PAGE = 500;
const TAG = 'secure-api:';

/** API keys and usage plans through the SDK. */
export function awsKeyPlane({ apiGateway }: Sdk<'apiGateway'>, client: APIGatewayClient): KeyPlane {
  const { paginateGetUsagePlans, paginateGetApiKeys } = apiGateway;
  const allPlans = async () => {
    const plans: UsagePlan[] = [];
    for await (const { items } of paginateGetUsagePlans({ client, pageSize: PAGE }, {})) plans.push(...(items ?? []));
    return plans;
  };
  return {
    plans: async (api) => (await allPlans()).filter(({ tags }) => tags?.[`${TAG}api`] === api).flatMap(planOf),
    async createKey(restApiId, name, value) {
      const command = new apiGateway.CreateApiKeyCommand({
        name,
        value,
        enabled: true,
        description: 'Counts the requests of one client; never handed out',
        tags: { [KEY_TAG]: restApiId },
      });
      const { id } = await client.send(command).catch((error: unknown) => {
        const { name: code } = error as { readonly name?: string };
        if (code === 'LimitExceededException') throw faults.full();
        // The value belongs to this client and second: another change, or the remains of an interrupted one.
        throw code === 'ConflictException' ? faults.changed(name) : error;
      });
      return id ?? '';
    },
    async deleteKey(apiKey) {
      await client.send(new apiGateway.DeleteApiKeyCommand({ apiKey })).catch((error: unknown) => {
        if ((error as { name?: string }).name !== 'NotFoundException') throw error;
      });
    },
    async setEnabled(apiKey, enabled) {
      const patchOperations = [{ op: 'replace' as const, path: '/enabled', value: String(enabled) }];
      await client.send(new apiGateway.UpdateApiKeyCommand({ apiKey, patchOperations }));
    },
    async joinPlan(usagePlanId, keyId) {
      await client.send(new apiGateway.CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
    },
    async remaining(usagePlanId, keyId) {
      const now = new Date();
      const startDate = dateOf(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1)));
      const input = { usagePlanId, keyId, startDate, endDate: dateOf(now) };
      const { items } = await client.send(new apiGateway.GetUsageCommand(input));
      // One pair a day: used on that day, left in the period at its end.
      return items?.[keyId]?.at(-1)?.[1];
    },
    async counts() {
      let keys = 0;
      for await (const { items } of paginateGetApiKeys({ client, pageSize: PAGE }, {})) keys += items?.length ?? 0;
      return { keys, plans: (await allPlans()).length };
    },
  };
}

function planOf({ id = '', apiStages, quota, tags = {} }: UsagePlan): readonly DeployedPlan[] {
  const restApiId = apiStages?.[0]?.apiId;
  const [tier, keysSecret, clientsTable] = ['tier', 'keysSecret', 'clientsTable'].map((name) => tags[`${TAG}${name}`]);
  if (restApiId === undefined || tier === undefined || keysSecret === undefined) return [];
  return [
    {
      tier,
      planId: id,
      restApiId,
      keysSecret,
      ...(clientsTable === undefined ? {} : { clientsTable }),
      ...(quota?.limit === undefined ? {} : { quota: { limit: quota.limit, period: quota.period ?? '' } }),
    },
  ];
}

function dateOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
