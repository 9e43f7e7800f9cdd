import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { keySetSource } from '../lib/construct/identity/oidc.ts';
import { localTls } from '../local/services/certificates.ts';
import { benchAssembly } from './assembly.ts';
import { ALL_CALLS, FIRST_RESPONSE, type Job, type Measured } from './job.ts';
import { median, type Row, row } from './row.ts';
import { inTurns } from './turns.ts';

const ROUNDS = 5;
const ORDER = { title: 'A title', body: 'x'.repeat(200), tags: ['a', 'b-1', 'c'] };

/**
 * The authorizer and the wrapper around handlers, as the bundles of a synthesized assembly, each against an empty function
 * in a process of the same kind: first response of a fresh process, and warm calls.
 */
export async function benchFunctions(rounds = ROUNDS): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-functions-'));
  const world = await startWorld(scratch);
  try {
    const { authorizer, handler } = bundlesOf(benchAssembly(scratch, world.issuer));
    const empty = join(scratch, 'empty.mjs');
    writeFileSync(empty, 'export const handler = async () => ({ statusCode: 200, headers: {}, body: "" });\n');
    const tokens = await Promise.all(Array.from({ length: ALL_CALLS }, (_, i) => world.token(i)));
    const one = [authorizerEvent(tokens[0] ?? '')];
    const distinct = tokens.map(authorizerEvent);
    const post = [proxyEvent()];
    return [
      ...(await compare(rounds, 'authorizer', world, { module: authorizer, events: one }, empty)),
      ...(await compare(rounds, 'authorizer, distinct tokens', world, { module: authorizer, events: distinct }, empty, [
        'warm',
      ])),
      ...(await compare(rounds, 'handler wrapper, POST validated', world, { module: handler, events: post }, empty)),
    ];
  } finally {
    world.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

type Work = Pick<Job, 'module' | 'events'>;

/** Ours and the empty function in turns, each round in fresh processes. */
async function compare(
  rounds: number,
  name: string,
  world: World,
  ours: Work,
  empty: string,
  kinds: readonly ('cold' | 'warm')[] = ['cold', 'warm'],
): Promise<readonly Row[]> {
  const measured = await inTurns(
    rounds,
    () => invoke(ours, world),
    () => invoke({ ...ours, module: empty }, world),
  );
  const of = (side: 'ours' | 'peer', key: keyof Measured) => median(measured[side].map((one) => one[key]));
  const rows = {
    cold: () =>
      row(`${name}: first response against an empty function`, 'ms', of('ours', 'coldMs'), of('peer', 'coldMs')),
    warm: () => row(`${name}: warm call against an empty function`, 'µs', of('ours', 'warmUs'), of('peer', 'warmUs')),
  };
  return kinds.map((kind) => rows[kind]());
}

function invoke(work: Work, world: World): Promise<Measured> {
  return new Promise((done, fail) => {
    const started = performance.now();
    const child = spawn(process.execPath, [join(import.meta.dirname, 'invoke.ts')], {
      env: { PATH: process.env['PATH'], ...world.environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let text = '';
    let firstResponse = Number.NaN;
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (Number.isNaN(firstResponse) && text.includes(FIRST_RESPONSE)) firstResponse = performance.now() - started;
    });
    child.once('error', fail);
    child.once('exit', (code) => {
      const warmUs = Number(text.trimEnd().split('\n').at(-1));
      if (code === 0) done({ coldMs: firstResponse, warmUs });
      else fail(new Error(`bench/invoke.ts ended with ${code}: ${text.slice(0, 500)}`));
    });
    child.stdin.end(JSON.stringify(work));
  });
}

interface World {
  readonly issuer: string;
  readonly environment: Readonly<Record<string, string>>;
  token(i: number): Promise<string>;
  close(): void;
}

/** An issuer's key set over TLS and a Secrets Manager, both on loopback: what the authorizer reads once. */
async function startWorld(scratch: string): Promise<World> {
  const tls = await localTls(scratch);
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS256', use: 'sig' };
  const keys = createServer({ cert: tls.cert, key: tls.key }, (_, response) =>
    response.end(JSON.stringify({ keys: [jwk] })),
  );
  const secrets = createHttpServer((_, response) => response.end(JSON.stringify({ SecretString: 'b'.repeat(48) })));
  const [keysPort, secretsPort] = await Promise.all([keys, secrets].map(listen));
  const issuer = `https://localhost:${keysPort}`;
  const source = keySetSource({ issuer, audience: 'documents', jwksUri: `${issuer}/jwks` });
  return {
    issuer,
    environment: {
      NODE_EXTRA_CA_CERTS: tls.caPath,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${secretsPort}`,
      SECURE_API_KEYS_SECRET: 'keys',
      SECURE_API_TOKEN_ISSUERS: JSON.stringify([source]),
      POWERTOOLS_SERVICE_NAME: 'documents',
      POWERTOOLS_METRICS_NAMESPACE: 'SecureApi',
      TABLE_NAME: 'documents',
    },
    token: (i) =>
      new SignJWT({ roles: ['editor'], client_id: 'bench' })
        .setProtectedHeader({ alg: 'RS256', kid: 'bench' })
        .setIssuer(issuer)
        .setAudience('documents')
        .setSubject(`user-${i}`)
        .setIssuedAt()
        .setExpirationTime('10m')
        .sign(privateKey),
    close: () => {
      for (const server of [keys, secrets]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function listen(server: ReturnType<typeof createServer> | ReturnType<typeof createHttpServer>): Promise<number> {
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done((server.address() as AddressInfo).port)));
}

/** The bundles of authorizer and handlers, found by what only they hold. */
export function bundlesOf(assembly: string): { authorizer: string; handler: string } {
  const bundles = readdirSync(assembly).filter((name) => name.startsWith('asset.'));
  const holding = (text: string) => {
    const found = bundles
      .map((name) => join(assembly, name, 'index.mjs'))
      .filter((file) => readFileSync(file, 'utf8').includes(text));
    if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} bundles hold ${text}`);
    return found[0];
  };
  return { authorizer: holding('Authorizer failed'), handler: holding('contract:{id:"createDocument"') };
}

function authorizerEvent(token: string): object {
  const headers = { Authorization: `Bearer ${token}` };
  return {
    type: 'REQUEST',
    methodArn: 'arn:aws:execute-api:eu-central-1:123456789012:api/live/GET/documents',
    resource: '/documents',
    httpMethod: 'GET',
    headers,
    multiValueHeaders: { Authorization: [headers.Authorization] },
    requestContext: { requestId: 'bench', identity: { sourceIp: '127.0.0.1' } },
  };
}

/** A valid request to `POST /documents`, as its function receives it. */
export function proxyEvent(): object {
  const headers = { 'Content-Type': 'application/json' };
  const expires = String(Math.floor(Date.now() / 1000) + 3_600);
  return {
    resource: '/documents',
    httpMethod: 'POST',
    headers,
    multiValueHeaders: { 'Content-Type': ['application/json'] },
    body: JSON.stringify(ORDER),
    isBase64Encoded: false,
    requestContext: {
      requestId: 'bench',
      authorizer: { subject: 'user', roles: 'editor', tier: 'free', client: 'bench', issuer: 'https://i', expires },
    },
  };
}
