/**
 * The IAM policy that a Lambda authorizer returns, compiled to a decision about one method ARN.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
import { isRecord, type Json } from '../../assembly/values.ts';

/** `implicit`: no statement of the policy covers the resource. */
export type Decision = 'allow' | 'deny' | 'implicit';

/** Decides one method ARN. */
export type PolicyDecision = (methodArn: string) => Decision;

const INVOKE = 'execute-api:invoke';

/**
 * Compiles a policy document. An explicit Deny wins over every Allow; `*` in a resource spans segments, `?` is one character.
 * Conditions are not evaluated locally, so an Allow with a `Condition` never applies, and a Deny with one always does.
 *
 * @returns `undefined` for a document that is not a policy; API Gateway responds with 500 to it.
 */
export function compilePolicy(document: unknown): PolicyDecision | undefined {
  if (!isRecord(document)) return undefined;
  const statements = listOf(document['Statement']);
  if (statements === undefined || !statements.every(isStatement)) return undefined;
  const matchers = statements.filter((statement) => isRecord(statement)).filter(coversInvoke);
  const allows = matchers.filter(({ Effect, Condition }) => Effect === 'Allow' && Condition === undefined);
  const allowed = anyOf(allows.map(resourceTest));
  const denied = anyOf(matchers.filter(({ Effect }) => Effect === 'Deny').map(resourceTest));
  return (methodArn) => {
    if (denied(methodArn)) return 'deny';
    return allowed(methodArn) ? 'allow' : 'implicit';
  };
}

/**
 * Compiles an IAM pattern: `*` is any string, slashes included, and `?` any one character. Matching takes linear time for each
 * star, without a regular expression: patterns come from functions, and a hostile pattern must not stall the gateway.
 */
function compileWildcard(pattern: string): (value: string) => boolean {
  if (!/[*?]/.test(pattern)) return (value) => value === pattern;
  return (value) => matches(pattern, value);
}

function matches(pattern: string, value: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let cursor = 0;
  while (cursor < value.length) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      resume = cursor;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === value[cursor])) {
      at += 1;
      cursor += 1;
    } else if (star >= 0) {
      // The last star takes one more character; earlier stars do not need to move again.
      at = star + 1;
      resume += 1;
      cursor = resume;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

function isStatement(statement: unknown): boolean {
  if (!isRecord(statement)) return false;
  const { Effect, Action, NotAction, Resource, NotResource } = statement;
  const complete = (Action ?? NotAction) !== undefined && (Resource ?? NotResource) !== undefined;
  return complete && (Effect === 'Allow' || Effect === 'Deny');
}

function coversInvoke({ Action, NotAction }: Json): boolean {
  const covers = (value: unknown) =>
    anyOf(strings(value).map((action) => compileWildcard(action.toLowerCase())))(INVOKE);
  return Action === undefined ? !covers(NotAction) : covers(Action);
}

function resourceTest({ Resource, NotResource }: Json): (arn: string) => boolean {
  const covers = (value: unknown) => anyOf(strings(value).map(compileWildcard));
  if (Resource !== undefined) return covers(Resource);
  const excluded = covers(NotResource);
  return (arn) => !excluded(arn);
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : [value];
}

function strings(value: unknown): string[] {
  return (listOf(value) ?? []).filter((item) => typeof item === 'string');
}

function anyOf(tests: readonly ((value: string) => boolean)[]): (value: string) => boolean {
  return (value) => tests.some((test) => test(value));
}
