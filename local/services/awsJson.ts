import type { IncomingMessage } from 'node:http';
import type { Json } from '../assembly/values.ts';
import { BodyTooLarge, BodyUnreadable, inflated } from './inflated.ts';
import { readBytes } from './loopback.ts';
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
  /** Whether errors have the header with their code, of services that had the query protocol before. @default false */
  readonly hasQueryErrors?: boolean;
  /** By name. */
  readonly operations: Readonly<Record<string, Operation>>;
}

const BODY_LIMIT = 1024 * 1024;
/** A compressed body can become so large. Our choice: eight times what it can be itself. */
const INFLATED_LIMIT = 8 * BODY_LIMIT;

/** A service of AWS JSON on loopback. A rejected operation is 400 with the code of the service. */
export function startAwsJson(kind: AwsJsonKind, access: Access): Promise<SignedService<never>> {
  const { service, operations, hasQueryErrors = false } = kind;
  const run = async (request: IncomingMessage) => {
    const [target, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const operation = target === kind.target && Object.hasOwn(operations, name) ? operations[name] : undefined;
    const body = await readBytes(request, BODY_LIMIT);
    const input = objectIn(
      (await inflated(body, request.headers['content-encoding'], INFLATED_LIMIT)).toString('utf8'),
    );
    if (operation === undefined)
      throw new OperationError('UnknownOperationException', `The local service ${service} has no such operation.`);
    if (input === undefined) throw new OperationError('SerializationException', 'The body is not a JSON object.');
    return { body: await operation(input) };
  };
  const failure = (error: unknown) => {
    const { status = 500, code = 'InternalFailure' } = faultOf(error);
    const message = status === 500 ? `The local service ${service} failed.` : (error as Error).message;
    return {
      status,
      ...(hasQueryErrors && { headers: { 'x-amzn-query-error': `${code};${status === 500 ? 'Receiver' : 'Sender'}` } }),
      body: { __type: code, message },
    };
  };
  const mediaType = `application/x-amz-json-${kind.version}`;
  return startSignedService<never>({ service, mediaType, bodyLimit: BODY_LIMIT, run, failure }, [], access);
}

function faultOf(error: unknown): { readonly status?: number; readonly code?: string } {
  if (error instanceof OperationError) return { status: 400, code: error.code };
  if (error instanceof BodyTooLarge) return { status: 413, code: 'RequestEntityTooLargeException' };
  return error instanceof BodyUnreadable ? { status: 400, code: 'SerializationException' } : {};
}
