import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { hasNoResponse, withRetries } from './retry.ts';

/** The longest that {@link respond} takes. */
export const RESPONSE_MS = 12_000;
/** CloudFormation shows no longer reasons; it accepts 4 KB as the whole response. */
const MAX_REASON_LENGTH = 1_000;

/**
 * Ends an event of a custom resource.
 *
 * @param failure why the resource fails; undefined for success.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/crpg-ref.html
 */
export async function respond(
  event: CloudFormationCustomResourceEvent,
  physicalId: string,
  failure: string | undefined,
): Promise<void> {
  const body = Buffer.from(
    JSON.stringify({
      Status: failure === undefined ? 'SUCCESS' : 'FAILED',
      Reason: failure?.slice(0, MAX_REASON_LENGTH),
      PhysicalResourceId: physicalId,
      StackId: event.StackId,
      RequestId: event.RequestId,
      LogicalResourceId: event.LogicalResourceId,
    }),
  );
  const send = async (signal: AbortSignal) => {
    // The address is signed without a content type: bytes have none, a string would.
    const response = await fetch(event.ResponseURL, { method: 'PUT', body, signal, redirect: 'error' });
    await response.body?.cancel();
    return response.status;
  };
  const status = await withRetries({ timeoutMs: RESPONSE_MS, retries: 3 }, send, {
    isRepeatable: true,
    isTransient: (outcome) => hasNoResponse(outcome) || (outcome.status === 'fulfilled' && outcome.value >= 500),
  });
  // A run that fails is repeated by Lambda.
  if (status >= 300) throw new Error(`CloudFormation's address for the response returned ${status}`);
}
