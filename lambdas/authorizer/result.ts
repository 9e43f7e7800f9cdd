import { KEY_REJECTIONS } from '../shared/problems.ts';
import { type AuthorizerContext, claimMember } from '../shared/wireContract.ts';
import type { Denial } from './denial.ts';
import type { AuthorizerResult, PolicyDocument } from './event.ts';
import type { TokenCaller } from './tokenCaller.ts';

/** The parts of a result besides the caller. */
interface ResultParts {
  readonly policyDocument: PolicyDocument;
  /** Value of the API key that counts the caller. */
  readonly apiKey: string;
  readonly keyOwner: keyof typeof KEY_REJECTIONS;
  /** For this request, or for a later one that the cached policy does not allow. */
  readonly rejection: Denial;
  /** Why routes deny the caller, for the access log. */
  readonly denialReason: string;
  /** The client's address, where the access log cannot read it from the connection. */
  readonly address?: string | undefined;
}

/** Builds the result that API Gateway caches for a token: policy, context for the handlers, API key. */
export function authorizerResult(
  caller: TokenCaller,
  { policyDocument, apiKey, keyOwner, rejection, denialReason, address }: ResultParts,
): AuthorizerResult {
  const context: { -readonly [Name in keyof AuthorizerContext]: AuthorizerContext[Name] } = {
    subject: caller.subject,
    roles: caller.roles.join(' '),
    scopes: caller.scopes.join(' '),
    tier: caller.tier,
    client: caller.client,
    expires: String(caller.expires),
    issuer: caller.issuer,
    rejectionCode: rejection.code,
    rejectionDetail: rejection.detail,
    denialReason,
    keyRejectionCode: KEY_REJECTIONS[keyOwner].code,
    keyRejectionDetail: KEY_REJECTIONS[keyOwner].detail,
  };
  if (address !== undefined) context.address = address;
  for (const name of Object.keys(caller.claims)) context[claimMember(name)] = String(caller.claims[name]);
  return { principalId: caller.subject, policyDocument, context, usageIdentifierKey: apiKey };
}
