import { STANDARD_WEBHOOKS } from '../../lambdas/shared/standardWebhooks.ts';

/** How a digest is written: lower-case hexadecimal, base64 with padding, base64url without (RFC 4648). */
export type SignatureEncoding = 'hex' | 'base64' | 'base64url';

/** How the string of the secret becomes the key: its UTF-8 bytes, or what it encodes. */
export type WebhookKey = 'utf8' | 'base64' | 'hex';

/** Settings of every scheme. */
export interface WebhookOptions {
  /** Seconds, 30–3,600, that the sender's clock may differ from ours in either direction. Default: 300. */
  readonly toleranceSeconds?: number;
  /**
   * Days, 1–365, that a handled message is remembered, so that a redelivery does not reach the handler. Default: 7, longer than
   * senders retry.
   */
  readonly rememberDays?: number;
}

/** Where a sender writes the time at which it signed: a header, or a part of the signature header with this prefix. */
export type WebhookTimestamp =
  | { readonly header: string; readonly unit?: 'seconds' | 'milliseconds' }
  | { readonly prefix: string; readonly unit?: 'seconds' | 'milliseconds' };

/** Where a sender writes the id of a message: a signed header, or a member of its JSON body, which is signed, too. */
export type WebhookId = { readonly header: string } | { readonly member: string };

/** A signature of HMAC-SHA-256, as a sender composes and writes it. */
export interface HmacWebhookOptions<Secret extends string = string> extends WebhookOptions {
  /** The name that the stack binds to a secret; never its value. */
  readonly secret: Secret;
  /** Header of the signature, in lower case. */
  readonly header: string;
  /** Default: `hex`. */
  readonly encoding?: SignatureEncoding;
  /** What stands before the digest, such as `sha256=`. Default: nothing. */
  readonly prefix?: string;
  /**
   * What separates the parts of a header that holds several signatures, or the timestamp, too. Parts with another prefix are
   * ignored. Default: the header is one signature.
   */
  readonly separator?: ',' | ';' | ' ';
  /** Default: the sender signs no time, so that only the store of handled messages stops a replay. */
  readonly timestamp?: WebhookTimestamp;
  /** Default: a digest of what is signed identifies a message. */
  readonly id?: WebhookId;
  /**
   * What is signed, with `{body}` for the raw bytes, `{timestamp}` and `{id}` for what the headers say, such as
   * `v0:{timestamp}:{body}`. Default: `{body}`, after `{timestamp}.` where there is one.
   */
  readonly content?: string;
  /** Default: `text`. */
  readonly key?: WebhookKey;
}

/** A webhook as a route names it: made by {@link Webhook}. */
export type WebhookInput<Secret extends string = string> =
  | ({ readonly scheme: 'stripe' | 'github' | 'standard'; readonly secret: Secret } & WebhookOptions)
  | ({ readonly scheme: 'hmac' } & HmacWebhookOptions<Secret>);

/** A webhook with every default filled in: all schemes are one, with other headers. */
export interface WebhookRules {
  readonly scheme: WebhookInput['scheme'];
  readonly secret: string;
  readonly header: string;
  readonly encoding: SignatureEncoding;
  readonly prefix: string;
  readonly separator?: ',' | ';' | ' ';
  readonly timestamp?: WebhookTimestamp;
  readonly id?: WebhookId;
  readonly content: string;
  readonly key: WebhookKey;
  readonly toleranceSeconds: number;
  readonly rememberDays: number;
}

/** What a handler learns about the message that it handles. */
export interface WebhookMessage<Secret extends string = string> {
  /** Name of the webhook, as in the definition. */
  readonly name: Secret;
  /** The sender's id, where it is signed; else a digest of what is signed. Redeliveries of a message have the same. */
  readonly id: string;
  /** When the sender signed it; undefined where the sender signs no time. */
  readonly timestamp: Date | undefined;
}

/**
 * Senders of webhooks. A route with one accepts what the sender signed, and nothing else.
 *
 * @example
 * ```ts
 * const paid = post('/webhooks/stripe', {
 *   webhook: Webhook.stripe('stripe-signing'),
 *   body: object({ id: Type.String({ maxLength: 255 }), type: Type.String({ maxLength: 100 }) }),
 *   responses: { 204: { description: 'Received' } },
 * });
 * ```
 */
export const Webhook = {
  /** Stripe: `Stripe-Signature: t=…,v1=…`. https://docs.stripe.com/webhooks/signature */
  stripe: <const Secret extends string>(secret: Secret, options: WebhookOptions = {}): WebhookInput<Secret> => ({
    ...options,
    scheme: 'stripe',
    secret,
  }),
  /**
   * GitHub: `X-Hub-Signature-256: sha256=…` over the body alone: GitHub signs no time and no id.
   * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
   */
  github: <const Secret extends string>(secret: Secret, options: WebhookOptions = {}): WebhookInput<Secret> => ({
    ...options,
    scheme: 'github',
    secret,
  }),
  /** Standard Webhooks, symmetric signatures (`v1`). https://www.standardwebhooks.com */
  standard: <const Secret extends string>(secret: Secret, options: WebhookOptions = {}): WebhookInput<Secret> => ({
    ...options,
    scheme: 'standard',
    secret,
  }),
  /** Any other sender that signs with HMAC-SHA-256. */
  hmac: <const Secret extends string>(options: HmacWebhookOptions<Secret>): WebhookInput<Secret> => ({
    ...options,
    scheme: 'hmac',
  }),
} as const;

const DEFAULT_TOLERANCE_SECONDS = 300;
const DEFAULT_REMEMBER_DAYS = 7;

type SchemeRules = Omit<WebhookRules, 'scheme' | 'secret' | 'toleranceSeconds' | 'rememberDays'>;

const SCHEMES: Readonly<Record<'stripe' | 'github' | 'standard', SchemeRules>> = {
  stripe: {
    header: 'stripe-signature',
    encoding: 'hex',
    prefix: 'v1=',
    separator: ',',
    timestamp: { prefix: 't=' },
    // Each retry has another signature, and its body can differ in what is still pending: the id of the event stays.
    id: { member: 'id' },
    content: '{timestamp}.{body}',
    // The whole string is the key, with its prefix `whsec_`.
    key: 'utf8',
  },
  github: { header: 'x-hub-signature-256', encoding: 'hex', prefix: 'sha256=', content: '{body}', key: 'utf8' },
  standard: STANDARD_WEBHOOKS,
};

/** The rules of a webhook. The input has passed the checks. */
export function webhookRules(input: WebhookInput): WebhookRules {
  const { scheme, secret } = input;
  const { toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, rememberDays = DEFAULT_REMEMBER_DAYS } = input;
  const common = { scheme, secret, toleranceSeconds, rememberDays };
  if (input.scheme !== 'hmac') return { ...SCHEMES[input.scheme], ...common };
  const { header, encoding = 'hex', prefix = '', separator, timestamp, id, key = 'utf8' } = input;
  const { content = timestamp === undefined ? '{body}' : '{timestamp}.{body}' } = input;
  return {
    ...common,
    header,
    encoding,
    prefix,
    ...(separator === undefined ? {} : { separator }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(id === undefined ? {} : { id }),
    content,
    key,
  };
}

/** The headers that a sender writes, in lower case. */
export function webhookHeaders({ header, timestamp, id }: WebhookRules): readonly string[] {
  const others = [timestamp, id].flatMap((part) => (part !== undefined && 'header' in part ? [part.header] : []));
  return [header, ...others];
}
