import { Annotations } from 'aws-cdk-lib';
import type { UserPool } from 'aws-cdk-lib/aws-cognito';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { formatValue, kindOf, oneOf } from '../../definition/checks/check.ts';
import { isRecord, nearest } from '../../definition/shape.ts';
import type { TokenIssuer, WarmKeys } from '../../definition/tokenIssuer.ts';
import type { Identity } from './identity.ts';
import { wrong } from './invalidIdentity.ts';
import type { BoundIdentity, IdentityContext, SignIn } from './tokenIssuer.ts';

/**
 * The identities as a list.
 *
 * @throws {ConfigError} `identity-invalid` when it is empty, or holds something else.
 */
export function identitiesOf(given: Identity | readonly Identity[] | undefined): readonly Identity[] {
  const identities: readonly Identity[] = Array.isArray(given) ? given : given === undefined ? [] : [given];
  const other = identities.findIndex((one: unknown) => !(isRecord(one) && typeof one['bind'] === 'function'));
  if (other === -1 && identities.length > 0) return identities;
  const fix = 'Say whose tokens are accepted: Identity.cognito() or Identity.oidc({ issuer, audience }).';
  throw wrong('', other === -1 ? 'no identity' : kindOf(identities[other]), 'at least one identity', fix);
}

/** Keys that the authorizer starts with, by their URL. Adds a warning for keys that could not be read. */
export function readWarmKeys(scope: Construct, identities: readonly Identity[]): Readonly<Record<string, WarmKeys>> {
  const read = identities.flatMap(({ warmUp }) => {
    if (warmUp === undefined) return [];
    const keys = warmUp.warm();
    if (typeof keys !== 'string') return [[warmUp.jwksUri, keys] as const];
    Annotations.of(scope).addWarningV2('secure-api:warm-keys', `No keys of the issuer in the authorizer: ${keys}.`);
    return [];
  });
  return Object.fromEntries(read);
}

/** Props of `Identities`. */
export interface IdentitiesProps extends IdentityContext {
  /** At least one. */
  readonly identities: readonly Identity[];
}

/**
 * The issuers whose tokens are accepted, with what they add to the stack, such as a user pool or a secret.
 *
 * @throws {ConfigError} `identity-invalid` when the authorizer could not distinguish two of them.
 */
export class Identities extends Construct {
  /** What the authorizer accepts. */
  readonly issuers: readonly TokenIssuer[];
  /** Of `Identity.cognito()`. */
  readonly userPool?: UserPool;
  /** How people sign in to that user pool. */
  readonly signIn?: SignIn;
  /** The ids of the machine clients of that user pool, by their names. */
  readonly machineClients: Readonly<Record<string, string>>;
  /** What alarms watch. */
  readonly watched: {
    /** Functions of the identities, such as the trigger of a user pool. */
    readonly triggers: readonly LambdaFunction[];
    /** User pools of `Identity.cognito()` whose sign-ins Cognito assesses. */
    readonly assessedPools: readonly UserPool[];
  };
  private readonly bound: readonly BoundIdentity[];

  constructor(scope: Construct, id: string, { identities, ...context }: IdentitiesProps) {
    super(scope, id);
    const first = new Construct(this, 'Default');
    const withPool = identities.findIndex(({ hasUserPool }) => hasUserPool);
    // The pool has one logical id, wherever it is in the list: an identity that is added before it must not replace it.
    this.bound = identities.map((one, i) =>
      one.bind(i === 0 || i === withPool ? first : new Construct(this, String(i + 1)), context),
    );
    requireOneKindAnIssuer(this.bound);
    requireOneIntrospection(this.bound);
    for (const { source } of this.bound) {
      requireKnownRoles(source, Object.keys(context.api.roles.byName));
      requireKnownClaims(source, Object.keys(context.api.claimRules));
    }
    this.issuers = this.bound.map(({ source }) => source);
    const pool = this.bound.find(({ userPool }) => userPool !== undefined);
    this.userPool = pool?.userPool;
    this.signIn = pool?.signIn;
    this.machineClients = pool?.machineClients ?? {};
    this.watched = {
      triggers: this.bound.flatMap(({ trigger }) => trigger ?? []),
      assessedPools: this.bound.flatMap(({ userPool, assesses }) => (userPool && assesses ? [userPool] : [])),
    };
  }

  /** Lets the authorizer read what the issuers name, such as secrets. */
  grantRead(authorizer: IGrantable): void {
    for (const identity of this.bound) identity.grantTo?.(authorizer);
  }
}

/** Identities of one issuer can differ in what they accept, but not in how its tokens are verified. */
function requireOneKindAnIssuer(bound: readonly BoundIdentity[]): void {
  const kinds = new Map<string, string>();
  for (const { source } of bound) {
    const kind = 'hmacSecret' in source ? 'a shared secret' : 'introspection' in source ? 'introspection' : 'keys';
    const other = kinds.get(source.issuer) ?? kind;
    kinds.set(source.issuer, kind);
    if (kind === other) continue;
    const fix = 'Give one of them another issuer: a token is verified in the one way that its issuer uses.';
    throw wrong('issuer', `${source.issuer} by ${other} and by ${kind}`, 'one way for each issuer', fix);
  }
}

function requireKnownRoles({ roles: { map = [] } }: TokenIssuer, known: readonly string[]): void {
  for (const [value, roles] of map) {
    const unknown = roles.find((role) => !known.includes(role));
    if (unknown === undefined) continue;
    const near = nearest(unknown, known);
    const fix = near === undefined ? 'Fix the spelling, or add the role to the definition.' : `Write ${near}.`;
    throw wrong(`roles.map.${value}`, formatValue(unknown), `one of ${known.join(', ')}`, fix);
  }
}

function requireKnownClaims({ claims = {} }: TokenIssuer, known: readonly string[]): void {
  const unknown = Object.keys(claims).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  const meant = near === undefined ? 'Fix the spelling' : `Write ${near}`;
  const expected = oneOf(known, 'a claim of "claims" of the definition, which declares none');
  throw wrong(`claims.${unknown}`, unknown, expected, `${meant}, or declare the claim in the definition.`);
}

function requireOneIntrospection(bound: readonly BoundIdentity[]): void {
  const opaque = bound.filter(({ source }) => 'introspection' in source);
  if (opaque.length < 2) return;
  const fix = 'An opaque token does not name its issuer: leave one issuer of opaque tokens.';
  throw wrong('', `${opaque.length} issuers of opaque tokens`, 'one at most', fix);
}
