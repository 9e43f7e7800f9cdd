/**
 * What a Lambda authorizer answered, checked once.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
import { isRecord } from '../../assembly/values.ts';
import type { Grant } from '../step.ts';
import { compilePolicy, type PolicyDecision } from './policy.ts';

/** A good answer: who the caller is, and what the policy says of each method. */
export interface AuthorizerResult {
  readonly grant: Grant;
  readonly decide: PolicyDecision;
}

/**
 * Checks an answer: `principalId` and `policyDocument` have to be there, and every value of `context` is a scalar.
 *
 * @returns nothing for a malformed answer (`AUTHORIZER_CONFIGURATION_ERROR`).
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
