import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import type { AuthorizerEvent, IdentitySource, PolicyDocument } from '../../lambdas/authorizer/index.ts';
import type { AccessPolicy } from '../../lib/definition/projected.ts';

export const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
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

/** An issuer that serves its keys over real HTTPS, with a certificate that this process trusts. */
export interface TestIssuer {
  readonly url: string;
  /** Requests for the keys so far. */
  readonly fetches: () => number;
  /** Answers every request for the keys with 503. */
  readonly fail: (failing: boolean) => void;
  readonly sign: (claims: JWTPayload, options?: SignOptions) => Promise<string>;
  readonly addKey: (kid: string, algorithm: Algorithm) => Promise<void>;
  readonly publicJwk: (kid: string) => Readonly<Record<string, unknown>>;
  readonly close: () => Promise<void>;
}

interface SignOptions {
  readonly kid?: string;
  readonly header?: Readonly<Record<string, unknown>>;
}

export async function startIssuer(): Promise<TestIssuer> {
  const keys = new Map<
    string,
    { algorithm: Algorithm; privateKey: Parameters<SignJWT['sign']>[0]; jwk: Record<string, unknown> }
  >();
  let fetches = 0;
  let failing = false;
  const addKey = async (kid: string, algorithm: Algorithm) => {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    keys.set(kid, { algorithm, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: 'sig' } });
  };
  for (const algorithm of ALGORITHMS) await addKey(algorithm, algorithm);

  const { key, cert } = await selfSigned();
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), cert]);
  const server = createServer({ key, cert }, (_request, response) => {
    fetches += 1;
    response.writeHead(failing ? 503 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ keys: [...keys.values()].map(({ jwk }) => jwk) }));
  });
  const port = await listen(server);
  return {
    url: `https://localhost:${port}`,
    fetches: () => fetches,
    fail: (value) => {
      failing = value;
    },
    addKey,
    publicJwk: (kid) => keys.get(kid)?.jwk ?? {},
    sign: async (claims, { kid = 'RS256', header = {} } = {}) => {
      const found = keys.get(kid);
      if (found === undefined) throw new Error(`no key ${kid}`);
      return new SignJWT(claims).setProtectedHeader({ alg: found.algorithm, kid, ...header }).sign(found.privateKey);
    },
    close: () => stop(server),
  };
}

/** A Secrets Manager that knows one secret. */
export async function startSecrets(value: string) {
  let requests = 0;
  let failing = false;
  const server = createHttpServer((request, response) => {
    requests += 1;
    const known = request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue';
    const signed = request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') === true;
    response.writeHead(known && signed && !failing ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ SecretString: value }));
  });
  await listen(server);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    fail: (next: boolean) => {
      failing = next;
    },
    close: () => stop(server),
  };
}

export function sourceOf(issuer: string, change: Partial<IdentitySource> = {}): IdentitySource {
  return {
    issuer,
    jwksUri: `${issuer}/jwks`,
    algorithms: ALGORITHMS,
    audience: ['documents'],
    rolesClaim: 'roles',
    tierClaim: 'tier',
    clientClaim: 'client_id',
    maxLifetimeSeconds: 3600,
    clockToleranceSeconds: 5,
    ...change,
  };
}

/** Claims of a good token; `undefined` leaves one out. */
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

/** What API Gateway does with a cached policy: `*` is any text, Deny wins, nothing said is a Deny. */
export function allows(policy: PolicyDocument, method: string, path: string): boolean {
  const arn = `${STAGE}/${method}${path}`;
  const matches = (effect: 'Allow' | 'Deny') =>
    policy.Statement.filter(({ Effect }) => Effect === effect)
      .flatMap(({ Resource }) => Resource)
      .some((pattern) =>
        new RegExp(`^${pattern.replaceAll(/[.\\$()+?[\]^{|}]/g, '\\$&').replaceAll('*', '.*')}$`, 's').test(arn),
      );
  return matches('Allow') && !matches('Deny');
}

/** Lines that were written to standard output and error meanwhile. */
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

async function selfSigned(): Promise<{ key: string; cert: string }> {
  // The package asks for a metadata polyfill, of which it only needs the names here.
  const none = () => undefined;
  if (!('getMetadata' in Reflect)) {
    Object.assign(Reflect, { getMetadata: none, getOwnMetadata: none, defineMetadata: none });
  }
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=localhost',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [
      new x509.BasicConstraintsExtension(true),
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: 'localhost' }]),
    ],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    cert: certificate.toString('pem'),
  };
}

function listen(server: Server | ReturnType<typeof createHttpServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, () => resolve((server.address() as AddressInfo).port));
  });
}

function stop(server: Server | ReturnType<typeof createHttpServer>): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
