import { HttpProblem } from '../problem.ts';

/** Why a message is rejected; the sender gets 401 and none of these. `docs/errors.md` has a line for each. */
export type WebhookReason =
  | 'signature-missing'
  | 'signature-malformed'
  | 'signature-version-unknown'
  | 'signature-mismatch'
  | 'body-not-text'
  | 'header-duplicate'
  | 'header-too-large'
  | 'timestamp-missing'
  | 'timestamp-malformed'
  | 'timestamp-too-old'
  | 'timestamp-in-future'
  | 'id-missing'
  | 'id-malformed';

/** Errors on our side: nothing is known of the message, which its sender delivers again. */
export type WebhookErrorReason = 'configuration-invalid' | 'secret-unreachable' | 'messages-unreachable';

/** Why a signed message does not reach the handler. */
export type DeliveryReason = 'message-handled' | 'message-in-progress';

/** A message without a valid signature. The message of the error is the reason, never a part of the request. */
export class WebhookRejected extends HttpProblem {
  readonly reason: WebhookReason;

  constructor(reason: WebhookReason) {
    super('webhook-rejected');
    this.name = 'WebhookRejected';
    this.reason = reason;
  }
}

/** Nothing can be verified. The message of `cause` is logged, so it must contain no secret. */
export class WebhookFault extends HttpProblem {
  readonly reason: WebhookErrorReason;

  constructor(reason: WebhookErrorReason, cause: unknown) {
    super(reason === 'configuration-invalid' ? 'internal' : 'service-unavailable');
    this.name = 'WebhookFault';
    this.message = cause instanceof Error ? `${reason}: ${cause.message}` : reason;
    this.reason = reason;
    this.cause = cause;
  }
}

/** Another delivery of the message is being handled. */
export class MessageInProgress extends HttpProblem {
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number) {
    super('webhook-in-progress');
    this.name = 'MessageInProgress';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
