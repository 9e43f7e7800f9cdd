import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { RegexPatternSetModel } from '../../assembly/edgeModel.ts';
import { isRecord, type Json, list, record, string } from '../../assembly/values.ts';
import { LOOPBACK, listen, readBody, shut } from '../loopback.ts';
import { requireSignature } from '../requireSignature.ts';
import type { Access } from '../signature.ts';
import type { PatternSets } from './patternSets.ts';

/** A running WAF, as far as functions use it. */
export interface Waf {
  readonly url: string;
  /** Serves these sets from now on. */
  update(sets: readonly RegexPatternSetModel[]): void;
  close(): Promise<void>;
}

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
export async function startWaf(
  served: readonly RegexPatternSetModel[],
  sets: PatternSets,
  access: Access,
): Promise<Waf> {
  let models = served;
  const server = createServer((request, response) => {
    run(request, () => models, sets)
      .then((body) => send(response, 200, body))
      .catch((error: unknown) => {
        if (error instanceof WafError) send(response, 400, { __type: error.code, Message: error.message });
        else send(response, 500, { __type: 'WAFInternalErrorException', Message: 'The local WAF failed.' });
      });
  });
  requireSignature(server, { scope: { ...access, service: 'wafv2' }, mediaType: MEDIA_TYPE, bodyLimit: BODY_LIMIT });
  const port = await listen(server);
  return {
    url: `http://${LOOPBACK}:${port}`,
    update: (next) => {
      models = next;
    },
    close: () => shut(server),
  };
}

async function run(
  request: IncomingMessage,
  models: () => readonly RegexPatternSetModel[],
  sets: PatternSets,
): Promise<Json> {
  const operation = String(request.headers['x-amz-target'] ?? '').replace(PREFIX, '');
  if (operation !== 'GetRegexPatternSet' && operation !== 'UpdateRegexPatternSet')
    throw new WafError('UnknownOperationException', `The local WAF has no ${operation || 'such operation'}.`);
  const input = parse(await readBody(request, BODY_LIMIT));
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

function parse(text: string): Json {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) return parsed;
  } catch {}
  throw new WafError('SerializationException', 'The body is not a JSON object.');
}

function send(response: ServerResponse, status: number, body: Json): void {
  const headers = { 'x-amzn-requestid': randomUUID(), 'cache-control': 'no-store' };
  response.writeHead(status, { 'content-type': MEDIA_TYPE, ...headers });
  response.end(JSON.stringify(body));
}
