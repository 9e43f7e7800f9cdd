/**
 * What the policies of buckets deny. What they allow is not read: no role is evaluated locally, and the credentials of this
 * run are allowed everything that is not denied.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-policy-language-overview.html
 */
import { type BucketDenial, CONDITION_OPERATORS, type ConditionOperator, type DenialCondition } from '../model.ts';
import type { StackTemplate } from '../stackTemplate.ts';
import { isRecord, type Json, list, record, string } from '../values.ts';

/** The condition key of the tag in which GuardDuty writes the result of a scan, in lower case as all keys here. */
export const SCAN_TAG_KEY = 's3:existingobjecttag/guarddutymalwarescanstatus';
/** Condition keys whose values are known locally; those of tags are, too. */
const KEYS: ReadonlySet<string> = new Set(['aws:principalarn', 'aws:securetransport', 's3:tlsversion']);
const TAG_KEY = /^s3:existingobjecttag\/./;

/** The policy of a bucket. */
export interface BucketPolicy {
  /** Undefined for a name that only AWS knows. */
  readonly bucket: string | undefined;
  readonly denials: readonly BucketDenial[];
}

/**
 * Reads a policy by its Deny statements. A part of them that cannot be evaluated locally counts as met, so that what it
 * protects stays protected, and is reported.
 *
 * @param logicalId A resource of type `AWS::S3::BucketPolicy`.
 */
export function readBucketPolicy(
  stack: StackTemplate,
  logicalId: string,
  report: (detail: string) => void,
): BucketPolicy {
  const resolve = (value: unknown, unknown?: unknown): unknown => {
    try {
      return stack.evaluate(value, logicalId);
    } catch {
      return unknown;
    }
  };
  // A statement that is chosen by a function is resolved as a whole. If that fails, it is one of which nothing is known.
  const chosen = (value: unknown) => (isFunction(value) ? resolve(value, {}) : value);
  const { Bucket, PolicyDocument } = record(
    record(record(stack.artifact.template['Resources'])[logicalId])['Properties'],
  );
  // Each part is evaluated alone: an allowance may name what only AWS knows, such as the identity of a distribution.
  const denials = items(chosen(record(chosen(PolicyDocument))['Statement']))
    .map(chosen)
    .filter(isRecord)
    .filter(({ Effect }) => resolve(Effect) !== 'Allow')
    .map((statement, i) => readDenial(statement, `statement ${i + 1}`, { resolve, report }));
  return { bucket: string(resolve(Bucket)), denials };
}

/** An intrinsic function, such as `Fn::If`. */
function isFunction(value: unknown): boolean {
  const [name = '', ...others] = Object.keys(record(value));
  return others.length === 0 && /^(?:Fn::|Ref$)/.test(name);
}

interface Reading {
  readonly resolve: (value: unknown) => unknown;
  readonly report: (detail: string) => void;
}

function readDenial(statement: Json, position: string, { resolve, report }: Reading): BucketDenial {
  const sid = string(statement['Sid']) ?? position;
  const { NotAction, NotPrincipal, NotResource, Condition } = statement;
  if (resolve(statement['Effect']) !== 'Deny') report(`${sid}: its effect is not known locally, so that it denies`);
  if (NotPrincipal !== undefined || !isEveryone(resolve(statement['Principal']))) {
    report(`${sid}: it denies to everyone, because requests have no role locally`);
  }
  const scope = (value: unknown, name: string) => {
    const read = patterns(resolve(value));
    if (read.length === 0) report(`${sid}: ${name} is not known locally, so that it denies all`);
    return read.length === 0 ? undefined : read;
  };
  const actions = scope(NotAction ?? statement['Action'], 'its action');
  const resources = scope(NotResource ?? statement['Resource'], 'its resource');
  return {
    sid,
    actions: (actions ?? ['*']).map((action) => action.toLowerCase()),
    exceptActions: NotAction !== undefined && actions !== undefined,
    resources: resources ?? ['*'],
    exceptResources: NotResource !== undefined && resources !== undefined,
    conditions: readConditions(Condition, { resolve, report: (detail) => report(`${sid}: ${detail}`) }),
  };
}

function readConditions(block: unknown, { resolve, report }: Reading): readonly DenialCondition[] {
  return Object.entries(record(block)).flatMap(([operator, tests]) =>
    Object.entries(record(tests)).flatMap(([name, raw]) => {
      const key = name.toLowerCase();
      const values = patterns(resolve(raw));
      const isKnown = KEYS.has(key) || TAG_KEY.test(key);
      if (isOperator(operator) && isKnown && values.length > 0) return [{ operator, key, values }];
      report(`the condition ${operator} ${name} counts as met`);
      return [];
    }),
  );
}

function isOperator(name: string): name is ConditionOperator {
  return CONDITION_OPERATORS.some((operator) => operator === name);
}

function isEveryone(principal: unknown): boolean {
  return principal === '*' || (isRecord(principal) && items(principal['AWS']).includes('*'));
}

function patterns(value: unknown): readonly string[] {
  return items(value).flatMap((item) => string(item) ?? []);
}

/** A list, of which a policy may write one item without its brackets. */
function items(value: unknown): readonly unknown[] {
  return value === undefined || Array.isArray(value) ? list(value) : [value];
}
