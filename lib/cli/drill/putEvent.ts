import { awsClient } from './awsClient.ts';
import type { EventEntry } from './events.ts';

/**
 * Sends an event to the local EventBridge.
 *
 * @param environment of the gateway's ready file
 * @throws {Error} when it is not accepted.
 * @see https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
 */
export async function putEvent(environment: Readonly<Record<string, string>>, entry: EventEntry): Promise<void> {
  const response = await awsClient(environment, 'events').fetch(environment['AWS_ENDPOINT_URL_EVENTBRIDGE'] ?? '', {
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
    body: JSON.stringify({ Entries: [entry] }),
  });
  const result = await response.text();
  const { FailedEntryCount = 1 } = response.ok ? (JSON.parse(result) as { FailedEntryCount?: number }) : {};
  if (FailedEntryCount !== 0) throw new Error(`EventBridge did not accept the event: ${result}`);
}
