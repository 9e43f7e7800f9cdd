import { createHash } from 'node:crypto';
import type { Caller } from '../../../lib/definition/handlers.ts';
import type { ExactRule } from '../../../lib/definition/projected.ts';

/** Who sends a request, as far as limits tell. */
export interface Counted {
  readonly caller: Caller | undefined;
  readonly address: string;
}

/**
 * The id of a counter. Whom it counts stands in it as a hash: the table holds neither clients nor users nor addresses in
 * plain text. A client that has no id is counted by its user.
 */
export function counterId(api: string, rule: ExactRule, { caller, address }: Counted): string {
  const who = {
    client: caller?.client === '' ? `user:${caller.subject}` : `client:${caller?.client}`,
    user: `user:${caller?.subject}`,
    address: `address:${address}`,
  }[rule.by];
  return `${rule.name}#${createHash('sha256').update(`${api}\n${who}`).digest('base64url')}`;
}
