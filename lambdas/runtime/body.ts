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
  const { body } = event;
  if (body === undefined || body === null || body === '') return undefined;
  if (!contract.takesBody) {
    const fault = { pointer: '', code: 'unexpected', message: 'This route takes no body.' };
    throw new HttpProblem('invalid-request', 'The request is not valid.', [fault]);
  }
  const type = mediaType(event, contract.bodyTypes ?? JSON_ALONE);
  const code = type === FORM ? 'malformed-form' : 'malformed-json';
  const encoded = event.isBase64Encoded === true;
  const bytes = encoded ? Buffer.from(body, 'base64') : undefined;
  if ((bytes?.length ?? Buffer.byteLength(body)) > contract.input.maxBodyBytes) {
    throw new HttpProblem('payload-too-large', `The body has more than ${contract.input.maxBodyBytes} bytes.`);
  }
  const text = bytes === undefined ? wellDecoded(body, code) : stringOf(bytes, code);
  const parsed =
    type === FORM
      ? parseForm(text, contract.form ?? NO_FIELDS, contract.input, faults)
      : parseStrictJson(text, contract.input.maxDepth);
  checkBodyLimits(parsed, contract.input);
  return parsed;
}

function mediaType(event: ProxyEvent, accepted: readonly string[]): string {
  const isPlain = headerValues(event, 'content-encoding').every((encoding) => encoding.toLowerCase() === 'identity');
  if (!isPlain) throw new HttpProblem('unsupported-media-type', 'Send the body without Content-Encoding.');
  return readMediaType(headerValues(event, 'content-type'), accepted);
}

/** The gateway decodes bodies that are not binary media, and replaces what is not UTF-8 by U+FFFD. */
function wellDecoded(body: string, code: Malformed): string {
  if (body.includes('\ufffd')) throw new HttpProblem(code, 'The body is not UTF-8.');
  return body;
}

function stringOf(bytes: Uint8Array, code: Malformed): string {
  try {
    // With ignoreBOM a BOM stays in the string, and JSON.parse rejects it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new HttpProblem(code, 'The body is not UTF-8.');
  }
}
