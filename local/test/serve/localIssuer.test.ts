import { describe, expect, test } from 'vitest';
import type { UserPoolModel } from '../../assembly/model.ts';
import { tokenIssuerGaps, tokenSettingsOf, withLocalIssuer } from '../../serve/localIssuer.ts';
import { aStack } from '../support/gateway.ts';
import { asking, authorizer, COGNITO, HMAC, OIDC, SECRET, secretString } from '../support/tokenIssuers.ts';

const ISSUER = 'https://localhost:9';
const localSources = (...sources: readonly object[]): unknown => {
  const [fn] = withLocalIssuer([authorizer(...sources)], ISSUER, secretString);
  expect(fn?.environment['OTHER']).toBe('kept');
  return JSON.parse(fn?.environment['SECURE_API_TOKEN_ISSUERS'] ?? '');
};

const POOL: UserPoolModel = {
  id: 'eu-central-1_x',
  issuer: COGNITO.issuer,
  clients: [
    {
      id: 'app',
      name: 'App',
      hasSecret: false,
      flows: ['code'],
      scopes: ['openid'],
      callbackUrls: ['https://app.example/cb'],
    },
    {
      id: 'job',
      name: 'Job',
      hasSecret: true,
      flows: ['client_credentials'],
      scopes: ['documents/read'],
      callbackUrls: [],
    },
  ],
};
const options = (...sources: readonly object[]) =>
  tokenSettingsOf(aStack({ functions: [authorizer(...sources)], userPools: [POOL] }), secretString);

