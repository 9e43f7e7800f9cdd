import type { TokenCaller } from './caller.ts';
import type { AuthorizerAnswer, PolicyDocument } from './event.ts';

/** Puts together what API Gateway caches for a token: policy, context for the handlers, API key of the tier. */
export function answerOf(caller: TokenCaller, policyDocument: PolicyDocument, apiKey: string): AuthorizerAnswer {
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
    },
    usageIdentifierKey: apiKey,
  };
}
