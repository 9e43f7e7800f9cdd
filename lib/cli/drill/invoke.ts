import { awsClient } from './awsClient.ts';

/**
 * Invokes a function of the local gateway, and waits for its result.
 *
 * @param environment of the gateway's ready file
 * @returns whether it succeeded.
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function invokeFunction(
  environment: Readonly<Record<string, string>>,
  name: string,
  event: unknown,
): Promise<boolean> {
  const url = `${environment['AWS_ENDPOINT_URL_LAMBDA']}/2015-03-31/functions/${encodeURIComponent(name)}/invocations`;
  const response = await awsClient(environment, 'lambda').fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  });
  await response.arrayBuffer();
  return response.ok && !response.headers.has('x-amz-function-error');
}
