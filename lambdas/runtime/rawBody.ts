import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import { bodyType, checkBodySize, isDamaged } from './body.ts';
import type { ProxyEvent } from './event.ts';
import { HttpProblem, type RequestFault } from './problem.ts';

/** The bytes of a body. API Gateway passes binary media types in base64, and everything else as a string. */
export function bytesOf({ body, isBase64Encoded }: ProxyEvent): Buffer {
  return Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8');
}

/**
 * The bytes of the body exactly as the client sent them, for a handler that gets them. Where the route has a schema, `readBody`
 * has checked the body already, and the validator rejects a missing one. Without a schema this function checks media type, size and
 * that there is a body.
 *
 * A type of JSON or a form reaches the function as a string, in which API Gateway has replaced what is not UTF-8. Such bytes are
 * lost, so the request is rejected.
 *
 * @returns a copy that shares no memory with other requests; undefined without a body.
 * @throws {HttpProblem} `unsupported-media-type`, `payload-too-large`, or `invalid-request` for a missing body and for one whose
 * bytes are lost.
 */
export function readRawBody(event: ProxyEvent, contract: RouteContract): Uint8Array | undefined {
  const { rawBody, takesBody } = contract;
  if (rawBody === undefined) return undefined;
  // Small buffers are parts of a pool: its other parts belong to other requests.
  const bytes = new Uint8Array(bytesOf(event));
  if (bytes.length === 0) {
    if (rawBody.required && !takesBody) throw invalid('required', 'is required');
    return undefined;
  }
  if (takesBody) return bytes;
  bodyType(event, contract);
  checkBodySize(bytes.length, contract);
  if (isDamaged(event, contract)) throw invalid('encoding', 'must be UTF-8');
  return bytes;
}

function invalid(code: string, message: string): HttpProblem {
  const fault: RequestFault = { pointer: '', code, message };
  return new HttpProblem('invalid-request', 'The request is not valid.', [fault]);
}
