/** Every variant of the construct, which the tests of whole templates synthesize and check. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import {
  Identity,
  Notify,
  type Removal,
  SecureApi,
  type SecureApiProps,
  SharedDomain,
  UploadBucket,
} from '../../lib/construct/index.ts';
import { type Api, defineApi, defineRoles, get, post, Webhook } from '../../lib/definition/index.ts';
import { temporaryFolder } from './folders.ts';
import { handlersOf } from './generated.ts';

type Props = Partial<SecureApiProps>;

/** A stack with one `SecureApi`. */
export interface Variant {
  /** The definition, {@link variantInput} changed. @default - as it is */
  readonly input?: Readonly<Record<string, unknown>>;
  /** Props besides definition, handlers and identity, or instead of them. */
  readonly props?: Props | ((stack: Stack) => Props);
  /** Adds resources to the stack. */
  readonly more?: (stack: Stack, api: SecureApi) => void;
  readonly env?: { readonly account: string; readonly region: string };
  /** Context of the app. */
  readonly context?: Readonly<Record<string, unknown>>;
}

const done = { responses: { 200: { description: 'Done' } } };
const quota = { requests: 1_000, per: 'DAY' } as const;
const exact = { requests: 10, perSeconds: 1, by: 'client', onUnavailable: 'reject' } as const;
const ISSUER = 'https://login.example.com';
const cognito = { signIn: { prefix: 'variants' }, callbackUrls: ['https://app.example.com/callback'] };
const robot = { roles: ['reader'], scopes: ['things'], tier: 'paid' };
/** What the definitions of all variants have in common: two tiers, a scope, an isolated route and a public one. */
export const variantInput = {
  name: 'variants',
  version: '1.0.0',
  roles: defineRoles(
    { reader: { can: ['thing:read'] }, writer: { extends: ['reader'], can: ['thing:write'] } },
    { reviewed: '2026-11-01', reviewEveryDays: 90 },
  ),
  scopes: { things: 'Uses things' },
  tiers: { free: { rate: 10, burst: 20, quota }, paid: { rate: 50, burst: 60, quota } },
  anonymous: { rate: 5, burst: 10 },
  routes: {
    listThings: get('/things', { permission: 'thing:read', limits: { free: { rate: 1, burst: 2 } }, ...done }),
    addThing: post('/things', { permission: 'thing:write', isolate: true, ...done }),
    health: get('/health', { public: 'monitors call it', ...done }),
  },
};

/** The certificate of a CA, valid for a hundred years; nobody has its key. */
const PARTNER_CA = join(import.meta.dirname, 'partnerCa.pem');

/** A domain with its zone. */
export function domain(stack: Stack, name = 'api.example.com') {
  const zone = HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z1', zoneName: 'example.com' });
  return { name, zone };
}

function certificate(stack: Stack, region: string) {
  return Certificate.fromCertificateArn(stack, `Of${region}`, `arn:aws:acm:${region}:123456789012:certificate/a`);
}

function introspection(stack: Stack) {
  const secret = Secret.fromSecretNameV2(stack, 'ClientSecret', 'client-secret');
  const endpoint = `${ISSUER}/introspect`;
  return Identity.introspection({ issuer: `${ISSUER}/opaque`, audience: 'x', clientId: 'x', endpoint, secret });
}

function uploads(stack: Stack, api: SecureApi, removal?: Removal): void {
  const bucket = new UploadBucket(stack, 'Uploads', { removal });
  const fn = api.handler('listThings');
  bucket.grantStatus(fn);
  bucket.grantRead(fn);
  bucket.grantPut(fn);
  bucket.grantList(fn);
  bucket.grantDelete(fn);
}

const withKeys = {
  routes: {
    ...variantInput.routes,
    addThing: post('/things', { permission: 'thing:write', isolate: true, idempotency: true, ...done }),
  },
};
const withExact = { tiers: { ...variantInput.tiers, free: { ...variantInput.tiers.free, exact } } };
const dpop = (kind: 'optional' | 'required') =>
  Identity.oidc({ issuer: `${ISSUER}/dpop`, jwksUri: `${ISSUER}/dpop/keys`, audience: 'x', dpop: kind });
const hmac = () => Identity.hmac({ issuer: 'billing', audience: 'x' });

