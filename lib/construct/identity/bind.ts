import { Annotations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { WarmKeys } from '../../definition/tokenIssuer.ts';
import type { Identity } from './identity.ts';
import { wrong } from './rules.ts';
import type { BoundIdentity, IdentityContext } from './tokenIssuer.ts';

/**
 * The identities as a list.
 *
 * @throws {ConfigError} `identity-invalid` when it is empty.
 */
export function identitiesOf(given: Identity | readonly Identity[]): readonly Identity[] {
  const identities: readonly Identity[] = 'bind' in given ? [given] : given;
  if (identities.length > 0) return identities;
  const fix = 'Say whose tokens are accepted: Identity.cognito() or Identity.oidc({ issuer, audience }).';
  throw wrong('', 'no identity', 'at least one', fix);
}

/** Keys that the authorizer starts with, by the address they come from. What could not be read is warned of. */
export function readWarmKeys(scope: Construct, identities: readonly Identity[]): Readonly<Record<string, WarmKeys>> {
  const read = identities.flatMap(({ warmUp }) => {
    const keys = warmUp?.warm();
    if (warmUp === undefined || keys === undefined) return [];
    if (typeof keys !== 'string') return [[warmUp.jwksUri, keys] as const];
    Annotations.of(scope).addWarningV2('secure-api:warm-keys', `No keys of the issuer in the authorizer: ${keys}.`);
    return [];
  });
  return Object.fromEntries(read);
}

/**
 * Adds what the identities need, each in a scope of its own.
 *
 * @throws {ConfigError} `identity-invalid` when two of them could not be told apart.
 */
export function bindIdentities(
  scope: Construct,
  identities: readonly Identity[],
  context: IdentityContext,
): readonly BoundIdentity[] {
  const bound = identities.map((one, i) =>
    one.bind(new Construct(scope, i === 0 ? 'Identity' : `Identity${i + 1}`), context),
  );
  requireOneKindAnIssuer(bound);
  requireOneIntrospection(bound);
  return bound;
}

/** Several sources of one issuer may differ in what they accept, never in how its tokens are proven. */
function requireOneKindAnIssuer(bound: readonly BoundIdentity[]): void {
  const kinds = new Map<string, string>();
  for (const { source } of bound) {
    const kind = 'hmacSecret' in source ? 'a shared secret' : 'introspection' in source ? 'introspection' : 'keys';
    const other = kinds.get(source.issuer) ?? kind;
    kinds.set(source.issuer, kind);
    if (kind === other) continue;
    const fix = 'Give one of them another issuer: a token is proven in the one way that its issuer uses.';
    throw wrong('issuer', `${source.issuer} by ${other} and by ${kind}`, 'one way for each issuer', fix);
  }
}

function requireOneIntrospection(bound: readonly BoundIdentity[]): void {
  const asking = bound.filter(({ source }) => 'introspection' in source);
  if (asking.length < 2) return;
  const fix = 'An opaque token does not say whose it is: leave one issuer that is asked.';
  throw wrong('', `${asking.length} issuers of opaque tokens`, 'one at most', fix);
}
