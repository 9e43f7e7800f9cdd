import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf } from '../../lambdas/authorizer/caller.ts';
import { tokenVerifier } from '../../lambdas/authorizer/verify.ts';
import type { Identity } from '../../lib/construct/index.ts';
import type { KeySetIssuer, PublicJwk } from '../../lib/definition/tokenIssuer.ts';
import { folderOf, root } from '../support/folders.ts';
import { POLICY } from '../unit/authorizer/support/authorizer.ts';
import { ACCEPTED } from './acceptedTokens.ts';
import type { ProviderToken } from './providerTokens.ts';
import { REJECTED } from './rejectedTokens.ts';

const pages = ['identity.md', ...readdirSync(join(root, 'docs/identity')).map((file) => `identity/${file}`)];
const snippets = pages.flatMap((page) =>
  [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code),
);
/** The examples of providers that publish keys; none needs a file. */
const PRESETS = /Identity\.(?:oidc|auth0|entra|okta|keycloak|google)\(|userPoolClients/;
const runnable = snippets.filter((code) => PRESETS.test(code) && !code.includes('warmKeys'));

let folder = '';
let examples: ReadonlyMap<string, KeySetIssuer>;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let published: readonly PublicJwk[];

beforeAll(async () => {
  const modules = runnable.map((code, i) => [
    `example${i}.ts`,
    code.replace("'secure-api'", "'../../../lib/index.ts'"),
  ]);
  folder = folderOf(Object.fromEntries(modules), join(root, 'test/docs'));
  const loaded = await Promise.all(
    modules.map(async ([file = '']) => Object.entries((await import(join(folder, file))) as Record<string, Identity>)),
  );
  const stack = new Stack(new App(), 'Examples', { env: { account: '123456789012', region: 'eu-west-1' } });
  const identities = loaded.flat().filter(([, one]) => typeof one !== 'function');
  const sources = identities.map(([name, one]) => [name, resolved(stack, one.bind(stack, {} as never).source)]);
  examples = new Map(sources as [string, KeySetIssuer][]);
  keys = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(keys.publicKey)), kty: 'RSA' };
  published = [
    // Keycloak publishes its key for encryption in the same set; Entra writes no alg.
    { ...jwk, kid: 'enc', use: 'enc', alg: 'RSA-OAEP', x5c: ['MIICmzCCAYMCBgF'] },
    { ...jwk, kid: 'sig', use: 'sig', x5c: ['MIICmzCCAYMCBgF'], x5t: 'x', cloud_instance_name: 'x' },
  ];
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** In a stack of a known region, only the suffix of its partition is a token of the CDK. */
function resolved(stack: Stack, source: unknown): unknown {
  return JSON.parse(JSON.stringify(source).replaceAll(stack.urlSuffix, 'amazonaws.com'));
}

/** The caller of a token by the identity of an example, or why it was rejected. */
async function outcomeOf(example: string, { header, claims }: Pick<ProviderToken, 'header' | 'claims'>) {
  const source = examples.get(example);
  if (source === undefined) return `no example ${example}`;
  const warmKeys = { [source.jwksUri]: { readAt: new Date().toISOString(), keys: published } };
  const secrets = { current: async () => '', previous: async () => undefined };
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT(claims(now))
    .setProtectedHeader({ alg: 'RS256', kid: 'sig', ...header })
    .sign(keys.privateKey);
  try {
    const verified = await tokenVerifier([source], { secrets, warmKeys })(token);
    const { roles, client, tier, scopes } = callerOf(
      verified,
      { ...POLICY, scopes: ['documents.read'] },
      { nowSeconds: now },
    );
    return { roles, client, tier, scopes };
  } catch (error) {
    return (error as { readonly reason?: string }).reason;
  }
}

describe('an example of docs/identity', () => {
  it('has a token in the form that its provider issues', () => {
    const names = [...examples.keys()].sort();
    expect(names).toEqual([...new Set(ACCEPTED.map(({ example }) => example))].sort());
    // Of each provider, a close-by token is rejected.
    const rejected = REJECTED.map(({ example }) => example);
    expect(names.filter((name) => !rejected.includes(name))).toEqual(['byOrganization', 'byString', 'discovered']);
  });

  it.each(ACCEPTED)('accepts $form ($example)', async ({ example, caller, ...token }) => {
    expect(await outcomeOf(example, token)).toEqual({ tier: 'free', scopes: [], ...caller });
  });

  it.each(REJECTED)('rejects $form ($example)', async ({ example, reason, ...token }) => {
    expect(await outcomeOf(example, token)).toBe(reason);
  });
});
