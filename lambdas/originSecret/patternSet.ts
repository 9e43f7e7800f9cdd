import { type AwsEnvironment, AwsServiceError, awsCall } from '../shared/aws.ts';
import { isRecord } from '../shared/json.ts';
import type { PatternSetId } from '../shared/wireContract.ts';

/** The values that the web ACL of the API accepts. */
export interface AcceptedValues {
  read(): Promise<readonly string[]>;
  /** Replaces all. */
  write(values: readonly string[]): Promise<void>;
}

const LIMITS = { timeoutMs: 10_000, retries: 3 };
const PATTERN = /^\^([A-Za-z0-9]{32,128})\$$/;
const ATTEMPTS = 3;

/**
 * The values as a set of patterns in WAF, in the region of the API.
 *
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateRegexPatternSet.html
 */
export function patternSet(environment: AwsEnvironment, { id: Id, name: Name, region }: PatternSetId): AcceptedValues {
  const call = awsCall({ ...environment, AWS_REGION: region }, 'wafv2', LIMITS);
  const target = { Id, Name, Scope: 'REGIONAL' };
  const get = async () => {
    const { RegexPatternSet: set, LockToken } = await call('GetRegexPatternSet', target);
    const list = isRecord(set) && Array.isArray(set['RegularExpressionList']) ? set['RegularExpressionList'] : [];
    return { values: list.flatMap(valueIn), LockToken };
  };
  return {
    read: async () => (await get()).values,
    async write(values) {
      for (let attempt = 1; ; attempt += 1) {
        const { values: present, LockToken } = await get();
        if (present.join() === values.join()) return;
        const RegularExpressionList = values.map((value) => ({ RegexString: `^${value}$` }));
        try {
          await call('UpdateRegexPatternSet', { ...target, LockToken, RegularExpressionList });
          return;
        } catch (error) {
          // Somebody else has written since, or the response to this write was lost.
          const isStale = error instanceof AwsServiceError && error.code === 'WAFOptimisticLockException';
          if (!isStale || attempt === ATTEMPTS) throw error;
        }
      }
    },
  };
}

/** The pattern of the template, which no header can match, is no value. */
function valueIn(entry: unknown): readonly string[] {
  const [, value] = PATTERN.exec(isRecord(entry) ? String(entry['RegexString']) : '') ?? [];
  return value === undefined ? [] : [value];
}
