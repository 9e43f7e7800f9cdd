import { expect, it } from 'vitest';
import { authorizerResult } from '../../../lambdas/authorizer/result.ts';
import { DENIALS } from '../../../lambdas/shared/problems.ts';

it('the result passes the caller to API Gateway as strings', () => {
  const policyDocument = { Version: '2012-10-17', Statement: [] } as const;
  const caller = {
    subject: 'u',
    client: 'acme',
    roles: ['a', 'b'],
    permissions: [],
    scopes: ['x', 'y'],
    tier: 'free',
    expires: 5,
    issuer: 'https://i.example',
    claims: {},
    ignored: { unknown: [], exclusive: [], ended: [], tier: undefined },
  };
  expect(
    authorizerResult(caller, {
      policyDocument,
      apiKey: 'key',
      keyOwner: 'ofTier',
      denialReason: 'permission-missing',
      rejection: { code: 'forbidden', detail: DENIALS.forbidden },
    }),
  ).toEqual({
    principalId: 'u',
    policyDocument,
    context: {
      subject: 'u',
      roles: 'a b',
      scopes: 'x y',
      tier: 'free',
      client: 'acme',
      expires: '5',
      issuer: 'https://i.example',
      rejectionCode: 'forbidden',
      rejectionDetail: 'The caller has no permission for this route.',
      denialReason: 'permission-missing',
      keyRejectionCode: 'forbidden',
      keyRejectionDetail: 'The caller has no key in this stage.',
    },
    usageIdentifierKey: 'key',
  });
});
