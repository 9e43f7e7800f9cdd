/**
 * The keys of the table of registered clients, which the command line writes and the authorizer reads. A client has one
 * partition: the item {@link STATE} holds its current state, and the other items, whose sort key is a time, its history.
 */

/** Sort key of the state of a client. */
export const STATE = '-';

/** Partition of a client. */
export function clientPartition(client: string): string {
  return `client#${client}`;
}
