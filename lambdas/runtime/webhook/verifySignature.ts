import type { WebhookRules } from '../../../lib/definition/webhook.ts';
import { timingSafeEqual } from '../../shared/nodeCrypto.ts';
import { type RefreshingValue, refreshingValue } from '../../shared/refreshingValue.ts';
import type { Secrets } from '../../shared/secretsManager.ts';
import { digestOf, signedContent, webhookKeys } from '../../shared/webhookSignature.ts';
import { holdsReplacement } from '../body.ts';
import type { ProxyEvent } from '../event.ts';
import { type ReadSignature, readSignature } from './readSignature.ts';
import { WebhookFault, WebhookRejected } from './reasons.ts';

/** A message whose signature and time are valid. */
export interface VerifiedMessage extends Omit<ReadSignature, 'signatures'> {
  readonly body: Uint8Array;
  /** When the sender signed it. */
  readonly time: Date | undefined;
}

/** Verifies the signature of a request with its raw bytes. It throws {@link WebhookRejected} or {@link WebhookFault}. */
export type VerifySignature = (event: ProxyEvent, body: Buffer) => Promise<VerifiedMessage>;

type Keys = readonly Uint8Array[];

/** A secret stops working at most five minutes after its second rotation. */
const MAX_AGE_MS = 300_000;
/** Cached secrets work for an hour while Secrets Manager is unreachable. */
const STALE_MS = 3_600_000;
/** Invalid signatures cause at most one reload of the secret in this time. */
const PAUSE_MS = 10_000;

/**
 * Verifies HMAC-SHA-256 over the raw bytes of the body, with the keys in the current and in the previous version of a secret, so
 * that a rotation rejects no message. The time is compared last: a message that is too old is one that the sender signed.
 */
export function signatureVerifier(rules: WebhookRules, secretId: string, secrets: Secrets): VerifySignature {
  const load = async (): Promise<Keys> => {
    const [current, previous] = await Promise.all([secrets.current(secretId), secrets.previous(secretId)]);
    return [...currentKeys(rules, current), ...previousKeys(rules, previous)];
  };
  const keys = refreshingValue(load, { maxAgeMs: MAX_AGE_MS, staleMs: STALE_MS, pauseMs: PAUSE_MS });
  return async (event, body) => {
    const { signatures, ...read } = readSignature(event, rules);
    const content = signedContent(rules, { ...read, body });
    const cached = await readKeys(keys, 'get');
    if (!isSigned(content, signatures, cached)) {
      const renewed = await readKeys(keys, 'renew');
      if (renewed === cached || !isSigned(content, signatures, renewed)) {
        throw new WebhookRejected(holdsReplacement(event) ? 'body-not-text' : 'signature-mismatch');
      }
    }
    return { ...read, body, time: checkedTime(rules, read.timestamp) };
  };
}

async function readKeys(keys: RefreshingValue<Keys>, how: 'get' | 'renew'): Promise<Keys> {
  try {
    return await keys[how]();
  } catch (error) {
    throw error instanceof WebhookFault ? error : new WebhookFault('secret-unreachable', error);
  }
}

function currentKeys(rules: WebhookRules, secret: string): Keys {
  try {
    return webhookKeys(rules, secret);
  } catch (error) {
    throw new WebhookFault('configuration-invalid', error);
  }
}

/** A previous version that is no key is dropped: it could be a placeholder. */
function previousKeys(rules: WebhookRules, secret: string | undefined): Keys {
  try {
    return secret === undefined ? [] : webhookKeys(rules, secret);
  } catch {
    return [];
  }
}

/** Compares every signature with the digest of every key, so that the time does not depend on which of them match. */
function isSigned(content: Uint8Array, signatures: readonly Uint8Array[], keys: Keys): boolean {
  const digests = keys.map((key) => digestOf(key, content));
  const results = digests.flatMap((digest) => signatures.map((signature) => timingSafeEqual(digest, signature)));
  return results.includes(true);
}

function checkedTime({ timestamp, toleranceSeconds }: WebhookRules, written: string | undefined): Date | undefined {
  if (timestamp === undefined || written === undefined) return undefined;
  const time = Number(written) * (timestamp.unit === 'milliseconds' ? 1 : 1000);
  const age = Date.now() - time;
  if (age > toleranceSeconds * 1000) throw new WebhookRejected('timestamp-too-old');
  if (-age > toleranceSeconds * 1000) throw new WebhookRejected('timestamp-in-future');
  return new Date(time);
}
