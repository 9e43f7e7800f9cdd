import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { AuthorizerEvent, PolicyDocument } from '../../../../lambdas/authorizer/event.ts';
import type { AccessPolicy } from '../../../../lib/definition/bundledTypes.ts';
import type { KeySetIssuer } from '../../../../lib/definition/tokenIssuer.ts';
import { startHttps } from './services.ts';

export const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
type Algorithm = (typeof ALGORITHMS)[number];

/** The policy of the sample's roles, small enough to read. */
export const POLICY: AccessPolicy = {
  api: 'documents',
  roles: {
    viewer: ['document:read'],
    editor: ['document:create', 'document:read', 'document:update'],
    admin: ['document:create', 'document:delete', 'document:publish', 'document:read', 'document:update'],
  },
  exclusive: [],
  scopes: [],
  tiers: ['free', 'premium'],
  defaultTier: 'free',
  routes: [
    { id: 'health', method: 'GET', path: '/health', access: { kind: 'public' } },
    { id: 'me', method: 'GET', path: '/me', access: { kind: 'authenticated' } },
    { id: 'list', method: 'GET', path: '/documents', access: { kind: 'permission', permission: 'document:read' } },
    { id: 'create', method: 'POST', path: '/documents', access: { kind: 'permission', permission: 'document:create' } },
    { id: 'get', method: 'GET', path: '/documents/{id}', access: { kind: 'permission', permission: 'document:read' } },
    {
      id: 'put',
      method: 'PUT',
      path: '/documents/{id}',
      access: { kind: 'permission', permission: 'document:update' },
    },
    {
      id: 'delete',
      method: 'DELETE',
      path: '/documents/{id}',
      access: { kind: 'permission', permission: 'document:delete' },
    },
    {
      id: 'publish',
      method: 'POST',
      path: '/documents/{id}/publish',
      access: { kind: 'permission', permission: 'document:publish' },
    },
  ],
};

/** The environment that the construct gives an authorizer, with the services of a test instead of those of AWS. */
export function deployedEnvironment(issuerUrl: string, secretsUrl: string): Readonly<Record<string, string>> {
  return {
    SECURE_API_TOKEN_ISSUERS: JSON.stringify([tokenIssuerOf(issuerUrl)]),
    SECURE_API_KEYS_SECRET: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:keys',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secretsUrl,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POWERTOOLS_METRICS_NAMESPACE: 'SecureApi',
  };
}

/** An issuer that serves its keys over real HTTPS, with a certificate that this process trusts. */
export interface TestIssuer {
  readonly url: string;
  /** Requests for the keys so far. */
  readonly fetches: () => number;
  /** Responds to every request for the keys with 503. */
  readonly fail: (failing: boolean) => void;
  readonly sign: (claims: JWTPayload, options?: SignOptions) => Promise<string>;
  readonly addKey: (kid: string, algorithm: Algorithm, jwk?: Readonly<Record<string, unknown>>) => Promise<void>;
  /** The issuer no longer publishes the key, but still signs with it on request, as a thief would. */
  readonly withdrawKey: (kid: string) => void;
  readonly publicJwk: (kid: string) => Readonly<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

interface SignOptions {
  readonly kid?: string;
  readonly header?: Readonly<Record<string, unknown>>;
}

export async function startIssuer(algorithms: readonly Algorithm[] = ALGORITHMS): Promise<TestIssuer> {
  const keys = new Map<
    string,
    { algorithm: Algorithm; privateKey: Parameters<SignJWT['sign']>[0]; jwk: Record<string, unknown> }
  >();
  let fetches = 0;
  let failing = false;
  const withdrawn = new Set<string>();
  const addKey = async (kid: string, algorithm: Algorithm, more: Readonly<Record<string, unknown>> = {}) => {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig', ...more };
    keys.set(kid, { algorithm, privateKey, jwk });
    withdrawn.delete(kid);
  };
  for (const algorithm of algorithms) await addKey(algorithm, algorithm);

  const { url, close } = await startHttps((_request, response) => {
    fetches += 1;
    response.writeHead(failing ? 503 : 200, { 'content-type': 'application/json' });
    const published = [...keys].filter(([kid]) => !withdrawn.has(kid)).map(([, { jwk }]) => jwk);
    response.end(JSON.stringify({ keys: published }));
  });
  return {
    url,
    fetches: () => fetches,
    fail: (value) => {
      failing = value;
    },
    addKey,
    withdrawKey: (kid) => withdrawn.add(kid),
    publicJwk: (kid) => keys.get(kid)?.jwk ?? {},
    sign: async (claims, { kid = 'RS256', header = {} } = {}) => {
      const found = keys.get(kid);
      if (found === undefined) throw new Error(`no key ${kid}`);
      return new SignJWT(claims).setProtectedHeader({ alg: found.algorithm, kid, ...header }).sign(found.privateKey);
    },
    close,
  };
}

export function tokenIssuerOf(issuer: string, change: Partial<KeySetIssuer> = {}): KeySetIssuer {
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    algorithms: ALGORITHMS,
    audience: ['documents'],
    roles: { claim: 'roles' },
    tierClaim: 'tier',
    clientClaim: 'client_id',
    maxLifetimeSeconds: 3600,
    clockToleranceSeconds: 5,
    ...change,
  };
}

/** Claims of a valid token; `undefined` leaves one out. */
export function claimsOf(issuer: string, change: Readonly<Record<string, unknown>> = {}): JWTPayload {
  const now = Math.floor(Date.now() / 1000);
  const good = {
    iss: issuer,
    aud: 'documents',
    sub: 'user-1',
    client_id: 'acme',
    iat: now,
    exp: now + 300,
    roles: ['viewer'],
  };
  return { ...good, ...change } as JWTPayload;
}

export function eventOf(
  authorization: string | undefined,
  method = 'GET',
  resource = '/documents',
  path = resource,
): AuthorizerEvent {
  const headers = authorization === undefined ? {} : { Authorization: authorization };
  return {
    methodArn: `${STAGE}/${method}${path}`,
    resource,
    httpMethod: method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    requestContext: { requestId: 'request-1', identity: { sourceIp: '192.0.2.1' } },
  };
}

export const STAGE = 'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod';

/** How API Gateway evaluates a cached policy: `*` is any string, `?` any character, Deny wins, and the default is Deny. */
export function allows(policy: PolicyDocument, method: string, path: string): boolean {
  const arn = `${STAGE}/${method}${path}`;
  const matches = (effect: 'Allow' | 'Deny') =>
    policy.Statement.filter(({ Effect }) => Effect === effect)
      .flatMap(({ Resource }) => Resource)
      .some((pattern) =>
        new RegExp(
          `^${pattern
            .replaceAll(/[.\\$()+[\]^{|}]/g, '\\$&')
            .replaceAll('*', '.*')
            .replaceAll('?', '.')}$`,
          's',
        ).test(arn),
      );
  return matches('Allow') && !matches('Deny');
}

/** Lines that the function writes to standard output and error. */
export async function linesOf(run: () => Promise<unknown>): Promise<readonly string[]> {
  const lines: string[] = [];
  const streams = [process.stdout, process.stderr];
  const writes = streams.map(({ write }) => write);
  const collect = ((chunk: string | Uint8Array) => {
    lines.push(...chunk.toString().split('\n').filter(Boolean));
    return true;
  }) as typeof process.stdout.write;
  for (const stream of streams) stream.write = collect;
  try {
    await run().catch(() => undefined);
  } finally {
    streams.forEach((stream, index) => {
      stream.write = writes[index] ?? stream.write;
    });
  }
  return lines;
}
