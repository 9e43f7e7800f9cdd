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
 * A client for the embedded DynamoDB: AWS JSON 1.0 over loopback. It signs nothing real, because dynalite only checks
 * that a signature is there, and this workspace then needs no AWS SDK.
 *
 * @param endpoint such as `http://127.0.0.1:8000`
 * @throws {DynamoDbError} for each rejected operation
 */
export function dynamoDbCall(endpoint: string): DynamoDbCall {
  return async (operation, input) => {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `DynamoDB_20120810.${operation}`,
        'x-amz-date': new Date().toISOString().replace(/[-:]|\.\d+/g, ''),
        authorization: 'AWS4-HMAC-SHA256 Credential=local/local, SignedHeaders=host, Signature=local',
      },
      body: JSON.stringify(input),
    });
    const body = (await response.json()) as Readonly<Record<string, unknown>>;
    if (response.ok) return body;
    const code = String(body['__type'] ?? response.status).replace(/^.*#/, '');
    throw new DynamoDbError(code, String(body['message'] ?? body['Message'] ?? ''));
  };
}
