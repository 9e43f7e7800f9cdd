import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuthorizerEvent, AuthorizerResult } from '../../../lambdas/authorizer/event.ts';
import { documents } from '../../../lambdas/documents/api.ts';
import { type Bundles, bundleFunctions } from '../../../lib/bundle/bundle.ts';
import { revocationIds } from '../../../lib/cli/revocations.ts';
import type { Api } from '../../../lib/definition/index.ts';
import { root } from '../../support/folders.ts';
import { allows, claimsOf, deployedEnvironment, eventOf, startIssuer, type TestIssuer } from './support/authorizer.ts';
import { startSecrets } from './support/services.ts';
import { startTables } from './support/tables.ts';

// The certificate of the issuer is of today.
const START = Math.floor(Date.now() / 1000) * 1000;
const at = (seconds: number) => vi.setSystemTime(START + seconds * 1000);
/** Half of the longest life of a token: the clock can be set back and forward by less, and the token is still valid. */
const HALF_LIFE = 1_800;
const OLD_SECRET = 'a'.repeat(48);
const NEW_SECRET = 'b'.repeat(48);

interface Decide {
  (token: string, method?: string): Promise<string>;
  /** Subject and tier in the last result. */
  readonly last: () => string;
}

let bundles: Bundles;
let issuer: TestIssuer;
let secrets: Awaited<ReturnType<typeof startSecrets>>;
let tables: Awaited<ReturnType<typeof startTables>>;
beforeAll(async () => {
  bundles = bundleFunctions(documents as unknown as Api, join(root, 'lambdas/documents'));
  tables = await startTables();
}, 120_000);
afterAll(() => {
  bundles?.remove();
  tables?.close();
});
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START });
  issuer = await startIssuer(['ES256']);
  secrets = await startSecrets(OLD_SECRET);
  for (const id of Object.keys(tables.items)) delete tables.items[id];
});
afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  await Promise.all([issuer.close(), secrets.close()]);
});

