/**
 * The aggregate key of a rate-based statement: what it counts requests by.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based-aggregation-options.html
 */
import { isRecord, type Json, list, record, string } from '../../assembly/values.ts';
import type { IncomingRequest } from '../incomingRequest.ts';
import { queryString } from './fieldToMatch.ts';
import { compileTransformations } from './textTransformation.ts';

/** The key of a request; `undefined` when a part of it is missing, as WAF does not count such requests. */
export type AggregateKeyReader = (request: IncomingRequest) => string | undefined;

type Part = (request: IncomingRequest) => Buffer | undefined;

/** WAF's limit. */
const MAX_CUSTOM_KEYS = 5;

/** Compiles `AggregateKeyType` with its custom keys; `undefined` when one of them is not emulated. */
export function compileAggregateKey(statement: Json): AggregateKeyReader | undefined {
  const kind = string(statement['AggregateKeyType']) ?? 'IP';
  if (kind === 'IP') return ({ sourceIp }) => sourceIp;
  if (kind === 'CONSTANT') return () => '';
  if (kind !== 'CUSTOM_KEYS') return undefined;
  const parts = list(statement['CustomKeys']).map((key) => compilePart(record(key)));
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0 || known.length > MAX_CUSTOM_KEYS || known.length < parts.length) return undefined;
  return (request) => {
    const values: string[] = [];
    for (const part of known) {
      const value = part(request);
      if (value === undefined) return undefined;
      values.push(value.toString('base64'));
    }
    return values.join(' ');
  };
}

function compilePart(key: Json): Part | undefined {
  const [[name, options] = ['', undefined]] = Object.entries(key);
  if (!isRecord(options)) return undefined;
  if (name === 'IP') return ({ sourceIp }) => Buffer.from(sourceIp);
  if (name === 'HTTPMethod') return ({ method }) => Buffer.from(method);
  const read = readerOf(name, string(options['Name']) ?? '');
  const transform = compileTransformations(options);
  if (read === undefined || transform === undefined) return undefined;
  return (request) => {
    const value = read(request);
    return value === undefined ? undefined : transform(Buffer.from(value));
  };
}

function readerOf(name: string, key: string): ((request: IncomingRequest) => string | undefined) | undefined {
  switch (name) {
    case 'Header':
      return ({ headers }) => headers[key.toLowerCase()]?.join(',');
    case 'Cookie':
      return ({ headers }) => cookie(headers['cookie']?.join('; ') ?? '', key);
    case 'QueryArgument':
      return ({ query }) => (Object.hasOwn(query, key) ? query[key]?.[0] : undefined);
    case 'QueryString':
      return ({ query }) => queryString(query);
    case 'UriPath':
      return ({ path, sentPath = path }) => sentPath;
    default:
      return undefined;
  }
}

function cookie(header: string, name: string): string | undefined {
  const pairs = header.split(';').map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
