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
    const request = { method: 'POST', path, query: new URLSearchParams(), headers: plain };
    const headers = signatureHeaders(request, body, scope, new Date());
    const response = await fetch(endpoint, { method: 'POST', headers, body });
    const output = (await response.json()) as Readonly<Record<string, unknown>>;
    if (response.ok) return output;
    const code = String(output['__type'] ?? response.status).replace(/^.*#/, '');
    throw new DynamoDbError(code, String(output['message'] ?? output['Message'] ?? ''));
  };
}
