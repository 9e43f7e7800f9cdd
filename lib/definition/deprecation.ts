/**
 * The end of a route's life: since when clients should no longer use it, and when it may stop to respond. Days begin at midnight,
 * UTC. Every response of the route's function announces them in the headers `Deprecation` (RFC 9745), `Sunset` (RFC 8594) and
 * `Link`.
 */
export interface Deprecation {
  /** The day from which the route is deprecated, `YYYY-MM-DD`; a day in the future announces it. */
  readonly since: string;
  /** The day from which the route may stop to respond, `YYYY-MM-DD`, not before `since`. Default: not known yet. */
  readonly sunset?: string;
  /** The https URL of a page for the people who use the route: what replaces it, and until when. Default: none. */
  readonly link?: string;
}

/** Headers of each response of a deprecated route, by their names in lower case. */
export interface DeprecationHeaders {
  readonly deprecation: string;
  readonly sunset?: string;
  /** Added to the links of a handler. */
  readonly link?: string;
}

/** What {@link DeprecationHeaders} are for, by their names as documents write them. */
export const DEPRECATION_HEADERS: Readonly<Record<string, keyof DeprecationHeaders>> = {
  Deprecation: 'deprecation',
  Sunset: 'sunset',
  Link: 'link',
};

/**
 * The headers that announce a deprecation: a date of structured fields (RFC 9745, section 2.1), an HTTP date (RFC 8594, section 3),
 * and a link for each of the two dates (RFC 9745, section 3; RFC 8594, section 6).
 */
export function deprecationHeaders({ since, sunset, link }: Deprecation): DeprecationHeaders {
  const relations = ['deprecation', ...(sunset === undefined ? [] : ['sunset'])];
  return {
    deprecation: `@${Date.parse(since) / 1000}`,
    ...(sunset === undefined ? {} : { sunset: new Date(sunset).toUTCString() }),
    ...(link === undefined
      ? {}
      : {
          link: relations.map((relation) => `<${new URL(link).href}>; rel="${relation}"; type="text/html"`).join(', '),
        }),
  };
}

/** `Deprecated since 2026-01-01. It may stop to respond on 2027-01-01. See https://…`, for people. */
export function describeDeprecation({ since, sunset, link }: Deprecation): string {
  const end = sunset === undefined ? [] : [`It may stop to respond on ${sunset}.`];
  const page = link === undefined ? [] : [`See ${new URL(link).href}`];
  return [`Deprecated since ${since}.`, ...end, ...page].join(' ');
}

/** `deprecated since 2026-01-01, sunset 2027-01-01`, for tables. */
export function deprecationNote({ since, sunset }: Deprecation): string {
  return `deprecated since ${since}${sunset === undefined ? '' : `, sunset ${sunset}`}`;
}
