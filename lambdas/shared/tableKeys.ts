/**
 * The keys of the tables that the command line writes and the authorizer reads: registered clients, and the deny list of
 * tokens.
 *
 * A client has one partition: the item {@link STATE} holds its current state, and the other items, whose sort key is a time,
 * its history. An item of the deny list is `jti#…`, `sub#…` or `client#…`; its attribute `expires` is the epoch second at which
 * it ends.
 */

/** Sort key of the state of a client. */
export const STATE = '-';

/** Partition of a client. */
export function clientPartition(client: string): string {
  return `client#${client}`;
}

/** What tokens are revoked by. */
export const REVOCATION_KINDS = ['jti', 'sub', 'client'] as const;
export type RevocationKind = (typeof REVOCATION_KINDS)[number];

/** Maximum bytes of a value on the deny list. A partition key of DynamoDB has at most 2,048. */
export const MAX_REVOCABLE_BYTES = 1_024;

/**
 * The key of an item of the deny list; undefined for a value that no item can have, so that nobody could revoke it: one that
 * is no string, empty, too long, or not Unicode (its bytes would be those of another value).
 */
export function revocationKey(kind: RevocationKind, value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || !value.isWellFormed()) return undefined;
  return Buffer.byteLength(value) <= MAX_REVOCABLE_BYTES ? `${kind}#${value}` : undefined;
}
