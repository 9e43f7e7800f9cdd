import { describeError } from '../../shared/describeError.ts';
import type { Telemetry } from '../telemetry.ts';
import { type DeliveryReason, WebhookFault, WebhookRejected } from './reasons.ts';
import type { WebhookCall } from './steps.ts';

/** What entries and metrics of a webhook name. */
export interface WebhookLog {
  readonly telemetry: Telemetry;
  readonly api: string;
  readonly route: string;
  /** Its name in the definition. */
  readonly webhook: string;
}

/** Logs and counts a message that is rejected, or that could not be verified. */
export function logRejection(log: WebhookLog, call: WebhookCall, error: unknown): void {
  if (error instanceof WebhookRejected) {
    log.telemetry.log.info('webhook rejected', entryOf(log, call, error.reason));
    count(log, 'WebhookReject', error.reason);
  } else logFault(log, call, error);
}

/** Logs and counts a signed message that does not reach the handler. */
export function logDelivery(log: WebhookLog, call: WebhookCall, reason: DeliveryReason): void {
  log.telemetry.log.info('webhook delivered again', entryOf(log, call, reason));
  count(log, 'WebhookRedelivery', reason);
}

/** Logs and counts an error on our side. An alarm watches the metric. */
export function logFault(log: WebhookLog, call: WebhookCall, error: unknown): void {
  const reason = error instanceof WebhookFault ? error.reason : 'internal';
  log.telemetry.log.error('webhook failed', { ...entryOf(log, call, reason), error: describeError(error) });
  count(log, 'WebhookError', reason);
}

function entryOf(
  { route, webhook }: WebhookLog,
  { requestId, address, webhook: received }: WebhookCall,
  reason: string,
) {
  const { id } = received?.message ?? {};
  return { reason, webhook, route, requestId, sourceIp: address, ...(id === undefined ? {} : { messageId: id }) };
}

/** Dimension sets `{ api }` and `{ api, reason }`, as for the decisions of the authorizer. */
function count({ telemetry, api }: WebhookLog, name: string, reason: string): void {
  telemetry.count((metrics) => {
    // Each set is joined with the default one, so the empty set stands for `{ api }` alone.
    metrics.setDefaultDimensions({ api });
    metrics.addDimensions({}).addDimensions({ reason });
    metrics.addMetric(name, 'Count', 1);
    metrics.publishStoredMetrics();
    metrics.clearDefaultDimensions();
  });
}
