/** A request of the table on the wire: implementations make their events from it, the client sends it. */
import type { Message, ParityRequest } from './request.ts';

/** Header lines and body of a message. */
export interface Wire {
  /** As written in the table; values of one name in order. */
  readonly headers: Readonly<Record<string, readonly string[]>>;
  readonly body: string | undefined;
  /** Decoded as a form is; every value of a repeated name. */
  readonly query: Readonly<Record<string, readonly string[]>>;
}

export function wireOf({ headers = {}, body, raw, query = '' }: Message): Wire {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const named = text === undefined ? headers : { 'content-type': 'application/json', ...headers };
  const lines = Object.entries(named).map(([name, value]) => [name, [value].flat()] as const);
  const values = Map.groupBy(new URLSearchParams(query), ([name]) => name);
  const parameters = [...values].map(([name, pairs]) => [name, pairs.map(([, value]) => value)] as const);
  return {
    headers: Object.fromEntries(lines.filter(([, each]) => each.length > 0)),
    body: text,
    query: Object.fromEntries(parameters),
  };
}

/** The values of a header as a server reads them: by any spelling of the name, without surrounding whitespace (RFC 9110, 5.5). */
export function headerValues({ headers }: Pick<Wire, 'headers'>, name: string): readonly string[] {
  const found = Object.entries(headers).filter(([key]) => key.toLowerCase() === name);
  return found.flatMap(([, values]) => values.map((value) => value.trim()));
}

/** The lines of the Authorization header, with the token in them. */
export async function credentialsOf(
  { headers = {}, roles }: ParityRequest,
  tokenOf: (roles: readonly string[]) => Promise<string>,
): Promise<readonly string[]> {
  const lines = [headers['authorization'] ?? (roles === undefined ? [] : 'Bearer {token}')].flat();
  if (!lines.some((line) => line.includes('{token}'))) return lines;
  const token = await tokenOf(roles ?? ['viewer']);
  return lines.map((line) => line.replace('{token}', token));
}
