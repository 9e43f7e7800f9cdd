/**
 * The shape of the service's one table, for the stack that creates it and the code that reads it. Every key is a string.
 *
 * A document is `document#<id>`, with its attachments in the same partition, each under one of 50 keys; the key
 * that signs cursors is `cursor-key`.
 * The indexes list documents by creation, all of them or those of a status. Each list is one partition, which DynamoDB limits
 * to 1,000 writes a second; a service with more would spread each list over several.
 */
export const documentsTable = {
  partitionKey: 'pk',
  sortKey: 'sk',
  indexes: {
    byCreation: { name: 'byCreation', partitionKey: 'list', sortKey: 'position' },
    byStatus: { name: 'byStatus', partitionKey: 'statusList', sortKey: 'position' },
  },
} as const;
