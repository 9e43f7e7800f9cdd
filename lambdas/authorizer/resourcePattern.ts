/**
 * Patterns of execute-api resources, segment by segment: `METHOD/first/second`. In a policy, `*` matches any string,
 * **including `/`** (API Gateway Developer Guide, "Control access for invoking an API"), while a `{parameter}` of a route
 * is one segment. Our patterns use `*` as whole segments, and at the end of a method: `P*` is POST, PUT and PATCH.
 */
export type Segments = readonly string[];

/** A segment that matches one or more segments of a request; as a segment of a route, any one segment. */
export const ANY = '*';
/** Before the name of a claim: the caller's value of it. No path has this character. */
const OWN = '=';

/**
 * The segments of the path of a route: literals, `*` for a parameter, and `=claim` for one that has to equal a claim.
 *
 * `/tenants/{tenantId}/orders/{id}` → `['tenants', '=tenant', 'orders', '*']`.
 */
export function pathSegments(path: string, where: Readonly<Record<string, string>> = {}): Segments {
  return path
    .split('/')
    .slice(1)
    .map((part) => {
      if (!part.startsWith('{')) return part;
      const name = part.slice(1, -1);
      return Object.hasOwn(where, name) ? `${OWN}${where[name]}` : ANY;
    });
}

/** Whether a segment is the caller's own value of a claim. */
export function isOwn(segment: string): boolean {
  return segment.startsWith(OWN);
}

/** Whether a pattern has values of the caller's claims. */
export function hasOwnValues(pattern: string): boolean {
  return pattern.includes(OWN);
}

/** The claims whose values a pattern has, each as often as it has them. */
export function ownClaims(pattern: string): readonly string[] {
  return pattern
    .split('/')
    .filter(isOwn)
    .map((part) => part.slice(OWN.length));
}

/** A pattern with the values of the caller's claims. */
export function withOwnValues(pattern: string, valueFor: (claim: string) => string | undefined): string {
  return pattern
    .split('/')
    .map((part) => (isOwn(part) ? (valueFor(part.slice(OWN.length)) ?? '') : part))
    .join('/');
}
