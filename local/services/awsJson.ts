import type { IncomingMessage } from 'node:http';
import type { Json } from '../assembly/values.ts';
import { readBody } from './loopback.ts';
import type { Access } from './signature.ts';
import { objectIn, type SignedService, startSignedService } from './signedService.ts';

/** An operation that is rejected, with the code of the service. */
export class OperationError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'OperationError';
    this.code = code;
  }
}

/** An operation: from the members of its input to those of its output. */
export type Operation = (input: Json) => Json | Promise<Json>;

export interface AwsJsonKind {
  /** The name in signatures, such as `events`. */
  readonly service: string;
  /** What stands before the operation in `x-amz-target`, such as `AWSEvents`. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  /** By name. */
  readonly operations: Readonly<Record<string, Operation>>;
}

const BODY_LIMIT = 1024 * 1024;

/** A service of AWS JSON on loopback. A rejected operation is 400 with the code of the service. */
export function startAwsJson(kind: AwsJsonKind, access: Access): Promise<SignedService<never>> {
  const { service, operations } = kind;
  const run = async (request: IncomingMessage) => {
    const [target, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const operation = target === kind.target && Object.hasOwn(operations, name) ? operations[name] : undefined;
    const input = objectIn(await readBody(request, BODY_LIMIT));
    if (operation === undefined)
      throw new OperationError('UnknownOperationException', `The local service ${service} has no such operation.`);
    if (input === undefined) throw new OperationError('SerializationException', 'The body is not a JSON object.');
    return { body: await operation(input) };
  };
  const failure = (error: unknown) =>
    error instanceof OperationError
      ? { status: 400, body: { __type: error.code, message: error.message } }
      : { status: 500, body: { __type: 'InternalFailure', message: `The local service ${service} failed.` } };
  const mediaType = `application/x-amz-json-${kind.version}`;
  return startSignedService<never>({ service, mediaType, bodyLimit: BODY_LIMIT, run, failure }, [], access);
}
