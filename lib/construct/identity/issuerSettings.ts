import { type CfnResource, type IResolvable, Reference, Stack, Token, Tokenization } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AuthorizerEnvironment } from '../../../lambdas/shared/wireContract.ts';
import type { BundledIssuers, TokenIssuer } from '../../definition/tokenIssuer.ts';
import { wrong } from './invalidIdentity.ts';

/**
 * Lambda allows 4,096 bytes for all variables of a function, and the others need the rest:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html.
 */
const MAX_BYTES = 3200;
/** Values that AWS generates are shorter, ARNs of secrets included; those of other stacks are not known. */
const LONGEST_VALUE = 160;
/** Maximum lengths of what is known by its kind. https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/ */
const LENGTHS: Readonly<Record<string, number>> = {
  'AWS::Cognito::UserPool': 55,
  'AWS::Cognito::UserPoolClient': 128,
  'AWS::Region': 16,
  'AWS::URLSuffix': 16,
  'AWS::Partition': 12,
  'AWS::AccountId': 12,
};

/** Where the authorizer reads whose tokens it accepts. */
export interface IssuerSettings {
  readonly environment: Pick<AuthorizerEnvironment, 'SECURE_API_TOKEN_ISSUERS' | 'SECURE_API_ISSUER_VALUES'>;
  /** What belongs into its bundle; undefined where all is in the environment. */
  readonly bundled?: BundledIssuers;
  /** Leaves the issuers of the bundle in the template, for tools that read it. */
  describe(authorizer: CfnResource): void;
}

/**
 * The settings of the issuers as environment or, where they are too large for it, in the bundle, with the values in the environment that
 * only a deployment knows.
 *
 * @param otherBytes of a variable that grows with the settings, too.
 * @throws {ConfigError} `identity-invalid` when the values that only a deployment knows do not fit.
 * @example
 * ```ts
 * const { environment, bundled } = issuerSettings(this, identities.issuers, 0);
 * ```
 */
export function issuerSettings(scope: Construct, issuers: readonly TokenIssuer[], otherBytes: number): IssuerSettings {
  const text = Stack.of(scope).toJsonString(issuers);
  const { parts, values } = cutAtTokens(JSON.stringify(issuers));
  const lengths = values.map(lengthOf);
  const whole = parts.reduce<number>((sum, part) => sum + bytesOf(part, lengths), otherBytes);
  if (whole <= MAX_BYTES) return { environment: { SECURE_API_TOKEN_ISSUERS: text }, describe: () => undefined };
  if (hasListToken(issuers)) throw tooLarge(whole);
  const alone = lengths.reduce((sum, length) => sum + length + '"",'.length, otherBytes);
  if (alone > MAX_BYTES) throw tooLarge(alone);
  const list = values.map((value) => Token.asString(value));
  return {
    environment: list.length === 0 ? {} : { SECURE_API_ISSUER_VALUES: Stack.of(scope).toJsonString(list) },
    bundled: parts,
    describe: (authorizer) => authorizer.addMetadata('secure-api', { tokenIssuers: text }),
  };
}

/** JSON in parts, with the position of a token's value in place of each token. */
function cutAtTokens(json: string): { readonly parts: BundledIssuers; readonly values: readonly IResolvable[] } {
  // By identity: two stacks can have a resource of the same logical id.
  const positions = new Map<IResolvable, number>();
  const parts = Tokenization.reverseString(json)
    .mapTokens({
      mapToken: (token) => {
        const position = positions.get(token) ?? positions.size;
        positions.set(token, position);
        return position;
      },
    })
    .join({ join: (left, right) => [left ?? [], right ?? []].flat() });
  return { parts: [parts].flat(), values: [...positions.keys()] };
}

function bytesOf(part: string | number, lengths: readonly number[]): number {
  return typeof part === 'string' ? Buffer.byteLength(part) : (lengths[part] ?? 0);
}

/** Bytes that a value can have once it is deployed. */
function lengthOf(value: IResolvable): number {
  if (!Reference.isReference(value)) return LONGEST_VALUE;
  const { cfnResourceType } = value.target as Partial<CfnResource>;
  return LENGTHS[cfnResourceType ?? value.displayName] ?? LONGEST_VALUE;
}

/** A list whose items, and their number, only a deployment knows. */
function hasListToken(value: unknown): boolean {
  if (Array.isArray(value) && Token.isUnresolved(value)) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasListToken);
}

function tooLarge(bytes: number): Error {
  const fix =
    'Write ids of user pools, clients and secrets as strings instead of references, accept fewer issuers with a secret, or name fewer clients of certificates.';
  const expected = `at most ${MAX_BYTES}, because Lambda allows 4,096 for all variables of a function`;
  return wrong('', `${bytes} bytes of settings that only a deployment knows`, expected, fix);
}
