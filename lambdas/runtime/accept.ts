import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import { ofLast } from '../shared/ofLast.ts';
import { headerValues, type ProxyEvent } from './event.ts';
import { HttpProblem } from './problem.ts';

/** No real client sends a longer list. */
const MAX_RANGES = 64;
/** The weight of a range (RFC 9110, section 12.4.2). */
const WEIGHT = /^q[ \t]*=[ \t]*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/** A media range in lower case, with its weight. */
interface Range {
  readonly type: string;
  readonly weight: number;
}

/** Rejects a request of a client that accepts no response of a route. */
export type CheckAccept = (event: ProxyEvent) => void;

/**
 * Makes what rejects requests of clients that accept no media type of the route's responses. Without the header, and where the route returns
 * no body, everything is acceptable. A rejection is always `application/problem+json`, as RFC 9110 allows.
 *
 * A response of bytes needs more: API Gateway sends them only if the first media type of the first `Accept` is one of the API's
 * binary types, and base64 to every other client, also to one that sends `*` ranges. So the first one must be of the route.
 *
 * @returns a function that throws `not-acceptable`.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
 */
export function acceptCheck({ responses }: RouteContract): CheckAccept {
  const bodies = responses.flatMap(({ body }) => body ?? []);
  const types = [...new Set(bodies.map(({ type }) => type))];
  const binary = [...new Set(bodies.filter(({ format }) => format === 'binary').map(({ type }) => type))];
  const first = binary.length === 0 ? '' : ` Name ${binary.join(' or ')} first in Accept.`;
  if (types.length === 0) return () => undefined;
  const isAcceptable = (values: readonly string[]) => {
    const ranges = rangesOf(values);
    const isAccepted = ranges.length === 0 || types.some((type) => weightOf(type, ranges) > 0);
    return isAccepted && (binary.length === 0 || isDelivered(values, binary, ranges));
  };
  const isAcceptableOne = ofLast((value) => isAcceptable([value]));
  return (event) => {
    const values = headerValues(event, 'accept');
    if (values.length === 0 && binary.length === 0) return;
    const [value = ''] = values;
    if (values.length === 1 ? isAcceptableOne(value) : isAcceptable(values)) return;
    throw new HttpProblem('not-acceptable', `This route responds with ${types.join(' or ')}.${first}`);
  };
}

/** Whether API Gateway turns base64 into bytes for this client; compared as written, since its rules for case are unknown. */
function isDelivered([header = '']: readonly string[], binary: readonly string[], ranges: readonly Range[]): boolean {
  const [first = ''] = header.split(/[,;]/, 1);
  return binary.includes(first.trim()) && weightOf(first.trim(), ranges) > 0;
}

function rangesOf(headers: readonly string[]): readonly Range[] {
  const list = headers.join(',');
  if (list.trim() === '') return [];
  return list.split(',', MAX_RANGES).map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => /^q[ \t]*=/i.test(parameter));
    return { type: type.toLowerCase(), weight: weight === undefined ? 1 : Number(WEIGHT.exec(weight)?.[1] ?? 0) };
  });
}

/** The weight of the most specific range that includes the type; 0 without one (RFC 9110, section 12.5.1). */
function weightOf(type: string, ranges: readonly Range[]): number {
  const ranked = ['*/*', `${type.slice(0, type.indexOf('/'))}/*`, type];
  let found = { rank: -1, weight: 0 };
  for (const range of ranges) {
    const rank = ranked.indexOf(range.type);
    if (rank > found.rank) found = { rank, weight: range.weight };
  }
  return found.weight;
}