/** Every prop that adds resources. */
function everything(removal: Removal): Variant {
  return {
    input: { ...withExact, ...withKeys },
    props: (stack) => ({
      identity: [
        Identity.cognito({ ...cognito, machineClients: { robot }, threatProtection: 'enforce' }),
        dpop('optional'),
        hmac(),
        introspection(stack),
      ],
      domain: domain(stack),
      notify: [Notify.email('ops@example.com')],
      cors: { origins: ['https://app.example.com', 'https://b.example.com'], credentials: true },
      revocation: true,
      clients: true,
      keyRotationDays: 90,
      tracing: true,
      guardDuty: 'api',
      budget: { usdPerMonth: 200 },
      removal,
    }),
    more: (stack, api) => uploads(stack, api, removal),
  };
}

/** By name. Every prop that adds or changes a resource has one, and the last ones have all of them together. */
export const variants: Readonly<Record<string, Variant>> = {
  'as it is': {},
  webhooks: {
    input: {
      routes: {
        ...variantInput.routes,
        paid: post('/paid', { webhook: Webhook.stripe('stripe-signing'), ...done }),
        pushed: post('/pushed', { webhook: Webhook.github('github-signing'), ...done }),
      },
    },
    props: (stack) => ({
      webhooks: {
        'stripe-signing': Secret.fromSecretNameV2(stack, 'StripeSigning', 'stripe-signing'),
        'github-signing': Secret.fromSecretNameV2(stack, 'GitHubSigning', 'github-signing'),
      },
    }),
  },
  'a user pool': { props: { identity: Identity.cognito() } },
  'a second factor for everybody': { props: { identity: Identity.cognito({ ...cognito, mfa: 'required' }) } },
  'sign-ins that are assessed': { props: { identity: Identity.cognito({ ...cognito, threatProtection: 'audit' }) } },
  'risks that are responded to': {
    props: { identity: Identity.cognito({ ...cognito, mfa: 'required', threatProtection: 'enforce' }) },
  },
  'a sign-in domain': {
    props: (stack) => {
      const signIn = { domainName: 'login.example.com', certificate: certificate(stack, 'us-east-1') };
      return { identity: Identity.cognito({ ...cognito, signIn }) };
    },
  },
  'machine clients': { props: { identity: Identity.cognito({ ...cognito, machineClients: { robot } }) } },
  'a shared secret': { props: { identity: hmac() } },
  introspection: { props: (stack) => ({ identity: introspection(stack) }) },
  'a user pool that exists': {
    props: (stack) => {
      const userPool = UserPool.fromUserPoolId(stack, 'Existing', 'eu-west-1_AbCdEfGhI');
      return { identity: Identity.cognito({ userPool, userPoolClients: ['1h57kf5cpq17m0eml12EXAMPLE'] }) };
    },
  },
  'bound tokens': { props: { identity: dpop('required') } },
  'a deny list': { props: { revocation: true } },
  'a domain': { props: (stack) => ({ domain: domain(stack) }) },
  'a domain with its own certificate': {
    props: (stack) => ({ domain: { name: 'api.example.com', certificate: certificate(stack, 'eu-west-1') } }),
  },
  'several names': {
    props: (stack) => {
      const alternativeNames = ['shop.example.com', '*.tenants.example.com'];
      return { domain: { ...domain(stack), alternativeNames, wildcard: true, caa: true } };
    },
  },
  'the DNS of another provider': { props: { domain: { name: 'api.example.com', dns: 'external' } } },
  'a shared domain': {
    props: (stack) => {
      const shared = new SharedDomain(stack, 'Shared', { ...domain(stack), caa: true, tls: 'compatible' });
      const header = { name: 'x-api-version', value: '2' };
      return { domain: { shared, basePath: 'shop/v1', header }, tls: 'compatible' };
    },
  },
  'the TLS policy for FIPS': { props: (stack) => ({ domain: domain(stack), tls: 'fips' }) },
  'mutual TLS': {
    props: (stack) => ({
      domain: domain(stack),
      tls: 'legacy-1.2',
      mtls: {
        trustStore: PARTNER_CA,
        revocation: true,
        client: { from: 'dnsName', names: { 'a.example.com': 'acme' } },
      },
    }),
  },
  'the older TLS policy': { props: (stack) => ({ domain: domain(stack), tls: 'legacy-1.2' }) },
  'pages of an origin': { props: { cors: { origins: ['https://app.example.com'] } } },
  'pages of several origins': { props: { cors: { origins: ['https://app.example.com', 'https://b.example.com'] } } },
  traces: { props: { tracing: true } },
  'traces by a collector': {
    props: (stack) => ({
      tracing: {
        endpoint: 'https://collector.example.com',
        headers: Secret.fromSecretNameV2(stack, 'CollectorHeaders', 'collector-headers'),
      },
    }),
  },
  'no log of the web ACL': { props: { waf: { logs: false } } },
  'address and country lists': {
    props: { waf: { addresses: { deny: ['192.0.2.0/24', '2001:db8::/32'] }, countries: { allow: ['DE', 'FR'] } } },
  },
  'recipients of notifications': {
    props: (stack) => {
      const topic = Notify.topic(Topic.fromTopicArn(stack, 'Other', 'arn:aws:sns:eu-west-1:123456789012:other'));
      return { notify: [Notify.email('ops@example.com'), Notify.https('https://hooks.example.com'), topic] };
    },
  },
  'findings of the account, and a budget by tag': {
    props: { guardDuty: 'account', budget: { usdPerMonth: 50, tag: { key: 'service', value: 'variants' } } },
  },
  'registered clients': { props: { clients: true } },
  'rotated keys': { props: { keyRotationDays: 90 } },
  'rotated keys of registered clients': { props: { clients: true, keyRotationDays: 7 } },
  'exact limits': { input: withExact },
  'idempotency keys': { input: withKeys },
  objectives: { input: { slo: { availability: 99.9, p99: 300 } } },
  'a bucket for files': { more: (stack, api) => uploads(stack, api) },
  'logs that are retained': { props: { logRemovalPolicy: RemovalPolicy.RETAIN } },
  'account and region': { env: { account: '123456789012', region: 'eu-central-1' } },
  everything: everything('retain'),
  'everything, protected': everything('protect'),
  'everything in a sandbox': everything('destroy'),
  'everything in a sandbox of a known region': {
    ...everything('destroy'),
    env: { account: '123456789012', region: 'eu-central-1' },
  },
};

