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
  roles: { claim: 'groups', separator: ';', map: { 'Orders.Admin': 'reader' }, organizations: ['1'] },
  tierClaim: 'tier',
  clientClaim: 'client_id',
  maxLifetimeSeconds: 3_600,
  clockToleranceSeconds: 5,
  requireType: true,
  dpop: 'optional',
};
const keys = {
  algorithms: ['RS256'],
  staleHours: 1,
  warmKeys: { readAt: '2026-01-01T00:00:00Z', keys: [publicKey.export({ format: 'jwk' })] },
};
const { issuer: _, audience: __, clientClaim: ___, requireType: ____, dpop: _____, ...forPresets } = token;
const common = { ...forPresets, ...keys };
const { clientIds: ______, ...forGoogle } = common;
const GUID = '00000000-0000-0000-0000-00000000000a';
const entraRoles = { claim: 'groups', map: { [GUID]: 'reader' } };
const machine = { scopes: [], roles: ['reader'], tier: 'free' };
const identities = {
  oidc: {
    ...token,
    jwksUri: 'https://login.example.com/keys',
    ...keys,
  },
  hmac: { ...token, secret },
  introspection: { ...token, endpoint: 'https://login.example.com/introspect', clientId: 'a', secret, cacheSeconds: 5 },
  auth0: {
    ...common,
    domain: 'example.eu.auth0.com',
    audience: 'notes',
    namespace: 'https://api.example.com',
    organizations: ['org_1'],
  },
  entra: { ...common, roles: entraRoles, tenantId: GUID, audience: GUID, tokenVersion: 2, appOnlyTokens: true },
  entraTenants: { ...common, tenants: [GUID], audience: [GUID] },
  okta: { ...common, dpop: 'optional', domain: 'example.okta.com', authorizationServer: 'default', audience: 'notes' },
  keycloak: {
    ...common,
    dpop: 'optional',
    url: 'https://sso.example.com/auth',
    realm: 'shop',
    audience: 'notes',
    client: 'my.app',
  },
  googlePeople: { ...forGoogle, clientIds: ['1-a.apps.googleusercontent.com'], hostedDomains: ['example.com'] },
  googleAccounts: { ...forGoogle, audience: 'notes', serviceAccounts: ['a@b.iam.gserviceaccount.com'] },
  existingPool: {
    userPool: 'eu-west-1_AbCdEfGhI',
    userPoolClients: ['1h57kf5cpq17m0eml12EXAMPLE'],
    roles: token.roles,
    tierClaim: 'tier',
    maxLifetimeSeconds: 3_600,
    clockToleranceSeconds: 5,
    staleHours: 1,
  },
  cognito: {
    callbackUrls: ['https://app.example.com'],
    logoutUrls: ['https://app.example.com'],
    signIn: { prefix: 'notes' },
    mfa: 'required',
    threatProtection: 'audit',
    machineClients: { job: machine },
  },
};

/** Every prop of `SecureApi`. */
const props = {
  definition,
  handlers,
  identity: Identity.oidc({
    issuer: 'https://login.example.com',
    jwksUri: 'https://login.example.com/keys',
    audience: 'tests',
  }),
  revocation: { cacheSeconds: 10, whenUnreachable: 'accept' },
  domain: { name: 'api.example.com', certificate, zone },
  cors: {
    origins: ['https://app.example.com'],
    credentials: false,
    maxAgeSeconds: 60,
    allowHeaders: ['X-Trace'],
    exposeHeaders: ['X-Trace'],
  },
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
    p99Ms: 10,
    requests: 1,
    unauthorized: 1,
    forbidden: 1,
    throttled: 1,
    riskySignIns: 1,
    wafBlocked: 1,
    authorizerErrors: 1,
    authorizerFailures: 1,
    authorizerMs: 10,
    functionErrors: 1,
    functionThrottles: 1,
    certificateDays: 1,
  },
  logRetention: RetentionDays.ONE_DAY,
  allowedLinesPerMinute: 60,
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
  ['Identity.cognito() of a pool that exists', identities.existingPool, Identity.cognito as Use],
  ['Identity.auth0()', identities.auth0, Identity.auth0 as Use],
  ['Identity.entra() of a tenant', identities.entra, Identity.entra as Use],
  ['Identity.entra() of several tenants', identities.entraTenants, Identity.entra as Use],
  ['Identity.okta()', identities.okta, Identity.okta as Use],
  ['Identity.keycloak()', identities.keycloak, Identity.keycloak as Use],
  ['Identity.google() for people', identities.googlePeople, Identity.google as Use],
  ['Identity.google() for service accounts', identities.googleAccounts, Identity.google as Use],
];

/** Of a resource, definition or identity only the whole is replaced, and the user chooses the names of some objects. */
const isOpaque = (path: Path) => ['definition', 'identity'].includes(String(path[0]));
const FREE = ['environment', 'machineClients', 'keys', 'map'];
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
      const error = errorOf(
        () => new SecureApi(new Stack(), 'Api', { ...props, notify: [make(value as never)] } as never),
      );
      expect(error?.code).toBe('notify-invalid');
      expect(error?.location).toBe('notify.0');
      expect(flawsOf(error?.message ?? '')).toEqual([]);
    }
  });

  it('can be a topic', () => {
    expect(Notify.topic(new Topic(new Stack(), 'T')).faults).toEqual([]);
  });
});
