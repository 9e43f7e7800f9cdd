import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { SecretModel } from '../../assembly/model.ts';
import { isRecord, type Json } from '../../assembly/values.ts';
import { LOOPBACK, listen, readBody, shut } from '../loopback.ts';
import { requireSignature } from '../requireSignature.ts';
import type { Access } from '../signature.ts';
import { SecretsError } from './error.ts';
import { OPERATIONS } from './operations.ts';
import type { SecretVersions } from './versions.ts';

/** The string of a secret has 64 KB at most, each character of it escaped in JSON. */
const BODY_LIMIT = 512 * 1024;
const MEDIA_TYPE = 'application/x-amz-json-1.1';

/** A running endpoint on loopback. */
export interface Endpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** A running Secrets Manager. */
export interface SecretsManager extends Endpoint {
  /** Serves these secrets from now on, with the versions that they have. */
  update(secrets: readonly SecretModel[]): void;
}

/**
 * A Secrets Manager for the secrets of a stack, in AWS JSON 1.1: reads and describes them, adds versions and moves labels. A
 * secret is known by ARN, by name, or by ARN without its random suffix.
 *
 * @param access whose signatures count
 */
export async function startSecretsManager(
  secrets: readonly SecretModel[],
  versions: SecretVersions,
  access: Access,
): Promise<SecretsManager> {
  let served = secrets;
  const server = createServer((request, response) => {
    runOperation(request, () => served, versions)
      .then((body) => send(response, 200, body))
      .catch((error: unknown) => {
        if (error instanceof SecretsError) send(response, 400, { __type: error.code, Message: error.message });
        else send(response, 500, { __type: 'InternalServiceError', Message: 'The secret could not be read.' });
      });
  });
  const scope = { ...access, service: 'secretsmanager' };
  requireSignature(server, { scope, mediaType: MEDIA_TYPE, bodyLimit: BODY_LIMIT });
  const port = await listen(server);
  return {
    url: `http://${LOOPBACK}:${port}`,
    update: (next) => {
      served = next;
    },
    close: () => shut(server),
  };
}

async function runOperation(
  request: IncomingMessage,
  secrets: () => readonly SecretModel[],
  versions: SecretVersions,
): Promise<Json> {
  const name = String(request.headers['x-amz-target'] ?? '').replace(/^secretsmanager\./, '');
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (operation === undefined) {
    const message = `The local Secrets Manager has no ${name || 'such operation'}.`;
    throw new SecretsError('UnknownOperationException', message);
  }
  const input = parse(await readBody(request, BODY_LIMIT));
  if (input === undefined) throw new SecretsError('SerializationException', 'The body is not a JSON object.');
  const wrong = ['SecretId', ...operation.strings].find((member) => !isStringOrAbsent(input[member]));
  if (wrong !== undefined) throw new SecretsError('SerializationException', `${wrong} is not a string.`);
  const id = input['SecretId'];
  if (typeof id !== 'string') throw new SecretsError('ValidationException', 'SecretId is missing.');
  const secret = secrets().find((candidate) => isNamed(candidate, id));
  if (secret === undefined) throw SecretsError.notFound();
  return { ARN: secret.arn, Name: secret.name, ...operation.run(versions, secret, input) };
}

function isStringOrAbsent(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
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

function send(response: ServerResponse, status: number, body: Json): void {
  response.writeHead(status, {
    'content-type': MEDIA_TYPE,
    'x-amzn-requestid': randomUUID(),
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify(body));
}
