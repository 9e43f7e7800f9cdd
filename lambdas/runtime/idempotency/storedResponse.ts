import { IDEMPOTENCY_REPLAYED } from '../../shared/httpHeaders.ts';
import { isRecord } from '../../shared/json.ts';
import type { ProxyResult } from '../event.ts';
import { securityHeaders } from '../securityHeaders.ts';

/** A response, with the code of the problem if it is one. */
export interface Outcome {
  readonly response: ProxyResult;
  readonly code: string | undefined;
  /** It was stored by an earlier request. */
  readonly replayed?: true;
}

/** An item of DynamoDB has at most 400 KB, with the names and values of its other attributes; they are far below 10 KB. */
const MAX_STORED_BYTES = 390 * 1024;
const REPLAYED = { [IDEMPOTENCY_REPLAYED.toLowerCase()]: 'true' };

/**
 * A response as it is stored: what the handler decided, without the headers that every response gets. Undefined if it is larger
 * than an item of the table can be.
 */
export function storedForm({ response, code }: Outcome): string | undefined {
  const general = securityHeaders();
  const own = Object.entries(response.headers).filter(([name, value]) => general[name] !== value);
  const text = JSON.stringify({ response: { ...response, headers: Object.fromEntries(own) }, code });
  return Buffer.byteLength(text) > MAX_STORED_BYTES ? undefined : text;
}

/**
 * The response to return again: status, body and the handler's headers as they were, the others as they are now.
 *
 * @throws {Error} when the stored form is no response.
 */
export function replayed(text: string): Outcome {
  const stored = parsed(text);
  const response = isRecord(stored) ? stored['response'] : undefined;
  if (!isRecord(stored) || !isRecord(response) || !isRecord(response['headers'])) throw new Error('no stored response');
  const { code } = stored;
  const result = response as unknown as ProxyResult;
  const headers = { ...securityHeaders(), ...result.headers, ...REPLAYED };
  return { response: { ...result, headers }, code: typeof code === 'string' ? code : undefined, replayed: true };
}

/** The parser would quote the response in its message. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
