import type { FunctionModel } from '../../assembly/model.ts';

/** Issuers as the environment of an authorizer has them, and the secret that the stack has. */
export const SECRET = 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:shared-AbCdEf';
export const secretString = (arn: string) => (arn === SECRET ? 'the text of the secret' : undefined);

const COMMON = { roles: { claim: 'roles' }, tierClaim: 'tier', clientClaim: 'client_id', maxLifetimeSeconds: 3600 };
export const OIDC = {
  ...COMMON,
  issuer: 'https://login.example.com',
  jwksUri: 'https://login.example.com/keys',
  algorithms: ['ES256', 'RS512'],
  audience: ['documents'],
};
export const COGNITO = {
  ...COMMON,
  issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_x',
  jwksUri: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_x/.well-known/jwks.json',
  algorithms: ['RS256'],
  clientIds: ['app', 'imported'],
  kind: { claims: { token_use: ['access'] } },
  roles: { claim: 'cognito:groups' },
};
export const HMAC = { ...COMMON, issuer: 'partner', hmacSecret: SECRET, audience: ['documents'] };
export const asking = (clientSecret: string) => ({
  ...COMMON,
  issuer: 'https://opaque.example',
  audience: ['documents'],
  introspection: { endpoint: 'https://opaque.example/ask', clientId: 'documents-api', clientSecret, cacheSeconds: 30 },
});

export const authorizer = (...sources: readonly object[]): FunctionModel => ({
  logicalId: 'Authorizer',
  name: 'authorizer',
  arn: 'arn:aws:lambda:eu-central-1:111111111111:function:authorizer',
  assetPath: '/nowhere',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  timeoutSeconds: 5,
  memoryMb: 256,
  environment: { SECURE_API_TOKEN_ISSUERS: JSON.stringify(sources), OTHER: 'kept' },
});
