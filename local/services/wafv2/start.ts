import type { IncomingMessage } from 'node:http';
import type { RegexPatternSetModel } from '../../assembly/edgeModel.ts';
import { type Json, list, record, string } from '../../assembly/values.ts';
import { readBody } from '../loopback.ts';
import type { Access } from '../signature.ts';
import { objectIn, type SignedService, startSignedService } from '../signedService.ts';
import type { PatternSets } from './patternSets.ts';

const BODY_LIMIT = 64 * 1024;
const MEDIA_TYPE = 'application/x-amz-json-1.1';
const PREFIX = /^AWSWAF_20190729\./;
/** https://docs.aws.amazon.com/waf/latest/developerguide/limits.html */
const MAX_PATTERNS = 10;
const MAX_PATTERN = 200;

class WafError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads and updates regex pattern sets, in AWS JSON 1.1.
 *
 * @param access whose signatures count
 * @see https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateRegexPatternSet.html
 */
export function startWaf(
  served: readonly RegexPatternSetModel[],
  sets: PatternSets,
  access: Access,
): Promise<SignedService<RegexPatternSetModel>> {
  const kind = { service: 'wafv2', mediaType: MEDIA_TYPE, bodyLimit: BODY_LIMIT };
  return startSignedService(
    { ...kind, failure, run: async (request, models) => ({ body: await run(request, models, sets) }) },
    served,
    access,
  );
}

function failure(error: unknown) {
  if (error instanceof WafError) return { status: 400, body: { __type: error.code, Message: error.message } };
  return { status: 500, body: { __type: 'WAFInternalErrorException', Message: 'The local WAF failed.' } };
}

async function run(
  request: IncomingMessage,
  models: () => readonly RegexPatternSetModel[],
  sets: PatternSets,
): Promise<Json> {
  const operation = String(request.headers['x-amz-target'] ?? '').replace(PREFIX, '');
  if (operation !== 'GetRegexPatternSet' && operation !== 'UpdateRegexPatternSet')
    throw new WafError('UnknownOperationException', `The local WAF has no ${operation || 'such operation'}.`);
  const input = objectIn(await readBody(request, BODY_LIMIT));
  if (input === undefined) throw new WafError('SerializationException', 'The body is not a JSON object.');
  const { Id, Name, Scope } = input;
  const model = models().find(({ id, name, scope }) => id === Id && name === Name && scope === Scope);
  if (model === undefined) throw new WafError('WAFNonexistentItemException', 'There is no such pattern set.');
  const now = sets.of(model);
  if (operation === 'GetRegexPatternSet') return described(model, now.patterns, now.lockToken);
  if (input['LockToken'] !== now.lockToken)
    throw new WafError('WAFOptimisticLockException', 'The set has changed since the lock token was read.');
  const patterns = list(input['RegularExpressionList']).map((each) => string(record(each)['RegexString']) ?? '');
  if (patterns.length > MAX_PATTERNS) throw new WafError('WAFLimitsExceededException', `A set has ${MAX_PATTERNS}.`);
  if (patterns.some((pattern) => pattern === '' || pattern.length > MAX_PATTERN))
    throw new WafError('WAFInvalidParameterException', 'A pattern is empty or too long.');
  return { NextLockToken: sets.write(model, patterns).lockToken };
}

function described({ id, name, arn }: RegexPatternSetModel, patterns: readonly string[], LockToken: string): Json {
  const RegularExpressionList = patterns.map((RegexString) => ({ RegexString }));
  return { RegexPatternSet: { Id: id, Name: name, ARN: arn, RegularExpressionList }, LockToken };
}
