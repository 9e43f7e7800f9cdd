/**
 * The IAM policy that a Lambda authorizer answers with, compiled to a decision about one method ARN.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
import { isRecord, type Json } from '../../assembly/values.ts';

/** `implicit` is a policy that says nothing of the resource. */
export type Decision = 'allow' | 'deny' | 'implicit';

/** Decides one method ARN. */
export type PolicyDecision = (methodArn: string) => Decision;

const INVOKE = 'execute-api:invoke';

/**
 * Compiles a policy document. An explicit Deny wins over every Allow; `*` in a resource spans segments, `?` is one character.
 * Statements with a `Condition` allow nothing and deny always: conditions are not evaluated here, and the safe side is to refuse.
 *
 * @returns nothing for a document that is not a policy: API Gateway answers 500 to it.
 */
export function compilePolicy(document: unknown): PolicyDecision | undefined {
  if (!isRecord(document)) return undefined;
  const statements = one(document['Statement']);
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
 * Compiles an IAM pattern: `*` is any text, `/` too, and `?` any one character. Matching is linear in the text for each
 * star, without a regular expression: patterns come from functions, and a hostile one must not stall the gateway.
 */
function compileWildcard(pattern: string): (text: string) => boolean {
  if (!/[*?]/.test(pattern)) return (text) => text === pattern;
  return (text) => matches(pattern, text);
}

function matches(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let cursor = 0;
  while (cursor < text.length) {
    if (pattern[at] === '*') {
      star = at;
      at += 1;
      resume = cursor;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[cursor])) {
      at += 1;
      cursor += 1;
    } else if (star >= 0) {
      // The last star takes one character more; earlier stars never need to move again.
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

function one(value: unknown): readonly unknown[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : [value];
}

function strings(value: unknown): string[] {
  return (one(value) ?? []).filter((item) => typeof item === 'string');
}

function anyOf(tests: readonly ((text: string) => boolean)[]): (text: string) => boolean {
  return (text) => tests.some((test) => test(text));
}
