import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { AuthorizerEnvironment } from '../../../lambdas/shared/wireContract.ts';
import type { RevocationSettings, TokenIssuer } from '../../definition/tokenIssuer.ts';
import { invalid, within } from '../invalid.ts';

/** How revoked tokens are refused. */
export interface RevocationProps {
  /** Seconds, 0–300, that the authorizer keeps what the list says of a token, a subject or a client. @default - 15 */
  readonly cacheSeconds?: number;
  /**
   * What becomes of tokens while the list cannot be read: `reject` answers 500, `accept` lets them in although they may be
   * revoked.
   * @default - refuse
   */
  readonly whenUnreachable?: 'reject' | 'accept';
}

const CACHE = { min: 0, max: 300, fix: 'A revoked token would be accepted that long.' };
const DEFAULT_CACHE_SECONDS = 15;

/** A table, the variable by which the authorizer finds it, and what it may do with it. */
export interface TokenTable {
  readonly table: TableV2;
  readonly environment: Partial<AuthorizerEnvironment>;
  grantTo(authorizer: IGrantable): void;
}

/**
 * The deny list: an item a revoked token, subject or client, which ends by itself. The authorizer may look items up and
 * nothing else. It outlives the stack: a list that is lost would let revoked tokens in.
 *
 * @throws {ConfigError} `option-invalid`.
 */
export function createRevocations(scope: Construct, props: RevocationProps): TokenTable {
  const { whenUnreachable = 'reject' } = props;
  if (whenUnreachable !== 'reject' && whenUnreachable !== 'accept') {
    const fix = 'Say what counts more: that nobody revoked gets in, or that the API answers.';
    throw invalid({
      location: 'revocation.whenUnreachable',
      found: String(whenUnreachable),
      expected: 'refuse or accept',
      fix,
    });
  }
  const cacheSeconds = within('revocation.cacheSeconds', props.cacheSeconds ?? DEFAULT_CACHE_SECONDS, CACHE);
  const table = createTable(scope, 'Revocations', true);
  const settings: RevocationSettings = { table: table.tableName, cacheSeconds, whenUnreachable };
  return {
    table,
    environment: { SECURE_API_REVOCATIONS: Stack.of(scope).toJsonString(settings) },
    grantTo: (authorizer) => table.grant(authorizer, 'dynamodb:BatchGetItem'),
  };
}

/** Where the authorizer writes down which proofs were used (RFC 9449, section 11.1); nothing where no source knows proofs. */
export function createProofs(scope: Construct, sources: readonly TokenIssuer[]): TokenTable | undefined {
  if (sources.every(({ dpop }) => dpop === undefined)) return undefined;
  const table = createTable(scope, 'Proofs', false);
  Validations.of(table).acknowledge({
    id: 'AwsSolutions-DDB3',
    reason: 'It remembers proofs for a minute, until they are too old to be used: there is nothing to restore.',
  });
  return {
    table,
    environment: { SECURE_API_PROOFS: table.tableName },
    grantTo: (authorizer) => table.grant(authorizer, 'dynamodb:PutItem'),
  };
}

function createTable(scope: Construct, id: string, isKept: boolean): TableV2 {
  return new TableV2(scope, id, {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    timeToLiveAttribute: 'expires',
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.awsManagedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: isKept },
    deletionProtection: isKept,
    removalPolicy: isKept ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
