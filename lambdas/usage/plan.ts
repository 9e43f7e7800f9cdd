import { AwsClient } from 'aws4fetch';
import type { AwsEnvironment } from '../shared/aws.ts';
import type { WatchedPlan } from '../shared/wireContract.ts';

/** What is left to each key of a plan in its current period, by id of the key; keys that were not used are missing. */
export type RemainingOf = (plan: WatchedPlan, day: string) => Promise<ReadonlyMap<string, number>>;

/** The most that API Gateway gives at once. */
const PAGE = 500;
const TIMEOUT_MS = 10_000;

interface Page {
  /** By key: pairs of a day, used on it and left at its end. */
  readonly values?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly position?: string;
}

/**
 * Reads GetUsage by signed calls instead of an SDK.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsage.html
 */
export function usageReader(environment: AwsEnvironment): RemainingOf {
  const region = environment.AWS_REGION ?? '';
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = environment.AWS_ENDPOINT_URL_API_GATEWAY ?? `https://apigateway.${region}.${domain}`;
  const client = new AwsClient({
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: environment.AWS_SESSION_TOKEN,
    service: 'apigateway',
    region,
    retries: 2,
  });
  const page = async ({ planId }: WatchedPlan, query: Readonly<Record<string, string>>): Promise<Page> => {
    const url = `${endpoint}/usageplans/${planId}/usage?${new URLSearchParams(query)}`;
    const headers = { accept: 'application/json' };
    const response = await client.fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`API Gateway answered ${response.status} for the usage of plan ${planId}`);
    return (await response.json()) as Page;
  };
  return async (plan, day) => {
    const remaining = new Map<string, number>();
    let position: string | undefined;
    do {
      const asked = { startDate: day, endDate: day, limit: String(PAGE) };
      const got: Page = await page(plan, position === undefined ? asked : { ...asked, position });
      for (const [keyId, days] of Object.entries(got.values ?? {})) {
        const left = days.at(-1)?.[1];
        if (left !== undefined) remaining.set(keyId, left);
      }
      position = got.position;
    } while (position !== undefined);
    return remaining;
  };
}
