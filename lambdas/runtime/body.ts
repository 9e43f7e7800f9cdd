import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import { checkBodyLimits } from './bodyLimits.ts';
import { headerValues, type ProxyEvent } from './event.ts';
import { parseForm } from './form.ts';
import { parseStrictJson } from './json.ts';
import { readMediaType } from './mediaType.ts';
import { HttpProblem, type RequestFault } from './problem.ts';

/** The media type of a route that names none. */
const JSON_ALONE = ['application/json'];
const FORM = 'application/x-www-form-urlencoded';
const NO_FIELDS = { fields: {} };

type Malformed = 'malformed-json' | 'malformed-form';

/**
 * Reads the body of a request: media type, size, UTF-8, strict JSON or a strict form, the limits of its route, in this order.
 *
 * @param faults get what is wrong with single fields of a form.
 * @returns the parsed body, or undefined without one: no bytes are no body, whatever the headers say.
 * @throws {HttpProblem} `unsupported-media-type`, `payload-too-large`, `malformed-json`, `malformed-form`, or `invalid-request`
 * for a body that the route does not take or that is past its limits.
 */
export function readBody(event: ProxyEvent, contract: RouteContract, faults: RequestFault[] = []): unknown {
  // Files are read later, after all other checks.
  if (contract.upload !== undefined) return undefined;
  // Bytes without a schema are nothing to parse: readRawBody checks them.
  if (contract.rawBody !== undefined && !contract.takesBody) return undefined;
  const { body } = event;
  if (body === undefined || body === null || body === '') return undefined;
  if (!contract.takesBody) {
    const fault = { pointer: '', code: 'unexpected', message: 'This route takes no body.' };
    throw new HttpProblem('invalid-request', 'The request is not valid.', [fault]);
  }
  const type = bodyType(event, contract);
  const code = type === FORM ? 'malformed-form' : 'malformed-json';
  const bytes = event.isBase64Encoded === true ? Buffer.from(body, 'base64') : undefined;
  checkBodySize(bytes?.length ?? Buffer.byteLength(body), contract);
  if (bytes === undefined && isDamaged(event, contract)) throw new HttpProblem(code, 'The body is not UTF-8.');
  const text = bytes === undefined ? body : stringOf(bytes, code);
  const parsed =
    type === FORM
      ? parseForm(text, contract.form ?? NO_FIELDS, contract.input, faults)
      : parseStrictJson(text, contract.input.maxDepth);
  checkBodyLimits(parsed, contract.input);
  return parsed;
}

/**
 * The media type of a body, one of its route's.
 *
 * @throws {HttpProblem} `unsupported-media-type`, also for a body that is compressed.
 */
export function bodyType(event: ProxyEvent, { bodyTypes = JSON_ALONE }: RouteContract): string {
  const isPlain = headerValues(event, 'content-encoding').every((encoding) => encoding.toLowerCase() === 'identity');
  if (!isPlain) throw new HttpProblem('unsupported-media-type', 'Send the body without Content-Encoding.');
  return readMediaType(headerValues(event, 'content-type'), bodyTypes);
}

/** @throws {HttpProblem} `payload-too-large` */
export function checkBodySize(bytes: number, { input: { maxBodyBytes } }: RouteContract): void {
  if (bytes > maxBodyBytes) throw new HttpProblem('payload-too-large', `The body has more than ${maxBodyBytes} bytes.`);
}

/** Whether the string of a body can differ from its bytes; a verified signature of a webhook shows that the sender wrote it. */
export function isDamaged(event: ProxyEvent, { access }: RouteContract): boolean {
  return access.kind !== 'webhook' && holdsReplacement(event);
}

/** Whether a body holds U+FFFD. The gateway decodes bodies that are not binary media, and puts it where bytes are not UTF-8. */
export function holdsReplacement({ body, isBase64Encoded }: ProxyEvent): boolean {
  return isBase64Encoded !== true && body?.includes('\ufffd') === true;
}

function stringOf(bytes: Uint8Array, code: Malformed): string {
  try {
    // With ignoreBOM a BOM stays in the string, and JSON.parse rejects it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new HttpProblem(code, 'The body is not UTF-8.');
  }
}
