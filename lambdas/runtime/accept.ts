import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import { headerValues, type ProxyEvent } from './event.ts';
import { HttpProblem } from './problem.ts';

/** The media ranges that include JSON, the most specific last (RFC 9110, section 12.5.1). */
const RANGES = ['*/*', 'application/*', 'application/json'];
/** No real client sends a longer list. */
const MAX_RANGES = 64;
/** The weight of a range (RFC 9110, section 12.4.2). */
const WEIGHT = /^q[ \t]*=[ \t]*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i;

/**
 * Rejects requests of clients that do not accept JSON, the media type of every response. Without the header, and where
 * the route returns no body, everything is acceptable. A rejection is always `application/problem+json`, as RFC 9110
 * allows.
 *
 * @throws {HttpProblem} `not-acceptable`
 */
export function checkAccept(event: ProxyEvent, { responses }: RouteContract): void {
  const ranges = headerValues(event, 'accept').join(',');
  if (ranges.trim() === '' || !responses.some(({ body }) => body)) return;
  if (weightOfJson(ranges) > 0) return;
  throw new HttpProblem('not-acceptable', 'This route responds with application/json.');
}

/**
 * The weight of the most specific range that includes JSON; 0 without one, or when the header is not a list of ranges.
 */
function weightOfJson(header: string): number {
  let found = { rank: -1, weight: 0 };
  for (const range of header.split(',', MAX_RANGES)) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const rank = RANGES.indexOf(type.toLowerCase());
    if (rank > found.rank) found = { rank, weight: weightOf(parameters) };
  }
  return found.weight;
}

function weightOf(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => /^q[ \t]*=/i.test(parameter));
  return weight === undefined ? 1 : Number(WEIGHT.exec(weight)?.[1] ?? 0);
}
