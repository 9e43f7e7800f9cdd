import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Identity, Notify, type SecureApiProps } from '../../lib/construct/index.ts';
import { defineRoles, get, post, Webhook } from '../../lib/definition/index.ts';
import { root } from '../support/folders.ts';
import { type Effect, effectsOf, isKnownType } from '../support/updateEffects.ts';
import {
  domain,
  type JsonTemplate,
  synthesizeVariant,
  templateIn,
  type Variant,
  variantInput,
} from '../support/variants.ts';

/** What no update replaces or deletes, unless the table of changes allows it: data, keys, pools, addresses. */
const PROTECTED = [
  'ApiGateway::ApiKey',
  'ApiGateway::DomainName',
  'ApiGateway::RestApi',
  'Cognito::UserPool',
  'Cognito::UserPoolClient',
  'DynamoDB::GlobalTable',
  'KMS::Key',
  'S3::Bucket',
  'SecretsManager::Secret',
];
const ISSUER = { issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys', audience: 'a' };
const done = { responses: { 200: { description: 'Done' } } };
const { routes, tiers } = variantInput;
const { listThings, addThing, ...otherRoutes } = routes;
const { free, paid } = tiers;
const review = { reviewed: '2026-11-01', reviewEveryDays: 90 };
const writer = { can: ['thing:write'] };
const cognito = (machineClients: Readonly<Record<string, object>> = { robot: { roles: ['writer'] } }, more = {}) =>
  Identity.cognito({ signIn: { prefix: 'variants' }, machineClients, ...more });
const pool = cognito();
const oidc = Identity.oidc(ISSUER);
const hmac = Identity.hmac({ issuer: 'billing', audience: 'a' });

/** The stack before an update. */
const BASE: Partial<SecureApiProps> = {
  identity: [pool, oidc],
  revocation: true,
  clients: true,
  notify: [Notify.email('ops@example.com')],
};

/** Props and input that an update changes, and what of the protected resources it may take. */
interface Change {
  readonly input?: Readonly<Record<string, unknown>>;
  readonly props?: Partial<SecureApiProps>;
  /** The host name after the update, or none. */
  readonly host?: string | undefined;
  /** The stack before, where it is another. */
  readonly from?: Partial<SecureApiProps>;
  /** The input before, where it is another. */
  readonly fromInput?: Readonly<Record<string, unknown>>;
  readonly allows?: readonly string[];
}

const roles = (byName: Readonly<Record<string, { can: string[] }>>) => ({
  roles: defineRoles(byName as never, review),
});

/** By the words of the page. */
const CHANGES: Readonly<Record<string, Change>> = {
  'add a route': {
    input: { routes: { ...routes, countThings: get('/things/count', { permission: 'thing:read', ...done }) } },
  },
  'remove the last route of a group': { input: { routes: { addThing, ...otherRoutes } } },
  'rename a route': { input: { routes: { readThings: listThings, addThing, ...otherRoutes } } },
  'rename a route with `isolate`': { input: { routes: { listThings, makeThing: addThing, ...otherRoutes } } },
  'move a route to another first segment': {
    input: { routes: { listThings, addThing, health: get('/status', { public: 'monitors call it', ...done }) } },
  },
  'add a role': { input: roles({ reader: { can: ['thing:read'] }, writer, auditor: { can: ['thing:read'] } }) },
  'remove a role': { input: roles({ writer: { can: ['thing:read', 'thing:write'] } }) },
  'rename a role': { input: roles({ viewer: { can: ['thing:read'] }, writer }) },
  'add a tier': { input: { tiers: { free, paid, gold: paid } } },
  'change the limits of a tier': { input: { tiers: { free, paid: { ...paid, rate: 99, burst: 99 } } } },
  'remove a tier': { input: { tiers: { free } }, allows: ['ApiGateway::ApiKey'] },
  'rename a tier': { input: { tiers: { free, gold: paid } }, allows: ['ApiGateway::ApiKey'] },
  'add a scope': { input: { scopes: { things: 'Uses things', more: 'Uses more' } } },
  'rename or remove a scope': { input: { scopes: { items: 'Uses things' } } },
  'rename the API': { input: { name: 'renamed' } },
  'change title, description or version': { input: { title: 'New', description: 'New', version: '2.0.0' } },
  'change `stageName`': { props: { stageName: 'v2' } },
  'add `domain`': { from: BASE, host: 'api.example.com' },
  'change the name of `domain`': { host: 'other.example.com', allows: ['ApiGateway::DomainName'] },
  'remove `domain`': { host: undefined, allows: ['ApiGateway::DomainName'] },
  'change issuer or audience': {
    props: {
      identity: [
        pool,
        Identity.oidc({ issuer: 'https://new.example.com', jwksUri: 'https://new.example.com/keys', audience: 'b' }),
      ],
    },
  },
  'add an identity before the user pool': { props: { identity: [oidc, pool] } },
  'add an identity before `Identity.hmac()`': {
    from: { identity: [pool, hmac] },
    props: { identity: [pool, oidc, hmac] },
  },
  'add an identity after `Identity.hmac()`': {
    from: { identity: [pool, hmac] },
    props: { identity: [pool, hmac, oidc] },
  },
  'remove `Identity.cognito()`': { props: { identity: oidc } },
  'add a machine client': {
    props: { identity: [cognito({ robot: { roles: ['writer'] }, second: { roles: ['reader'] } }), oidc] },
  },
  'change roles, scopes or tier of a machine client': {
    props: { identity: [cognito({ robot: { roles: ['reader'], scopes: ['things'], tier: 'paid' } }), oidc] },
  },
  'rename or remove a machine client': {
    props: { identity: [cognito({ machine: { roles: ['writer'] } }), oidc] },
  },
  'change `callbackUrls` or `mfa`': {
    props: { identity: [cognito(undefined, { callbackUrls: ['https://a.example.com/'], mfa: 'required' }), oidc] },
  },
  'change `threatProtection` from `enforce` to `audit`': {
    from: { ...BASE, identity: [cognito(undefined, { threatProtection: 'enforce' }), oidc] },
    props: { identity: [cognito(undefined, { threatProtection: 'audit' }), oidc] },
  },
  'remove `threatProtection`': {
    from: { ...BASE, identity: [cognito(undefined, { threatProtection: 'audit' }), oidc] },
    props: { identity: [cognito(undefined), oidc] },
  },
  'change the prefix of `signIn`': {
    props: { identity: [cognito(undefined, { signIn: { prefix: 'another' } }), oidc] },
  },
  'change `notify`': { props: { notify: [Notify.email('new@example.com')] } },
  'change `throttle`, `alarms`, `tracing`, `environment`, `responses` or `authorizerCacheSeconds`': {
    props: {
      throttle: { rate: 9, burst: 9 },
      alarms: { requests: 9 },
      tracing: true,
      environment: { COLOUR: 'green' },
      responses: 'enforce',
      authorizerCacheSeconds: 9,
    },
  },
  'change `logRetention` or `logRemovalPolicy`': {
    props: { logRetention: RetentionDays.ONE_YEAR, logRemovalPolicy: RemovalPolicy.RETAIN },
  },
  'change `removal`': { props: { removal: 'protect' } },
  'remove the last webhook': {
    fromInput: { routes: { ...routes, paid: post('/paid', { webhook: Webhook.stripe('signing'), ...done }) } },
    allows: ['DynamoDB::GlobalTable'],
  },
  'remove the last `idempotency`': {
    fromInput: {
      routes: {
        ...routes,
        addThing: post('/things', { permission: 'thing:write', isolate: true, idempotency: true, ...done }),
      },
    },
  },
  'remove `clients`': { props: { clients: false } },
  'remove `revocation`': { props: { revocation: false } },
  'remove the log of the web ACL': { props: { waf: { logs: false } } },
};

const HOST = 'api.example.com';
const made = new Map<string, JsonTemplate>();

type Input = NonNullable<Variant['input']>;

const secretOf = (stack: Stack) => Secret.fromSecretNameV2(stack, 'Signing', 'signing');

/** The template of a stack; those of the same name are synthesized once. */
function template(
  name: string,
  props: Partial<SecureApiProps>,
  host: string | undefined,
  input: Input = {},
): JsonTemplate {
  const variant: Variant = {
    input,
    props: (stack) => ({
      ...props,
      ...(host === undefined ? {} : { domain: domain(stack, host) }),
      ...('paid' in Object(input['routes']) ? { webhooks: { signing: secretOf(stack) } } : {}),
    }),
  };
  const template = made.get(name) ?? templateIn(synthesizeVariant(variant, false));
  made.set(name, template);
  return template;
}

function update({ input, props = {}, from, fromInput, ...rest }: Change): readonly [JsonTemplate, JsonTemplate] {
  const before = from ?? BASE;
  const hostBefore = from === undefined ? HOST : undefined;
  const host = 'host' in rest ? rest.host : hostBefore;
  return [
    from === undefined
      ? template(fromInput === undefined ? 'base' : `base${made.size}`, before, HOST, fromInput)
      : template(from === BASE ? 'without domain' : `from${made.size}`, before, undefined),
    template(JSON.stringify([input, Object.keys(props), made.size]), { ...before, ...props }, host, input),
  ];
}

/** What the page says: `type` of what is replaced or deleted, with what stays behind. A deployment of the API is always new. */
function summary(effects: readonly Effect[]): string {
  const types = effects
    .filter(({ type }) => type !== 'AWS::ApiGateway::Deployment')
    .map(({ type, kind }) => `\`${short(type)}\`${kind === 'kept' ? ' (stays behind)' : ''}`);
  return types.length === 0 ? 'nothing' : [...new Set(types)].sort().join(', ');
}

const short = (type: string) => type.replace(/^AWS::/, '');

describe.each(Object.entries(CHANGES))('an update: %s', (name, change) => {
  let effects: readonly Effect[] = [];
  let templates: readonly [JsonTemplate, JsonTemplate];
  beforeAll(() => {
    templates = update(change);
    effects = effectsOf(...templates);
  });

  it('replaces and deletes nothing that holds data, a key or an address, unless that is what changes', () => {
    const lost = effects.filter(({ kind }) => kind !== 'kept').map(({ type }) => short(type));
    const unexpected = lost.filter((type) => PROTECTED.includes(type) && !change.allows?.includes(type));
    expect(unexpected).toEqual([]);
    expect(change.allows?.filter((type) => !lost.includes(type)) ?? []).toEqual([]);
  });

  it('has only types whose updates are known', () => {
    const types = templates.flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type));
    expect([...new Set(types)].filter((type) => !isKnownType(type))).toEqual([]);
  });

  it('is in docs/deploy.md as it is', () => {
    expect(rows().get(name)).toBe(summary(effects));
  });
});

describe('docs/deploy.md', () => {
  it('lists no other changes', () => {
    expect([...rows().keys()].filter((name) => CHANGES[name] === undefined)).toEqual([]);
  });
});

afterAll(() => made.clear());

/** The rows of the section, by their first column, with the second. */
function rows(): ReadonlyMap<string, string> {
  const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
  const [, section = ''] = page.split('\n## What an update replaces\n');
  const [own = ''] = section.split('\n## ');
  const cells = own.split('\n').flatMap((line) => {
    const [, change, replaced] = line.split(' | ').length > 1 ? ['', ...line.slice(2).split(' | ')] : [];
    return change === undefined || replaced === undefined ? [] : [[change, replaced] as const];
  });
  return new Map(cells.filter(([change]) => change !== 'change' && change !== '---'));
}
