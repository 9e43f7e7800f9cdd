import { type Account, ReadFailure } from '../account.ts';

/** A limit of an account in a region. */
export interface Quota {
  /** What is limited, in the plural. */
  readonly name: string;
  /** Service and quota codes in Service Quotas; without them, AWS documents a fixed number. */
  readonly service: string;
  readonly code?: string;
  /** The number that AWS documents. */
  readonly byDefault: number;
  /** Whether AWS raises it on request. */
  readonly adjustable: boolean;
}

const API_GATEWAY = { service: 'apigateway', adjustable: true };
const WAF = { service: 'wafv2', adjustable: true };

/**
 * The quotas that a stack can meet.
 * @see https://docs.aws.amazon.com/general/latest/gr/apigateway.html
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
 */
export const QUOTAS = {
  apiKeys: { ...API_GATEWAY, name: 'API keys', code: 'L-1D180A63', byDefault: 10_000, adjustable: false },
  usagePlans: { ...API_GATEWAY, name: 'usage plans', code: 'L-E8693075', byDefault: 300 },
  regionalApis: { ...API_GATEWAY, name: 'regional REST APIs', code: 'L-AA0FF27B', byDefault: 600, adjustable: false },
  hostNames: { ...API_GATEWAY, name: 'custom domain names', code: 'L-A93447B8', byDefault: 120 },
  apiResources: { ...API_GATEWAY, name: 'resources of the API', code: 'L-01C8A9E0', byDefault: 300 },
  stageThrottles: { ...API_GATEWAY, name: 'method throttles of a usage plan', code: 'L-A9DBC573', byDefault: 20 },
  webAcls: { ...WAF, name: 'regional web ACLs', code: 'L-2EC3DE7B', byDefault: 100 },
  logPolicies: { service: 'logs', name: 'resource policies of CloudWatch Logs', byDefault: 10, adjustable: false },
  userPools: { service: 'cognito-idp', name: 'user pools', code: 'L-66E6DF30', byDefault: 1_000, adjustable: true },
} as const satisfies Readonly<Record<string, Quota>>;

/** The value that applies to the account, and where it is from. */
export interface QuotaValue {
  readonly value: number;
  readonly source: 'applied' | 'default' | 'documented';
}

/** The values of quotas by their code. */
export type QuotaValues = ReadonlyMap<string, QuotaValue>;

/** Reads the values of a service's quotas: those that apply to the account before the defaults of the region. */
export async function readQuotas(account: Account, service: string): Promise<QuotaValues> {
  const { ServiceQuotasClient, ListServiceQuotasCommand, ListAWSDefaultServiceQuotasCommand } =
    account.sdk.serviceQuotas;
  const client = new ServiceQuotasClient(account.config);
  const applied = await account.list('ListServiceQuotas', async (options, NextToken) => {
    const input = { ServiceCode: service, MaxResults: 100, NextToken };
    const page = await client.send(new ListServiceQuotasCommand(input), options);
    return { items: page.Quotas, next: page.NextToken };
  });
  const values = new Map<string, QuotaValue>();
  const put = (source: QuotaValue['source'], code = '', value?: number) => {
    if (value !== undefined && !values.has(code)) values.set(code, { value, source });
  };
  for (const { QuotaCode, Value } of applied) put('applied', QuotaCode, Value);
  const all: readonly Quota[] = Object.values(QUOTAS);
  const wanted = all.filter((quota) => quota.service === service && quota.code !== undefined);
  if (wanted.every(({ code = '' }) => values.has(code))) return values;
  const defaults = await account.list('ListAWSDefaultServiceQuotas', async (options, NextToken) => {
    const input = { ServiceCode: service, MaxResults: 100, NextToken };
    const page = await client.send(new ListAWSDefaultServiceQuotasCommand(input), options);
    return { items: page.Quotas, next: page.NextToken };
  });
  for (const { QuotaCode, Value } of defaults) put('default', QuotaCode, Value);
  return values;
}

/** The value of one quota: the documented number when Service Quotas has none, or could not be read. */
export async function quotaValue(quota: Quota, values: Promise<QuotaValues>): Promise<QuotaValue> {
  const documented = { value: quota.byDefault, source: 'documented' } as const;
  if (quota.code === undefined) return documented;
  try {
    return (await values).get(quota.code) ?? documented;
  } catch (error) {
    // The check of Service Quotas reports this once.
    if (error instanceof ReadFailure) return documented;
    throw error;
  }
}
