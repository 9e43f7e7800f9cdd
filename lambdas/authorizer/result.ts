import { DENIALS, type ProblemCodeOf } from '../shared/problems.ts';
import type { TokenCaller } from './caller.ts';
import type { AuthorizerResult, PolicyDocument } from './event.ts';

/** Code of the problem that a denied caller gets. */
export type RejectionCode = ProblemCodeOf<'authorizer'>;

/** What an answer is made of beside the caller. */
interface ResultParts {
  readonly policyDocument: PolicyDocument;
  /** Value of the API key that counts the caller. */
  readonly apiKey: string;
  /** Of this request, or of a later one that the kept policy does not allow. */
  readonly rejection: RejectionCode;
}

/** Puts together what API Gateway caches for a token: policy, context for the handlers, API key. */
export function authorizerResult(
  caller: TokenCaller,
  { policyDocument, apiKey, rejection }: ResultParts,
): AuthorizerResult {
  return {
    principalId: caller.subject,
    policyDocument,
    context: {
      subject: caller.subject,
      roles: caller.roles.join(' '),
      scopes: caller.scopes.join(' '),
      tier: caller.tier,
      client: caller.client,
      expires: String(caller.expires),
      issuer: caller.issuer,
      rejectionCode: rejection,
      rejectionDetail: DENIALS[rejection],
    },
    usageIdentifierKey: apiKey,
  };
}
