/**
 * The shape of the service's one table, for the stack that creates it and the code that reads it. Every key is a string.
 *
 * Documents are `document#<id>`, their attachments beside them; remembered idempotency keys `idempotency#<hash>`; the key that signs cursors `cursor-key`.
 * The indexes list documents by creation, all of them or those of a status. Each keeps its list under one partition, which
 * DynamoDB serves with 1,000 writes a second; a service with more would spread the lists over several.
 */
export const documentsTable = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds; only idempotency keys have it. */
  timeToLive: 'expiresAt',
  indexes: {
    byCreation: { name: 'byCreation', partitionKey: 'list', sortKey: 'position' },
    byStatus: { name: 'byStatus', partitionKey: 'statusList', sortKey: 'position' },
  },
} as const;
