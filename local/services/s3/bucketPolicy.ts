/**
 * Evaluates what the policy of a bucket denies. A denial counts for every request: those of functions, of the AWS CLI and of
 * presigned forms are all made with the credentials of this run, which are nobody's role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { BucketDenial, BucketModel, ConditionOperator, DenialCondition } from '../../assembly/model.ts';
import { S3Error } from './error.ts';
import type { ObjectRecord } from './store.ts';

/** An action on an object, as policies name it. */
export type ObjectAction = `s3:${'Put' | 'Get' | 'Delete'}Object${'' | 'Tagging'}`;

/** What is to be done to which object. */
export interface ObjectAccess {
  readonly request: IncomingMessage;
  readonly action: ObjectAction;
  readonly key: string;
  /** The object of the key before the request: its tags decide. */
  readonly object: ObjectRecord | undefined;
}

/** The values of condition keys in lower case. */
type Facts = Readonly<Record<string, string | undefined>>;
type Matches = (value: string, wanted: readonly string[]) => boolean;

const CALLER = 'arn:aws:iam::000000000000:user/local';

const equal: Matches = (value, wanted) => wanted.includes(value);
const like: Matches = (value, wanted) => wanted.some((pattern) => isLike(value, pattern));
const less: Matches = (value, wanted) => wanted.some((limit) => Number(value) < Number(limit));
const TESTS: Readonly<Record<ConditionOperator, { readonly matches: Matches; readonly isNegated?: boolean }>> = {
  ArnEquals: { matches: like },
  ArnLike: { matches: like },
  ArnNotEquals: { matches: like, isNegated: true },
  ArnNotLike: { matches: like, isNegated: true },
  Bool: { matches: equal },
  NumericLessThan: { matches: less },
  StringEquals: { matches: equal },
  StringLike: { matches: like },
  StringNotEquals: { matches: equal, isNegated: true },
  StringNotLike: { matches: like, isNegated: true },
};

/**
 * Requires that the policy of a bucket does not deny an access.
 *
 * @throws {S3Error} `AccessDenied`.
 */
export function checkDenials({ name, denials }: BucketModel, access: ObjectAccess): void {
  const facts = factsOf(access);
  const denial = denials.find(
    (candidate) =>
      concerns(candidate, access.action.toLowerCase(), `${name}/${access.key}`) &&
      candidate.conditions.every((condition) => isMet(condition, facts)),
  );
  if (denial === undefined) return;
  throw new S3Error('AccessDenied', `Access Denied: ${denial.sid} of the bucket policy denies ${access.action}`);
}

function factsOf({ request: { socket }, object }: ObjectAccess): Facts {
  const tags = Object.entries(object?.tags ?? {});
  return {
    'aws:securetransport': 'true',
    's3:tlsversion': socket instanceof TLSSocket ? socket.getProtocol()?.replace('TLSv', '') : undefined,
    'aws:principalarn': CALLER,
    ...Object.fromEntries(tags.map(([tag, value]) => [`s3:existingobjecttag/${tag.toLowerCase()}`, value])),
  };
}

function concerns(denial: BucketDenial, action: string, resource: string): boolean {
  const isAction = like(action, denial.actions);
  // Partitions such as `aws-cn` make no difference.
  const isResource = like(
    resource,
    denial.resources.map((arn) => arn.replace(/^arn:[^:]*:s3:::/, '')),
  );
  return isAction !== denial.exceptActions && isResource !== denial.exceptResources;
}

/** Without a value, only the negated operators match. */
function isMet({ operator, key, values }: DenialCondition, facts: Facts): boolean {
  const { matches, isNegated = false } = TESTS[operator];
  const value = facts[key];
  return value === undefined ? isNegated : matches(value, values) !== isNegated;
}

/** `*` is any string and `?` any one character. */
function isLike(value: string, pattern: string): boolean {
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\/]/g, String.raw`\$&`);
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su').test(value);
}
