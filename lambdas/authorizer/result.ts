import type { TokenCaller } from './caller.ts';
import type { AuthorizerAnswer, PolicyDocument } from './event.ts';

/** What the gateway response for refused callers says; a template there can do no more than fill it in. */
export const DENIALS = {
  forbidden: 'The caller has no permission for this route.',
  'client-suspended': 'The client is suspended.',
} as const;

/** Code of the problem that a refused caller is answered with. */
export type RejectionCode = keyof typeof DENIALS;

/** What an answer is made of beside the caller. */
interface AnswerParts {
  readonly policyDocument: PolicyDocument;
  /** Value of the API key that counts the caller. */
  readonly apiKey: string;
  /** Of this request, or of a later one that the kept policy does not allow. */
  readonly rejection: RejectionCode;
}

/** Puts together what API Gateway caches for a token: policy, context for the handlers, API key. */
export function answerOf(caller: TokenCaller, { policyDocument, apiKey, rejection }: AnswerParts): AuthorizerAnswer {
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
