import { generateKeyPairSync } from 'node:crypto';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Role } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Identity, Notify, SecureApi, UploadBucket } from '../../lib/construct/index.ts';
import { ConfigError } from '../../lib/definition/index.ts';
import { temporaryFolder } from '../support/folders.ts';
import { generatedApi, writeHandlers } from '../support/generated.ts';
import { flawsOf, misspellings, type Path, pathsIn, renamed, replaced, STRANGE_VALUES } from '../support/mistakes.ts';

const resources = new Stack(new App(), 'Resources');
const certificate = Certificate.fromCertificateArn(resources, 'C', 'arn:aws:acm:eu-west-1:123456789012:certificate/a');
const secret = Secret.fromSecretNameV2(resources, 'S', 'shared');
const zone = HostedZone.fromHostedZoneAttributes(resources, 'Z', { hostedZoneId: 'Z1', zoneName: 'example.com' });
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const definition = generatedApi(1);
const handlers = temporaryFolder();

/** The options of each kind of identity, complete. */
const token = {
  issuer: 'https://login.example.com',
  audience: ['notes'],
  clientIds: ['web'],
  rolesClaim: 'roles',
  tierClaim: 'tier',
  clientClaim: 'client_id',
  maxLifetimeSeconds: 3_600,
  clockToleranceSeconds: 5,
  requireType: true,
  dpop: 'optional',
};
const machine = { scopes: [], roles: ['reader'], tier: 'free' };
const identities = {
  oidc: {
    ...token,
    jwksUri: 'https://login.example.com/keys',
    algorithms: ['RS256'],
    staleHours: 1,
    warmKeys: { readAt: '2026-01-01T00:00:00Z', keys: [publicKey.export({ format: 'jwk' })] },
  },
  hmac: { ...token, secret },
  introspection: { ...token, endpoint: 'https://login.example.com/introspect', clientId: 'a', secret, cacheSeconds: 5 },
  cognito: {
    callbackUrls: ['https://app.example.com'],
    logoutUrls: ['https://app.example.com'],
    signIn: { prefix: 'notes' },
    mfa: 'required',
    machineClients: { job: machine },
  },
};

/** Every prop of `SecureApi`. */
const props = {
  definition,
  handlers,
  identity: Identity.oidc({ issuer: 'https://login.example.com', audience: 'tests' }),
  revocation: { cacheSeconds: 10, whenUnreachable: 'accept' },
  domain: { name: 'api.example.com', certificate, zone },
  notify: [Notify.email('ops@example.com')],
  stageName: 'pre-prod',
  authorizerCacheSeconds: 30,
  clients: false,
  throttle: { rate: 100, burst: 50 },
  waf: {
    ipLimit: 1_000,
    tokenLimit: 1_000,
    addresses: { allow: ['192.0.2.0/24'], deny: ['198.51.100.1'] },
    countries: { deny: ['DE'] },
    without: { common: 'not needed here' },
    logs: false,
  },
  alarms: {
    serverErrorPercent: 1,
    p99Ms: 1,
    requests: 1,
    unauthorized: 1,
    forbidden: 1,
    throttled: 1,
    wafBlocked: 1,
    authorizerErrors: 1,
    authorizerFailures: 1,
    authorizerMs: 1,
    functionErrors: 1,
    functionThrottles: 1,
    certificateDays: 1,
  },
  logRetention: RetentionDays.ONE_DAY,
  removal: 'retain',
  logRemovalPolicy: RemovalPolicy.DESTROY,
  responses: 'enforce',
  problemTypeBase: 'https://help.example.com/errors/',
  tracing: false,
  environment: { COLOUR: 'green' },
};
const bucket = {
  prefix: 'files/',
  scanner: Role.fromRoleName(resources, 'R', 'scanner'),
  keepRejected: Duration.days(1),
  keepReplaced: Duration.days(1),
  keepAccessLogs: Duration.days(1),
  removal: 'destroy',
};

type Use = (value: never) => unknown;
/** What takes each object, and the object. `SecureApi` binds a Cognito identity, so it is used with one. */
const subjects: readonly (readonly [string, object, Use])[] = [
  ['SecureApi', props, (value) => new SecureApi(new Stack(), 'Api', value)],
  ['UploadBucket', bucket, (value) => new UploadBucket(new Stack(), 'Uploads', value)],
  ['Identity.oidc()', identities.oidc, Identity.oidc as Use],
  ['Identity.hmac()', identities.hmac, Identity.hmac as Use],
  ['Identity.introspection()', identities.introspection, Identity.introspection as Use],
  ['Identity.cognito()', identities.cognito, Identity.cognito as Use],
];

/** Of a resource, definition or identity only the whole is replaced, and the user chooses the names of some objects. */
const isOpaque = (path: Path) => ['definition', 'identity'].includes(String(path[0]));
const FREE = ['environment', 'machineClients', 'keys'];
const isFree = (path: Path) => FREE.some((name) => path.at(-2) === name || path.at(-3) === name);

function errorOf(use: () => unknown): ConfigError | undefined {
  try {
    use();
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

describe('props and options', () => {
  beforeAll(() => writeHandlers(definition, handlers));
  let count = 0;

  it.each(subjects)('of %s are accepted when all are given', (_, whole, use) => {
    expect(errorOf(() => use(whole as never))?.message).toBeUndefined();
  });

  it.each(subjects)('of %s are rejected with each name misspelt, and the error suggests the name', (_, whole, use) => {
    const names = pathsIn(whole, isOpaque).filter((path) => typeof path.at(-1) === 'string' && !isFree(path));
    const known = new Set(names.map((path) => path.at(-1)));
    const cases = names.flatMap((path) =>
      misspellings(String(path.at(-1))).flatMap((name) => (known.has(name) ? [] : [[path, name] as const])),
    );
    const accepted = cases.filter(([path, name]) => {
      const faults = errorOf(() => use(renamed(whole, path, name) as never))?.faults ?? [];
      return !faults.some(({ location, fix }) => location.endsWith(name) && fix.includes(String(path.at(-1))));
    });
    expect(accepted.map(([path, name]) => [...path, name].join('.'))).toEqual([]);
    count += cases.length;
  });

  it.each(subjects)(
    'of %s with each value replaced by a strange one are accepted or clearly rejected',
    (_, whole, use) => {
      const paths = [[], ...pathsIn(whole, isOpaque)];
      const cases = paths.flatMap((path) => STRANGE_VALUES.map((value) => [path, value] as const));
      const flaws = cases.flatMap(([path, value]) => {
        const where = `${path.join('.')} = ${typeof value}`;
        try {
          const message = errorOf(() => use(replaced(whole, path, value) as never))?.message ?? '';
          return flawsOf(message).map((flaw) => `${where}: ${flaw} in ${message}`);
        } catch (error) {
          return [`${where}: ${(error as Error).stack?.slice(0, 400)}`];
        }
      });
      expect(flaws).toEqual([]);
      count += cases.length;
    },
    240_000,
  );

  afterAll(() => {
    expect(count).toBeGreaterThan(1_000);
  });
});

describe('a recipient of notifications', () => {
  it.each(STRANGE_VALUES.map((value) => [value]))('is rejected as %o', (value) => {
    for (const make of [Notify.email, Notify.https, Notify.topic] as readonly Use[]) {
      const error = errorOf(() => make(value as never));
      expect(error?.code).toBe('notify-invalid');
      expect(flawsOf(error?.message ?? '')).toEqual([]);
    }
  });

  it('can be a topic', () => {
    expect(errorOf(() => Notify.topic(new Topic(new Stack(), 'T')))).toBeUndefined();
  });
});
