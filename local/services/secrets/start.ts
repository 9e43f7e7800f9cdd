import type { IncomingMessage } from 'node:http';
import type { SecretModel } from '../../assembly/model.ts';
import type { Json } from '../../assembly/values.ts';
import { readBody } from '../loopback.ts';
import type { Access } from '../signature.ts';
import { objectIn, type SignedService, startSignedService } from '../signedService.ts';
import { SecretsError } from './error.ts';
import { OPERATIONS } from './operations.ts';
import type { SecretVersions } from './versions.ts';

/** The string of a secret has 64 KB at most, each character of it escaped in JSON. */
const BODY_LIMIT = 512 * 1024;
const MEDIA_TYPE = 'application/x-amz-json-1.1';

/**
 * A Secrets Manager for the secrets of a stack, in AWS JSON 1.1: reads and describes them, adds versions and moves labels. A
 * secret is known by ARN, by name, or by ARN without its random suffix.
 *
 * @param access whose signatures count
 */
export function startSecretsManager(
  secrets: readonly SecretModel[],
  versions: SecretVersions,
  access: Access,
): Promise<SignedService<SecretModel>> {
  const kind = { service: 'secretsmanager', mediaType: MEDIA_TYPE, bodyLimit: BODY_LIMIT };
  return startSignedService(
    { ...kind, failure, run: async (request, served) => ({ body: await runOperation(request, served, versions) }) },
    secrets,
    access,
  );
}

function failure(error: unknown) {
  if (error instanceof SecretsError) return { status: 400, body: { __type: error.code, Message: error.message } };
  return { status: 500, body: { __type: 'InternalServiceError', Message: 'The secret could not be read.' } };
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
  const input = objectIn(await readBody(request, BODY_LIMIT));
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
