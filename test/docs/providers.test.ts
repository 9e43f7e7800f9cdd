import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerOf } from '../../lambdas/authorizer/caller.ts';
import { tokenVerifier } from '../../lambdas/authorizer/verify.ts';
import type { Identity } from '../../lib/construct/index.ts';
import type { KeySetIssuer, PublicJwk } from '../../lib/definition/tokenIssuer.ts';
import { folderOf, root } from '../support/folders.ts';
import { POLICY } from '../unit/authorizer/support/authorizer.ts';
import { ID_TOKENS, PROVIDER_TOKENS, type ProviderToken } from './providerTokens.ts';

const page = readFileSync(join(root, 'docs/identity.md'), 'utf8');
const snippets = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code = '']) => code);
/** The examples of providers that publish keys; none needs a file or a stack. */
const runnable = snippets.filter((code) => code.includes('Identity.oidc(') && !code.includes('warmKeys'));

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
  const sources = loaded.flat().map(([name, identity]) => [name, identity.bind({} as never, {} as never).source]);
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
    const { roles, client, tier, scopes } = callerOf(verified, { ...POLICY, scopes: ['documents.read'] }, now);
    return { roles, client, tier, scopes };
  } catch (error) {
    return (error as { readonly reason?: string }).reason;
  }
}

describe('an example of docs/identity.md', () => {
  it('has a token in the form that its provider issues', () => {
    expect([...examples.keys()].sort()).toEqual([...new Set(PROVIDER_TOKENS.map(({ example }) => example))].sort());
  });

  it.each(PROVIDER_TOKENS)('accepts $form ($example)', async ({ example, caller, ...token }) => {
    expect(await outcomeOf(example, token)).toEqual({ tier: 'free', scopes: [], ...caller });
  });

  it.each(ID_TOKENS)('rejects $form ($example)', async ({ example, reason, ...token }) => {
    expect(await outcomeOf(example, token)).toBe(reason);
  });
});
