import type { Account } from '../account.ts';
import { countApiKeys, countRegionalApis, countUsagePlans, hostNames } from '../facts/apiGateway.ts';
import { QUOTAS, type Quota, type QuotaValues, quotaValue, readQuotas } from '../facts/quotas.ts';
import { countLogPolicies, countUserPools, countWebAcls } from '../facts/services.ts';
import { ok } from '../finding.ts';
import { added, type Check, type CheckContext } from './context.ts';
import { apiResources, checkQuota, stageThrottles } from './quotas.ts';

/** Whatever the account has so far, and what the deployment adds to it. */
interface Count {
  readonly quota: Quota;
  readonly types: readonly string[];
  readonly used: (account: Account) => Promise<number>;
}

const COUNTS: readonly Count[] = [
  { quota: QUOTAS.apiKeys, types: ['AWS::ApiGateway::ApiKey'], used: countApiKeys },
  { quota: QUOTAS.usagePlans, types: ['AWS::ApiGateway::UsagePlan'], used: countUsagePlans },
  { quota: QUOTAS.regionalApis, types: ['AWS::ApiGateway::RestApi'], used: countRegionalApis },
  {
    quota: QUOTAS.hostNames,
    types: ['AWS::ApiGateway::DomainName'],
    used: async (account) => (await hostNames(account)).length,
  },
  { quota: QUOTAS.webAcls, types: ['AWS::WAFv2::WebACL'], used: countWebAcls },
  { quota: QUOTAS.logPolicies, types: ['AWS::Logs::ResourcePolicy'], used: countLogPolicies },
  { quota: QUOTAS.userPools, types: ['AWS::Cognito::UserPool'], used: countUserPools },
];

/** The checks of quotas that the stack uses. */
export function quotaChecks(account: Account, context: CheckContext): readonly Check[] {
  const values = new Map<string, Promise<QuotaValues>>();
  const valuesOf = (service: string) => {
    const known = values.get(service) ?? readQuotas(account, service);
    // Its own check reports a failure.
    known.catch(() => undefined);
    values.set(service, known);
    return known;
  };
  const counts = COUNTS.filter(({ types }) => context.template.ofType(...types).length > 0).map(
    ({ quota, types, used }): Check => ({
      check: quota.name,
      needsStack: true,
      run: async () => {
        const [value, count] = await Promise.all([quotaValue(quota, valuesOf(quota.service)), used(account)]);
        return checkQuota(context, { quota, value, used: count, added: added(context, ...types) });
      },
    }),
  );
  const inOne = (quota: Quota, amounts: readonly number[]): readonly Check[] => {
    const most = Math.max(0, ...amounts);
    if (most === 0) return [];
    const run: Check['run'] = async () =>
      checkQuota(context, { quota, value: await quotaValue(quota, valuesOf(quota.service)), used: 0, added: most });
    return [{ check: quota.name, run }];
  };
  const services: Check = {
    check: 'Service Quotas',
    run: async () => {
      await Promise.all(['apigateway', 'wafv2', 'cognito-idp'].map(valuesOf));
      return [ok('the values that apply to the account')];
    },
  };
  return [
    services,
    ...counts,
    ...inOne(QUOTAS.apiResources, apiResources(context)),
    ...inOne(QUOTAS.stageThrottles, stageThrottles(context)),
  ];
}
