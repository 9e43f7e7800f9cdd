import { type AwsEnvironment, signedFetch } from '../shared/aws.ts';
import type { WatchedPlan } from '../shared/wireContract.ts';

/** The requests that each key of a plan has left in the current period, by key id. Unused keys are missing. */
export type RemainingOf = (plan: WatchedPlan, day: string) => Promise<ReadonlyMap<string, number>>;

/** The most keys that API Gateway returns in a page. */
const PAGE = 500;
const LIMITS = { timeoutMs: 10_000, retries: 2 };

interface Page {
  /** By key: pairs of requests used on a day and left at its end. */
  readonly values?: Readonly<Record<string, readonly (readonly [number, number])[]>>;
  readonly position?: string;
}

/**
 * Reads the usage of plans (GetUsage).
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsage.html
 */
export function usageReader(environment: AwsEnvironment): RemainingOf {
  const send = signedFetch(environment, 'apigateway', LIMITS);
  const pageOf = async ({ planId }: WatchedPlan, query: Readonly<Record<string, string>>): Promise<Page> => {
    const path = `/usageplans/${planId}/usage?${new URLSearchParams(query)}`;
    const response = await send(path, { headers: { accept: 'application/json' } });
    if (!response.ok) throw new Error(`API Gateway returned ${response.status} for the usage of plan ${planId}`);
    return JSON.parse(response.text) as Page;
  };
  return async (plan, day) => {
    const remaining = new Map<string, number>();
    let position: string | undefined;
    do {
      const query = { startDate: day, endDate: day, limit: String(PAGE) };
      const page: Page = await pageOf(plan, position === undefined ? query : { ...query, position });
      for (const [keyId, days] of Object.entries(page.values ?? {})) {
        const left = days.at(-1)?.[1];
        if (left !== undefined) remaining.set(keyId, left);
      }
      position = page.position;
    } while (position !== undefined);
    return remaining;
  };
}
