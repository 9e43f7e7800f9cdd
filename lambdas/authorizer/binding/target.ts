import type { AuthorizerEvent } from '../event.ts';

/**
 * Whether the `htu` of a proof is the URL of the request, without query and fragment (RFC 9449, section 4.3, point 9),
 * compared after normalization (RFC 3986, sections 6.2.2 and 6.2.3).
 *
 * Two paths name the request: as the client called it, and below the stage. A custom domain hides the stage from the client,
 * which the event does not tell.
 */
export function isTarget(htu: string, event: AuthorizerEvent): boolean {
  const host = event.requestContext?.domainName;
  const called = normal(htu);
  if (host === undefined || called === undefined) return false;
  const paths = [event.requestContext?.path, event.path].filter((path) => path !== undefined);
  return paths.some((path) => normal(`https://${host}${path}`) === called);
}

/** `decodeURI` leaves what parts a path, such as `%2F`, as it is. */
function normal(text: string): string | undefined {
  try {
    const { origin, pathname, protocol } = new URL(text);
    return protocol === 'https:' ? `${origin}${decodeURI(pathname)}` : undefined;
  } catch {
    return undefined;
  }
}
