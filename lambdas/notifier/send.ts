import { isIP } from 'node:net';
import { lookupPublic, NOT_PUBLIC } from '../shared/lookupPublic.ts';
import { isPublicAddress } from '../shared/publicAddress.ts';
import { type CallLimits, withRetries } from '../shared/retry.ts';
import type { ChannelRequest } from './channels/request.ts';

/** A channel did not take a message. The reason names no address: those of chats are secrets. */
export class NotDelivered extends Error {
  /** Whether another attempt could succeed soon. */
  readonly isTransient: boolean;
  /** How long the receiver asks to wait. */
  readonly retryAfterMs: number;

  constructor(reason: string, isTransient = false, retryAfterMs = 0) {
    super(reason);
    this.name = 'NotDelivered';
    this.isTransient = isTransient;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Where a request may go: to a host on the Internet by https, or to this machine alone. */
export type Reach = 'internet' | 'loopback';

/**
 * For all attempts. Many alarms at once are more messages than a chat accepts, which is one a second
 * (https://docs.slack.dev/apis/web-api/rate-limits): in the three runs of the function, those of 60 alarms get their turn. Several
 * channels fit into its timeout beside each other, not one after the other.
 */
const LIMITS: CallLimits = { timeoutMs: 25_000, retries: 14 };
const BASE_WAIT_MS = 250;
/** Longer waits would leave turns unused. */
const MAX_WAIT_MS = 1_000;
/** What a 429 asks for that names no time: most chats accept one message a second. */
const RATE_LIMITED_MS = 1_000;
/** Hosts of this machine, as `URL` writes them. */
export const LOOPBACK_HOSTS = ['127.0.0.1', '[::1]', 'localhost'];

/**
 * Sends a message: no redirect is followed, and no address of a private network is connected to, also where a name resolves to one. An
 * attempt is repeated after a failed connection, a 429 and a 5xx, not before `Retry-After` (RFC 9110, section 10.2.3): a receiver may get a
 * message twice, and none gets lost.
 *
 * @throws {NotDelivered}
 */
export async function send(
  request: ChannelRequest,
  reach: Reach = 'internet',
  limits: CallLimits = LIMITS,
): Promise<void> {
  const url = URL.parse(request.url.trim());
  if (url === null) throw new NotDelivered('its address is no URL');
  requireReach(url, reach);
  await withRetries(limits, (signal) => attempt(url, { request, reach, signal }), {
    // A silent receiver gets no second message beside the first.
    isRepeatable: false,
    isTransient: (outcome) =>
      outcome.status === 'rejected' && outcome.reason instanceof NotDelivered && outcome.reason.isTransient,
    // At different times: all that were rejected together would be rejected together again.
    waitMs: (outcome, attempts) => {
      const asked =
        outcome.status === 'rejected' && outcome.reason instanceof NotDelivered ? outcome.reason.retryAfterMs : 0;
      return asked + Math.random() * (asked + Math.min(MAX_WAIT_MS, BASE_WAIT_MS * 2 ** (attempts - 1)));
    },
  });
}

function requireReach(url: URL, reach: Reach): void {
  if (url.username !== '' || url.password !== '') throw new NotDelivered('its address has a user or a password');
  if (reach === 'loopback') {
    if (!['http:', 'https:'].includes(url.protocol) || !LOOPBACK_HOSTS.includes(url.hostname)) {
      throw new NotDelivered('its address is not one of this machine');
    }
    return;
  }
  if (url.protocol !== 'https:') throw new NotDelivered('its address is not https');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw new NotDelivered('its address is not public');
}

interface Attempt {
  readonly request: ChannelRequest;
  readonly reach: Reach;
  readonly signal: AbortSignal;
}

function attempt(url: URL, { request: { headers, body }, reach, signal }: Attempt): Promise<void> {
  return new Promise((resolve, reject) => {
    // Without the client behind `fetch` (ADR 58).
    const { request: start } = process.getBuiltinModule(url.protocol === 'http:' ? 'node:http' : 'node:https');
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const options = {
      method: 'POST',
      headers: { ...headers, ...length, 'user-agent': 'secure-api' },
      signal,
      agent: false as const,
      ...(reach === 'internet' ? { lookup: lookupPublic } : {}),
    };
    const call = start(url, options, ({ statusCode = 0, headers: returned }) => {
      // Only the status counts; a server must not make us read for long.
      call.destroy();
      if (statusCode >= 200 && statusCode < 300) return resolve();
      const isTransient = statusCode === 429 || statusCode >= 500;
      const [seconds] = /^\d{1,6}$/.exec(returned['retry-after'] ?? '') ?? [];
      const unnamed = statusCode === 429 ? RATE_LIMITED_MS : 0;
      const asked = seconds === undefined ? unnamed : Number(seconds) * 1_000;
      reject(new NotDelivered(`it returned the status ${statusCode}`, isTransient, asked));
    });
    call.on('error', (error) => reject(reasonOf(error)));
    call.end(body);
  });
}

function reasonOf(error: Error & { readonly code?: unknown }): NotDelivered {
  if (error.code === NOT_PUBLIC) return new NotDelivered('its name resolves to an address that is not public');
  if (error.name === 'AbortError') return new NotDelivered('it did not respond in time');
  return new NotDelivered(`the connection failed: ${typeof error.code === 'string' ? error.code : 'unknown'}`, true);
}
