import { Stack, Validations } from 'aws-cdk-lib';
import { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { bindsToKeys } from '../../../lambdas/shared/bindsToKeys.ts';
import type { AuthorizerEnvironment } from '../../../lambdas/shared/wireContract.ts';
import type { RevocationSettings, TokenIssuer } from '../../definition/tokenIssuer.ts';
import { expiringItems } from '../expiringTable.ts';
import { acknowledgeNoRecovery, type Removal, tableRemoval } from '../removal/removal.ts';
import { explain } from '../serviceRole.ts';

/** How revoked tokens are rejected. */
export interface RevocationProps {
  /** Seconds, 0–300, that the authorizer caches the entries of a token, a subject or a client. @default - 15 seconds */
  readonly cacheSeconds?: number;
  /**
   * What happens to tokens while the list cannot be read: `reject` returns 500, `accept` accepts them although they could
   * be revoked.
   * @default - they are rejected
   */
  readonly whenUnreachable?: 'reject' | 'accept';
}

const DEFAULT_CACHE_SECONDS = 15;

/** A table of the authorizer, with its variable and its grant. */
export interface TokenTable {
  readonly table: TableV2;
  readonly environment: Partial<AuthorizerEnvironment>;
  grantTo(authorizer: IGrantable): void;
}

/**
 * The deny list: one item for each revoked token, subject or client, which expires. The authorizer is allowed to look items
 * up and nothing else. The table outlives the stack by default, so that no mistake makes revoked tokens valid.
 */
export function createRevocations(scope: Construct, props: RevocationProps, removal: Removal): TokenTable {
  const { whenUnreachable = 'reject', cacheSeconds = DEFAULT_CACHE_SECONDS } = props;
  const table = createTable(scope, 'Revocations', removal);
  acknowledgeNoRecovery(table, removal);
  const settings: RevocationSettings = { table: table.tableName, cacheSeconds, whenUnreachable };
  return {
    table,
    environment: { SECURE_API_REVOCATIONS: Stack.of(scope).toJsonString(settings) },
    grantTo: (authorizer) =>
      explain(authorizer, 'Looks up whether a token, its subject or its client is revoked.', () =>
        table.grant(authorizer, 'dynamodb:BatchGetItem'),
      ),
  };
}

/** The table of used proofs (RFC 9449, section 11.1); nothing where no issuer binds tokens to keys. */
export function createProofs(scope: Construct, sources: readonly TokenIssuer[]): TokenTable | undefined {
  if (!sources.some(bindsToKeys)) return undefined;
  const table = createTable(scope, 'Proofs', 'destroy');
  Validations.of(table).acknowledge({
    id: 'AwsSolutions-DDB3',
    reason: 'It holds proofs for a minute, until they are too old to be used: there is nothing to restore.',
  });
  return {
    table,
    environment: { SECURE_API_PROOFS: table.tableName },
    grantTo: (authorizer) =>
      explain(authorizer, 'Records each proof, so that none is accepted twice.', () =>
        table.grant(authorizer, 'dynamodb:PutItem'),
      ),
  };
}

function createTable(scope: Construct, id: string, removal: Removal): TableV2 {
  return new TableV2(scope, id, { ...expiringItems(), ...tableRemoval(removal) });
}