describe('the variable of the authorizer', () => {
  test('a provider with published keys has the keys of the local issuer; all that is checked stays', () => {
    expect(localSources(OIDC)).toEqual([{ ...OIDC, issuer: ISSUER, jwksUri: `${ISSUER}/jwks` }]);
  });

  test("a user pool's tokens are still known by their clients; made-up clients get a second entry", () => {
    const { clientIds, ...kept } = { ...COGNITO, issuer: ISSUER, jwksUri: `${ISSUER}/jwks` };
    expect(localSources(COGNITO)).toEqual([
      { ...kept, clientIds },
      { ...kept, audience: ['urn:secure-api:local'] },
    ]);
  });

  test('a mapping of groups to roles also takes the names of those roles, as local tokens have them', () => {
    const map = [
      ['a1b2-c3', ['editor', 'viewer']],
      ['viewer', ['admin']],
    ];
    const names = ['editor', 'viewer', 'admin'].map((role) => [role, [role]]);
    const roles = { claim: 'groups', map };
    expect(localSources({ ...OIDC, roles: { ...roles, organizations: ['1'] } })).toMatchObject([
      { roles: { claim: 'groups', map: [...names, ...map] } },
    ]);
  });

  test("a provider's marks of its tokens are not expected, and the client is in client_id", () => {
    const marks = { kind: { claims: { typ: ['Bearer'] } }, requiredClaims: { tid: ['a'] }, tenants: ['a'] };
    expect(localSources({ ...OIDC, ...marks, clientClaim: 'azp' })).toEqual([
      { ...OIDC, issuer: ISSUER, jwksUri: `${ISSUER}/jwks`, clientClaim: ['azp', 'client_id'] },
    ]);
  });

  test('a shared secret is shared here, too: nothing changes', () => {
    expect(localSources(HMAC)).toEqual([HMAC]);
  });

  test('an introspecting issuer keeps its name, and the local endpoint responds', () => {
    const source = asking(SECRET);
    const endpoint = `${ISSUER}/token/introspection`;
    expect(localSources(source)).toEqual([{ ...source, introspection: { ...source.introspection, endpoint } }]);
  });

  test('several sources work side by side; of two with published keys the first one does', () => {
    const sources = localSources(OIDC, { ...OIDC, issuer: 'https://second.example' }, HMAC, asking(SECRET));
    expect(sources).toMatchObject([{ issuer: ISSUER }, { issuer: 'partner' }, { issuer: 'https://opaque.example' }]);
  });

  test('an issuer whose secret another stack owns gets the keys of the local issuer, and no secret', () => {
    const { introspection: _, ...kept } = asking('arn:aws:secretsmanager:eu-central-1:1:secret:foreign-AbCdEf');
    const proven = { issuer: ISSUER, jwksUri: `${ISSUER}/jwks`, algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'] };
    expect(localSources(asking('arn:aws:secretsmanager:eu-central-1:1:secret:foreign-AbCdEf'))).toEqual([
      { ...kept, ...proven },
    ]);
  });

  test('functions that are no authorizers, and values that are no sources, are left as they are', () => {
    const handler = { ...authorizer(), environment: { TABLE: 't' } };
    const broken = { ...authorizer(), environment: { SECURE_API_TOKEN_ISSUERS: '{' } };
    expect(withLocalIssuer([handler, broken], ISSUER, secretString)).toEqual([handler, broken]);
  });
});

describe('the settings of the issuer', () => {
  test('each kind of token is one that the stack accepts, the first source first', () => {
    expect(options(HMAC, asking(SECRET), OIDC).targets).toEqual([
      {
        format: 'hmac',
        audience: ['documents'],
        clientIds: [],
        algorithms: [],
        lifetimeSeconds: 3600,
        issuer: 'partner',
        secret: 'the text of the secret',
      },
      {
        format: 'opaque',
        audience: ['documents'],
        clientIds: [],
        algorithms: [],
        lifetimeSeconds: 3600,
        issuer: 'https://opaque.example',
      },
      {
        format: 'jwt',
        audience: ['documents'],
        clientIds: [],
        algorithms: ['ES256', 'RS512'],
        lifetimeSeconds: 3600,
      },
    ]);
  });

  test('a stack without sources accepts what its own authorizers accept: the usual tokens', () => {
    expect(tokenSettingsOf(aStack(), secretString)).toEqual({
      targets: [
        {
          format: 'jwt',
          audience: ['urn:secure-api:local'],
          clientIds: [],
          algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
          lifetimeSeconds: 3600,
        },
      ],
      clients: [],
      rolesClaims: ['roles'],
      tierClaims: ['tier'],
      claims: {},
      roles: [],
      tiers: [],
    });
  });

  test('tokens for two APIs of a stack are accepted by both', () => {
    const other = { ...OIDC, audience: ['reports'], algorithms: ['RS512'], maxLifetimeSeconds: 600 };
    const model = aStack({ functions: [authorizer(OIDC), authorizer(other)] });
    expect(tokenSettingsOf(model, secretString).targets).toEqual([
      {
        format: 'jwt',
        audience: ['documents', 'reports'],
        clientIds: [],
        algorithms: ['RS512'],
        lifetimeSeconds: 600,
      },
    ]);
  });

  test("clients are the user pool's, those that authorizers name, and those that ask about tokens", () => {
    const client = { redirectUris: [], scopes: [], introspects: false };
    expect(options(COGNITO, asking(SECRET)).clients).toEqual([
      {
        ...client,
        id: 'app',
        name: 'App',
        userPool: POOL.id,
        isPublic: true,
        flows: ['code'],
        scopes: ['openid'],
        redirectUris: ['https://app.example/cb'],
      },
      {
        ...client,
        id: 'job',
        name: 'Job',
        userPool: POOL.id,
        isPublic: false,
        flows: ['client_credentials'],
        scopes: ['documents/read'],
      },
      { ...client, id: 'imported', isPublic: true, flows: ['code'] },
      {
        ...client,
        id: 'documents-api',
        isPublic: false,
        secret: 'the text of the secret',
        flows: [],
        introspects: true,
      },
    ]);
  });
});

test('what is stood in for, or left out, is said at start', () => {
  const second = { ...OIDC, issuer: 'https://second.example' };
  const fn = authorizer(asking('arn:elsewhere'), second, HMAC);
  expect(tokenIssuerGaps([fn], secretString).map(({ detail }) => detail)).toEqual([
    'tokens of https://opaque.example are not accepted here; its secret is not in this stack, so JWTs of the local issuer are',
    'tokens of https://second.example are not accepted here',
  ]);
});

test('issuers in the code of an authorizer are replaced by a variable, which takes precedence', () => {
  const { environment, ...fn } = authorizer(COGNITO);
  const bundled = {
    ...fn,
    environment: { OTHER: 'kept' },
    bundledIssuers: environment['SECURE_API_TOKEN_ISSUERS'] ?? '',
  };
  expect(withLocalIssuer([bundled], ISSUER, secretString)[0]?.environment).toEqual(
    withLocalIssuer([authorizer(COGNITO)], ISSUER, secretString)[0]?.environment,
  );
});
