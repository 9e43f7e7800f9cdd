import { once } from 'node:events';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { json } from 'node:stream/consumers';
import { request } from '../loopback.ts';
import { type Access, signatureHeaders } from '../signature.ts';

/** An error of DynamoDB, by the last part of its `__type`, such as `ResourceNotFoundException`. */
export class DynamoDbError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = 'DynamoDbError';
    this.code = code;
  }
}

/** One operation of DynamoDB, its input and output as the API reference names them. */
export type DynamoDbCall = (
  operation: string,
  input: Readonly<Record<string, unknown>>,
) => Promise<Readonly<Record<string, unknown>>>;

/**
 * A client for the embedded DynamoDB: AWS JSON 1.0 over loopback, without an AWS SDK.
 *
 * @param endpoint such as `http://127.0.0.1:8000`
 * @throws {DynamoDbError} for each rejected operation
 */
export function dynamoDbCall(endpoint: string, access: Access): DynamoDbCall {
  const { host, pathname: path } = new URL(endpoint);
  const scope = { ...access, service: 'dynamodb' };
  return async (operation, input) => {
    const body = JSON.stringify(input);
    const plain = {
      host,
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    };
    const signed = { method: 'POST', path, query: new URLSearchParams(), headers: plain };
    const headers = signatureHeaders(signed, body, scope, new Date());
    const { status, output } = await post(endpoint, headers, body);
    if (status === 200) return output;
    const code = String(output['__type'] ?? status).replace(/^.*#/, '');
    throw new DynamoDbError(code, String(output['message'] ?? output['Message'] ?? ''));
  };
}

/** Not by `fetch`, whose client nothing else needs: the process would keep 12 MB for it. */
async function post(endpoint: string, headers: OutgoingHttpHeaders, body: string) {
  // An error before the response rejects `once`, one after it the reading of its body.
  const call = request(endpoint, { method: 'POST', headers })
    .on('error', () => undefined)
    .end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return { status: response.statusCode, output: (await json(response)) as Readonly<Record<string, unknown>> };
}
