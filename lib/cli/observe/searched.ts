import { invalidOption } from '../options.ts';

/** What the lines of an access log must have. */
export interface Search {
  readonly client?: string;
  readonly subject?: string;
  /** Of a route: method and path template. */
  readonly method?: string;
  readonly path?: string;
  /** `403`, or `4xx` for a class. */
  readonly status?: string;
}

/** Characters that mean themselves between the quotes of a query and of a filter pattern. */
const PLAIN = /^[A-Za-z0-9 ._:@/+={},-]*$/;
/** The same, between the slashes of a regular expression. */
const PLAIN_IN_REGEX = /^[A-Za-z0-9 _:@,-]$/;
/** Ids of requests, of traces, and those that clients may choose. */
const ID = /^[\w=+/.:-]{1,128}$/;
/** The fields that have the id of a request: `httpRequest` is WAF's. */
const ID_FIELDS = ['requestId', 'extendedRequestId', 'clientRequestId', 'traceId', 'httpRequest.requestId'];

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html */
const LONGEST_QUERY = 10_000;

/** The fields of the access log that a search reads, with the values that they must have. */
function fieldsOf({ client, subject, method, path }: Search): readonly (readonly [string, string])[] {
  const fields = { client, subject, method, routePath: path };
  return Object.entries(fields).flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const]));
}

/**
 * The query of Logs Insights for a search, the newest line first. No character of a value can end its string: what is not plain is
 * any character in the query, and `matches` compares it afterwards.
 */
export function insightsQuery(search: Search, limit: number): string {
  const { status } = search;
  const conditions = fieldsOf(search).map(([field, value]) => equals(field, value));
  if (status !== undefined)
    conditions.push(/xx$/.test(status) ? `status like /^${status[0]}/` : `status = "${status}"`);
  const filter = conditions.length === 0 ? [] : [`filter ${conditions.join(' and ')}`];
  return ['fields @timestamp, @log, @message', ...filter, 'sort @timestamp desc', `limit ${limit}`].join('\n| ');
}

function equals(field: string, value: string): string {
  return PLAIN.test(value) ? `${field} = "${value}"` : `${field} like /${regexOf(value)}/`;
}

/**
 * A regular expression for the beginning of a value, up to a line break or a character that can be two, which no dot matches everywhere.
 * Each of its dots is one character, so it takes linear time.
 */
function regexOf(value: string): string {
  const [begin = ''] = /^[^\p{Cc}\u2028\u2029\u{10000}-\u{10ffff}]*/u.exec(value) ?? [];
  return `^${wildcards(begin, PLAIN_IN_REGEX, '.')}${begin === value ? '$' : ''}`;
}

/** The pattern of FilterLogEvents for a search. */
export function filterPattern(search: Search): string {
  const { status } = search;
  const conditions = fieldsOf(search).map(([field, value]) => `($.${field} = "${wildcards(value, PLAIN, '*')}")`);
  if (status !== undefined) conditions.push(`($.status = "${status.replace('xx', '*')}")`);
  return conditions.length === 0 ? '' : `{ ${conditions.join(' && ')} }`;
}

/** Whether an entry is what was searched for. */
export function matches(search: Search, entry: Readonly<Record<string, unknown>>): boolean {
  const { status } = search;
  const isOf = String(entry['status'] ?? '').startsWith((status ?? '').replace('xx', ''));
  return isOf && fieldsOf(search).every(([field, value]) => entry[field] === value);
}

/** The query for every entry that has one of these ids. */
export function storyQuery(ids: readonly string[], limit: number): string {
  const conditions = ids.flatMap((id) => ID_FIELDS.map((field) => `${field} = "${checkedId(id)}"`));
  return [
    'fields @timestamp, @log, @message',
    `filter ${conditions.join(' or ')}`,
    'sort @timestamp asc',
    `limit ${limit}`,
  ].join('\n| ');
}

/** The first of these ids that one query can ask for. */
export function idsOfOneQuery(ids: readonly string[], limit: number): readonly string[] {
  const count = ids.findIndex((_, i) => storyQuery(ids.slice(0, i + 1), limit).length > LONGEST_QUERY);
  return count === -1 ? ids : ids.slice(0, count);
}

/** Whether a string can be the id of a request. */
export function isId(id: unknown): id is string {
  return typeof id === 'string' && ID.test(id) && id !== '-';
}

/** @throws {ConfigError} `option-invalid` for a string that is no id of a request. */
export function checkedId(id: string): string {
  if (isId(id)) return id;
  throw invalidOption({
    location: '--request',
    found: JSON.stringify(id),
    expected: 'the id of a request: at most 128 letters, digits and . _ : / + = -',
    fix: 'Copy it from "instance" of the problem document, from the header x-amzn-requestid, or from a line of the log.',
  });
}

/** A value whose characters that are not plain stand for any. */
function wildcards(value: string, plain: RegExp, any: string): string {
  return [...value].map((one) => (plain.test(one) ? one : any)).join('');
}