let instances = 0;
/** A new instance of the bundled authorizer, with every cache that it has. Returns what it decides: the key of an allowed request. */
async function instance(): Promise<Decide> {
  const settings = {
    ...deployedEnvironment(issuer.url, secrets.url),
    AWS_ENDPOINT_URL_DYNAMODB: tables.url,
    SECURE_API_CLIENTS_TABLE: 'clients',
    SECURE_API_REVOCATIONS: JSON.stringify({ table: 'revocations', cacheSeconds: 15, whenUnreachable: 'reject' }),
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const file = `${join(bundles.authorizer.directory, 'index.mjs')}?instance=${instances++}`;
  const { handler } = (await import(/* @vite-ignore */ file)) as {
    readonly handler: (event: AuthorizerEvent) => Promise<AuthorizerResult>;
  };
  let last = '';
  const decide = async (token: string, method = 'GET') => {
    try {
      const { policyDocument, usageIdentifierKey, context } = await handler(eventOf(`Bearer ${token}`, method));
      last = `${context.subject} ${context.tier}`;
      return allows(policyDocument, method, '/documents') ? String(usageIdentifierKey) : 'denied';
    } catch (error) {
      return (error as Error).message;
    }
  };
  return Object.assign(decide, { last: () => last });
}

const signed = (change: Readonly<Record<string, unknown>> = {}) => {
  const now = START / 1000;
  const times = { iat: now - HALF_LIFE, exp: now + HALF_LIFE };
  return issuer.sign(claimsOf(issuer.url, { ...times, jti: 'token-1', ...change }), { kid: 'ES256' });
};
const client = (status: string, tier = 'free') => ({
  tier: { S: tier },
  status: { S: status },
  keyVersion: { N: '1' },
});

interface Change {
  /** Seconds that a result may be kept. */
  readonly seconds: number;
  /** What was decided before. */
  readonly before: RegExp;
  readonly after: RegExp;
  apply(): unknown;
}

const ALLOWED = /^free-a{48}$/;
const CHANGES: Readonly<Record<string, Change>> = {
  'a revocation': {
    seconds: 15,
    before: ALLOWED,
    after: /^Unauthorized$/,
    apply: () => {
      const [id = ''] = revocationIds({ jti: 'token-1' });
      tables.items[id] = { id: { S: id }, expires: { N: '99999999999' } };
    },
  },
  'a suspension of the client': {
    seconds: 30,
    before: ALLOWED,
    after: /^denied$/,
    apply: () => {
      tables.items['client#acme'] = client('suspended');
    },
  },
  'a key of its own for the client': {
    seconds: 30,
    before: ALLOWED,
    after: /^[\da-f]{64}$/,
    apply: () => {
      tables.items['client#acme'] = client('active');
    },
  },
  'a withdrawal of the key': {
    seconds: 600,
    before: ALLOWED,
    after: /^Unauthorized$/,
    apply: async () => {
      await issuer.addKey('next', 'ES256');
      issuer.withdrawKey('ES256');
    },
  },
  'a replacement of the key, with the same id': {
    seconds: 600,
    before: ALLOWED,
    after: /^Unauthorized$/,
    apply: () => issuer.addKey('ES256', 'ES256'),
  },
  'a rotation of the secret of the API keys': {
    seconds: 900,
    before: ALLOWED,
    after: /^free-b{48}$/,
    apply: () => secrets.rotate('*', { current: NEW_SECRET }),
  },
};

describe.each(Object.entries(CHANGES))('%s', (_, { seconds, before, after, apply }) => {
  it.each([
    ['once a result is as old as it may be', seconds],
    ['after the clock was set forward', HALF_LIFE - 1],
    ['after the clock was set back', 1 - HALF_LIFE],
    ['after the clock was set back by a second', -1],
  ])('has its effect %s', async (_when, step) => {
    const [decide, token] = [await instance(), await signed()];
    for (let i = 0; i < 3; i++) expect(await decide(token)).toMatch(before);
    await apply();
    at(step);
    expect(await decide(token)).toMatch(after);
    expect(await decide(token)).toMatch(after);
  });

  it('has its effect although the clock was set back, and the time until then passed again', async () => {
    const [decide, token] = [await instance(), await signed()];
    expect(await decide(token)).toMatch(before);
    at(1 - HALF_LIFE);
    expect(await decide(token)).toMatch(before);
    await apply();
    at(1 - HALF_LIFE + seconds);
    expect(await decide(token)).toMatch(after);
    at(0);
    expect(await decide(token)).toMatch(after);
  });
});

describe('a token', () => {
  it('is rejected from the second of its expiry, and before it was issued, however often it was accepted', async () => {
    const [decide, token] = [await instance(), await signed()];
    for (const [seconds, expected] of [
      [0, ALLOWED],
      [HALF_LIFE + 4, ALLOWED],
      [HALF_LIFE + 5, /^Unauthorized$/],
      [0, ALLOWED],
      [-HALF_LIFE - 6, /^Unauthorized$/],
    ] as const) {
      at(seconds);
      expect(await decide(token), `at ${seconds}`).toMatch(expected);
    }
  });

  it('loses a temporary role when it ends, and has it again where the clock is set back', async () => {
    const elevated = [{ role: 'editor', until: START / 1000 + 60 }];
    const [decide, token] = [await instance(), await signed({ roles: ['viewer'], elevated })];
    for (const [seconds, expected] of [
      [0, ALLOWED],
      [59, ALLOWED],
      [60, /^denied$/],
      [61, /^denied$/],
      [59, ALLOWED],
    ] as const) {
      at(seconds);
      expect(await decide(token, 'POST'), `at ${seconds}`).toMatch(expected);
      expect(await decide(token)).toMatch(ALLOWED);
    }
  });

  it('has the tier that the record of its client has now', async () => {
    const [decide, token] = [await instance(), await signed()];
    for (const [i, tier] of ['premium', 'free', 'premium', 'unknown', 'premium'].entries()) {
      tables.items['client#acme'] = client('active', tier);
      at(30 * (i + 1));
      for (let again = 0; again < 2; again++) {
        await decide(token);
        expect(decide.last()).toBe(`user-1 ${tier === 'unknown' ? 'free' : tier}`);
      }
    }
    delete tables.items['client#acme'];
    at(180);
    await decide(token);
    expect(decide.last()).toBe('user-1 free');
  });

  it('has its own subject, whichever tokens were accepted before', async () => {
    const decide = await instance();
    const tokens = await Promise.all(['user-1', 'user-2', 'user-3'].map((sub) => signed({ sub })));
    for (const i of [0, 1, 0, 2, 2, 1, 0]) {
      await decide(tokens[i] ?? '');
      expect(decide.last()).toBe(`user-${i + 1} free`);
    }
  });

  it('with other roles than the one before has their access at once, in any order', async () => {
    const decide = await instance();
    const access = async (roles: readonly string[]) =>
      (await decide(await signed({ roles }), 'POST')) === 'denied' ? 'denied' : 'allowed';
    for (let i = 0; i < 3; i++) {
      expect(await access(['editor'])).toBe('allowed');
      expect(await access(['viewer'])).toBe('denied');
      expect(await access(['viewer', 'editor'])).toBe('allowed');
      expect(await access([])).toBe('denied');
    }
  });
});

it('while keys, tables and secret are unreachable, a clock that was set back allows nothing', async () => {
  const [decide, token] = [await instance(), await signed()];
  expect(await decide(token)).toMatch(ALLOWED);
  issuer.fail(true);
  at(-1);
  expect(await decide(token)).toBe('Authorizer failed');
  issuer.fail(false);
  expect(await decide(token)).toMatch(ALLOWED);
});
