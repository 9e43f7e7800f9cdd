/**
 * The part of a request that a WAF statement inspects, after its text transformations.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-fields-list.html
 */
import { isRecord, type Json, record, string } from '../../assembly/values.ts';
import type { IncomingRequest } from '../incomingRequest.ts';
import { compileTransformations, type Transform } from './textTransformation.ts';

/** A field's value; `true` or `false` when oversize handling has already decided; `undefined` when the field is missing. */
export type FieldValue = Buffer | boolean | undefined;

/** Reads a field of a request. */
export type FieldReader = (request: IncomingRequest) => FieldValue;

/**
 * Compiles `FieldToMatch` with `TextTransformations`; `undefined` when either is not emulated.
 *
 * @param inspectedBytes - bytes of a body that the web ACL inspects.
 */
export function compileField(statement: Json, inspectedBytes: number): FieldReader | undefined {
  const read = compileRaw(record(statement['FieldToMatch']), inspectedBytes);
  const transform = compileTransformations(statement);
  if (read === undefined || transform === undefined) return undefined;
  return (request) => {
    const value = read(request);
    return Buffer.isBuffer(value) ? transform(value) : value;
  };
}

/** A field whose values requests repeat. */
interface RepeatedField {
  readonly read: (request: IncomingRequest) => string;
  readonly transform: Transform;
}

/** Compiles `FieldToMatch` for path and method; `undefined` for other fields, and where the transformations are not emulated. */
export function compileRepeatedField(statement: Json): RepeatedField | undefined {
  const [name = ''] = Object.keys(record(statement['FieldToMatch']));
  const read = Object.hasOwn(REPEATED, name) ? REPEATED[name] : undefined;
  const transform = compileTransformations(statement);
  return read === undefined || transform === undefined ? undefined : { read, transform };
}

const REPEATED: Readonly<Record<string, RepeatedField['read']>> = {
  UriPath: ({ path, sentPath = path }) => sentPath,
  Method: ({ method }) => method,
};

function compileRaw(field: Json, inspectedBytes: number): FieldReader | undefined {
  const [[name, options] = ['', undefined]] = Object.entries(field);
  const key = string(record(options)['Name']) ?? '';
  const repeated = Object.hasOwn(REPEATED, name) ? REPEATED[name] : undefined;
  if (repeated !== undefined) return (request) => Buffer.from(repeated(request));
  switch (name) {
    case 'QueryString':
      return ({ query }) => Buffer.from(queryString(query));
    case 'SingleHeader':
      return ({ headers }) => optional(headers[key.toLowerCase()]);
    case 'Body':
      return bodyReader(options, inspectedBytes);
    default:
      return undefined;
  }
}

function bodyReader(options: unknown, inspectedBytes: number): FieldReader {
  const handling = isRecord(options) ? string(options['OversizeHandling']) : undefined;
  return ({ body }) => {
    if (body.length <= inspectedBytes) return body;
    if (handling === 'MATCH' || handling === 'NO_MATCH') return handling === 'MATCH';
    return body.subarray(0, inspectedBytes);
  };
}

/** The query string, encoded again from its decoded form, so unusual encodings appear in their usual form. */
export function queryString(query: IncomingRequest['query']): string {
  const search = new URLSearchParams();
  for (const [name, values] of Object.entries(query)) for (const value of values) search.append(name, value);
  return search.toString();
}

function optional(values: readonly string[] | undefined): Buffer | undefined {
  return values === undefined ? undefined : Buffer.from(values.join(','));
}
