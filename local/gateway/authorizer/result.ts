/**
 * The result of a Lambda authorizer, checked once.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
import { isRecord } from '../../assembly/values.ts';
import type { Grant } from '../requestState.ts';
import { compilePolicy, type PolicyDecision } from './policy.ts';

/** A well-formed result: who the caller is, and what the policy decides for each method. */
export interface AuthorizerResult {
  readonly grant: Grant;
  readonly decide: PolicyDecision;
}

/**
 * Checks a result: `principalId` and `policyDocument` are required, and every value of `context` is a scalar.
 *
 * @returns `undefined` for a malformed result (`AUTHORIZER_CONFIGURATION_ERROR`).
 */
export function readAuthorizerResult(payload: unknown): AuthorizerResult | undefined {
  if (!isRecord(payload)) return undefined;
  const { principalId, policyDocument, usageIdentifierKey } = payload;
  const decide = compilePolicy(policyDocument);
  const context = readContext(payload['context']);
  if (typeof principalId !== 'string' || decide === undefined || context === undefined) return undefined;
  if (usageIdentifierKey === undefined || usageIdentifierKey === null)
    return { grant: { principalId, context }, decide };
  if (typeof usageIdentifierKey !== 'string') return undefined;
  return { grant: { principalId, context, usageIdentifierKey }, decide };
}

function readContext(value: unknown): Record<string, string> | undefined {
  if (value === undefined || value === null) return {};
  if (!isRecord(value)) return undefined;
  const context: Record<string, string> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member === null) continue;
    if (typeof member === 'object') return undefined;
    context[key] = String(member);
  }
  return context;
}
