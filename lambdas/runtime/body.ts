import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import { checkBodyLimits } from './bodyLimits.ts';
import { headerValues, type ProxyEvent } from './event.ts';
import { parseStrictJson } from './json.ts';
import { HttpProblem } from './problem.ts';

/** RFC 8259 defines no charset, but clients send one; anything except UTF-8 would be decoded wrongly. */
const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset=("utf-8"|utf-8)[ \t]*)?;?$/i;

/**
 * Reads the body of a request: media type, size, UTF-8, strict JSON, the limits of its route, in this order.
 *
 * @returns the parsed body, or undefined without one.
 * @throws {HttpProblem} `unsupported-media-type`, `payload-too-large`, `malformed-json`, or `invalid-request` for a
 * body that the route does not take or that is past its limits.
 */
export function readBody(event: ProxyEvent, contract: RouteContract): unknown {
  // Files are read later, after all other checks.
  if (contract.upload !== undefined) return undefined;
  const { body } = event;
  if (body === undefined || body === null || body === '') return undefined;
  if (!contract.takesBody) {
    const fault = { pointer: '', code: 'unexpected', message: 'This route takes no body.' };
    throw new HttpProblem('invalid-request', 'The request is not valid.', [fault]);
  }
  checkMediaType(event);
  const encoded = event.isBase64Encoded === true;
  const bytes = encoded ? Buffer.from(body, 'base64') : undefined;
  if ((bytes?.length ?? Buffer.byteLength(body)) > contract.input.maxBodyBytes) {
    throw new HttpProblem('payload-too-large', `The body has more than ${contract.input.maxBodyBytes} bytes.`);
  }
  const parsed = parseStrictJson(bytes === undefined ? wellDecoded(body) : stringOf(bytes), contract.input.maxDepth);
  checkBodyLimits(parsed, contract.input);
  return parsed;
}

function checkMediaType(event: ProxyEvent): void {
  const [type, ...others] = headerValues(event, 'content-type');
  const isJson = type !== undefined && others.length === 0 && JSON_TYPE.test(type.trim());
  const isPlain = headerValues(event, 'content-encoding').every((encoding) => encoding.toLowerCase() === 'identity');
  if (!isJson || !isPlain) {
    throw new HttpProblem('unsupported-media-type', 'Send application/json in UTF-8, without Content-Encoding.');
  }
}

/** The gateway decodes bodies that are not binary media, and replaces what is not UTF-8 by U+FFFD. */
function wellDecoded(body: string): string {
  if (body.includes('\ufffd')) throw new HttpProblem('malformed-json', 'The body is not UTF-8.');
  return body;
}

function stringOf(bytes: Uint8Array): string {
  try {
    // With ignoreBOM a BOM stays in the string, and JSON.parse rejects it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new HttpProblem('malformed-json', 'The body is not UTF-8.');
  }
}
