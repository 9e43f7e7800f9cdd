/** Statuses that send a client elsewhere by `Location` (RFC 9110, section 15.4). */
export const REDIRECT_STATUSES = [301, 302, 303, 307, 308] as const;
/** The client's copy is current (RFC 9110, section 15.4.5). */
export const NOT_MODIFIED = 304;

export type RedirectStatus = (typeof REDIRECT_STATUSES)[number];

/** The headers that a handler has to return, by the status of the response. */
export type RequiredHeaders<Status extends PropertyKey> = `${Exclude<Status, symbol>}` extends `${RedirectStatus}`
  ? { readonly Location: string }
  : `${Exclude<Status, symbol>}` extends `${typeof NOT_MODIFIED}`
    ? { readonly ETag: string }
    : unknown;

export function isRedirect(status: number): boolean {
  return REDIRECT_STATUSES.some((known) => known === status);
}

/** The header that a status adds to those that are declared, with its description. */
export function headersOfStatus(
  status: number,
  declared: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const [name, description] = isRedirect(status)
    ? ['Location', 'Where to go on.']
    : status === NOT_MODIFIED
      ? ['ETag', 'The version that the client has.']
      : ['', ''];
  const isWritten = Object.keys(declared).some((header) => header.toLowerCase() === name.toLowerCase());
  return name === '' || isWritten ? declared : { ...declared, [name]: description };
}

/** An origin that `redirectTo` can list: https, in lower case, no path. */
const ORIGIN =
  /^https:\/\/(?=.{4,253}(?::|$))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(?::[1-9]\d{0,4})?$/;

export function isRedirectOrigin(value: unknown): value is string {
  return typeof value === 'string' && ORIGIN.test(value) && URL.canParse(value) && new URL(value).origin === value;
}
