import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SecretModel, SecretValue } from '../../assembly/model.ts';
import { isRecord, type Json } from '../../assembly/values.ts';
import { LOOPBACK, listen, readBody, shut } from '../loopback.ts';
import { requireSignature } from '../requireSignature.ts';
import type { Access } from '../signature.ts';

/** GetSecretValue and DescribeSecret take an ARN and two short strings. */
const BODY_LIMIT = 64 * 1024;
const MEDIA_TYPE = 'application/x-amz-json-1.1';

/** A running endpoint on loopback. */
export interface Endpoint {
  readonly url: string;
  close(): Promise<void>;
}

interface OperationResponse {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * A read-only Secrets Manager: `GetSecretValue` and `DescribeSecret` in AWS JSON 1.1, by ARN, by name, or by ARN
 * without its random suffix. Every version stage but `AWSCURRENT` is unknown.
 *
 * @param access whose signatures count
 */
export async function startSecretsManager(
  secrets: readonly SecretModel[],
  value: SecretValue,
  access: Access,
): Promise<Endpoint> {
  const server = createServer((request, response) => {
    getSecret(request, secrets, value)
      .catch((): OperationResponse => failure('InternalServiceError', 'The secret could not be read.', 500))
      .then((result) => send(response, result));
  });
  const scope = { ...access, service: 'secretsmanager' };
  requireSignature(server, { scope, mediaType: MEDIA_TYPE, bodyLimit: BODY_LIMIT });
  const port = await listen(server);
  return { url: `http://${LOOPBACK}:${port}`, close: () => shut(server) };
}

async function getSecret(
  request: IncomingMessage,
  secrets: readonly SecretModel[],
  value: SecretValue,
): Promise<OperationResponse> {
  const operation = String(request.headers['x-amz-target'] ?? '').replace(/^secretsmanager\./, '');
  if (operation !== 'GetSecretValue' && operation !== 'DescribeSecret') {
    return failure('UnknownOperationException', `The local Secrets Manager has no ${operation || 'such operation'}.`);
  }
  const input = parse(await readBody(request, BODY_LIMIT));
  if (input === undefined) return failure('SerializationException', 'The body is not a JSON object.');
  const id = input['SecretId'] ?? undefined;
  const stage = input['VersionStage'] ?? 'AWSCURRENT';
  if (id === undefined) return failure('ValidationException', 'SecretId is missing.');
  if (typeof id !== 'string' || typeof stage !== 'string')
    return failure('SerializationException', 'SecretId or VersionStage is not a string.');
  const secret = secrets.find((candidate) => isNamed(candidate, id));
  if (secret === undefined || stage !== 'AWSCURRENT') {
    return failure('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  }
  const common = { ARN: secret.arn, Name: secret.name };
  if (operation === 'DescribeSecret') return { status: 200, body: common };
  const VersionId = '00000000-0000-4000-8000-000000000001';
  return {
    status: 200,
    body: { ...common, VersionId, VersionStages: ['AWSCURRENT'], SecretString: value(secret) },
  };
}

/** A full ARN, a name, or the ARN without the six random characters that AWS appends. */
function isNamed(secret: SecretModel, id: string): boolean {
  return id === secret.arn || id === secret.name || id === secret.arn.replace(/-[A-Za-z0-9]{6}$/, '');
}

function parse(text: string): Json | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function failure(code: string, message: string, status = 400): OperationResponse {
  return { status, body: { __type: code, Message: message } };
}

function send(response: ServerResponse, { status, body }: OperationResponse): void {
  response.writeHead(status, {
    'content-type': MEDIA_TYPE,
    'x-amzn-requestid': randomUUID(),
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}