/** APIs behind CloudFront, which not every partition has. In us-east-1 everything is in one stack. */
export const edgeVariants = {
  CloudFront: {
    props: (stack) => ({ edge: 'cloudfront', domain: domain(stack), waf: { addresses: { deny: ['192.0.2.0/24'] } } }),
    env: { account: '123456789012', region: 'us-east-1' },
  },
  'CloudFront from another region': {
    props: (stack) => ({ edge: { type: 'cloudfront', http: 'reject' }, domain: domain(stack), removal: 'destroy' }),
    env: { account: '123456789012', region: 'eu-central-1' },
  },
  'CloudFront with mutual TLS': {
    props: (stack) => ({
      edge: 'cloudfront',
      domain: domain(stack),
      mtls: { trustStore: PARTNER_CA, mode: 'optional', revocation: true },
    }),
    env: { account: '123456789012', region: 'eu-central-1' },
  },
} as const satisfies Readonly<Record<string, Variant>>;

/** Variants that have every alarm together, each feature that one watches. */
export const alarmedVariants: readonly Variant[] = [
  ...['everything', 'webhooks', 'mutual TLS', 'objectives'].map((name) => variants[name] ?? {}),
  { props: (stack) => ({ domain: domain(stack), canary: { endpoints: true, route: 'health' } }) },
  edgeVariants['CloudFront with mutual TLS'],
];

/** A template as JSON. */
export interface JsonTemplate {
  readonly Resources: Readonly<Record<string, JsonResource>>;
}

export interface JsonResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

export const STACK = 'Variant';

/**
 * Synthesizes a variant into a new folder, under both rule packs unless `checkRules` is false.
 *
 * @returns the folder of the cloud assembly.
 * @throws when a rule is broken.
 */
export function synthesizeVariant({ input, props = {}, more, env, context }: Variant, checkRules = true): string {
  const folder = temporaryFolder();
  const definition = defineApi({ ...variantInput, ...input } as never, {
    today: new Date('2026-11-10T00:00:00Z'),
  }) as unknown as Api;
  const handlers = handlersOf(definition);
  const app = new App({ outdir: join(folder, 'out'), context });
  const stack = new Stack(app, STACK, { env });
  const identity = Identity.oidc({ issuer: ISSUER, jwksUri: `${ISSUER}/keys`, audience: 'variants' });
  const given = typeof props === 'function' ? props(stack) : props;
  const api = new SecureApi(stack, 'Api', { definition, handlers, identity, ...given });
  more?.(stack, api);
  if (checkRules) Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  app.synth();
  return join(folder, 'out');
}

/** The template in the folder of {@link synthesizeVariant}. */
export function templateIn(folder: string): JsonTemplate {
  const path = join(folder, `${STACK}.template.json`);
  if (!existsSync(path)) throw new Error(`There is no ${path}`);
  return JSON.parse(readFileSync(path, 'utf8')) as JsonTemplate;
}
