/**
 * The result of a function behind a proxy integration, turned into an HTTP response.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-output-format
 */
import { remembered } from '../../assembly/remembered.ts';
import { flag, isRecord, type Json } from '../../assembly/values.ts';
import { lowerCase } from '../lowerCase.ts';
import type { HttpResponse } from '../step.ts';

const MEMBERS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded', 'cookies']);

const isMember = (name: string): boolean => MEMBERS.has(name);

/**
 * Headers that only API Gateway sets: those of an integration are sent under another name.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
 */
const REMAPPED = new Set([
  'authorization',
  'connection',
  'content-length',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'upgrade',
  'user-agent',
  'via',
  'warn',
  'www-authenticate',
]);

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** No character that could end the header (RFC 9110, section 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Reads a proxy response.
 *
 * @param acceptsBinary whether base64 becomes bytes for this client; else it is sent as it is.
 * @returns `undefined` when it is malformed, which is 502: not an object, unknown members, a status outside 100 to 599,
 * headers that are not scalars, a body that is not a string.
 */
export function readProxyResponse(payload: unknown, acceptsBinary = false): HttpResponse | undefined {
  if (!isRecord(payload) || !Object.keys(payload).every(isMember)) return undefined;
  const status = Number(payload['statusCode']);
  const headers = readHeaders(payload);
  const body = payload['body'] ?? '';
  if (!Number.isInteger(status) || status < 100 || status > 599 || headers === undefined) return undefined;
  if (typeof body !== 'string') return undefined;
  const bytes = flag(payload['isBase64Encoded']) && acceptsBinary ? Buffer.from(body, 'base64') : body;
  const typed = headers.some(([name]) => lowerCase(name) === 'content-type');
  // API Gateway's default when the function sets no content type.
  if (!typed) headers.unshift(['Content-Type', 'application/json']);
  return { kind: 'response', status, headers, body: bytes };
}

/** `multiValueHeaders` win over `headers` where both name one. */
function readHeaders({ headers, multiValueHeaders }: Json): (readonly [string, string])[] | undefined {
  if (!isMap(headers) || !isMap(multiValueHeaders)) return undefined;
  const sent: (readonly [string, string])[] = [];
  const many = multiValueHeaders ?? {};
  const names = Object.keys(many);
  if (headers !== undefined && headers !== null) {
    const named = new Set(names.filter((name) => !isEmptyList(many[name])).map(lowerCase));
    for (const name of Object.keys(headers)) {
      if (!named.has(lowerCase(name)) && !add(sent, name, headers[name])) return undefined;
    }
  }
  for (const name of names) {
    const values = many[name];
    if (!Array.isArray(values)) {
      if (!add(sent, name, values)) return undefined;
    } else if (!values.every((value) => add(sent, name, value))) return undefined;
  }
  return sent;
}

/** Adds a header that has a value. Returns false for one that no response can have. */
function add(sent: (readonly [string, string])[], name: string, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  const field = fieldOf(name);
  const text = typeof value === 'object' ? undefined : String(value);
  if (field === undefined || text === undefined || !HEADER_VALUE.test(text)) return false;
  if (field.isSent) sent.push([field.name, text]);
  return true;
}

function isEmptyList(values: unknown): boolean {
  return Array.isArray(values) && values.length === 0;
}

/** How API Gateway sends a header; undefined for a name that no header can have. */
const fieldOf = remembered((name) => {
  const lower = name.toLowerCase();
  const renamed = REMAPPED.has(lower) ? `x-amzn-Remapped-${name}` : name;
  return HEADER_NAME.test(renamed) ? { name: renamed, isSent: lower !== 'transfer-encoding' } : undefined;
});

function isMap(value: unknown): value is Json | null | undefined {
  return value === undefined || value === null || isRecord(value);
}
