/**
 * Patterns of execute-api resources, segment by segment: `METHOD/first/second`. In a policy, `*` matches any string,
 * **including `/`** (API Gateway Developer Guide, "Control access for invoking an API"), while a `{parameter}` of a route
 * is one segment. All our patterns use `*` as whole segments, so `touches` and `covers` are exact.
 */
export type Segments = readonly string[];

const ANY = '*';
/** Before a literal: any segment but this one. It describes requests; no pattern has it, because no policy can. */
const OTHER = '!';

/** `GET`, `/documents/{id}` → `['GET', 'documents', '*']`. */
export function segmentsOf(method: string, path: string): Segments {
  const parts = path.split('/').slice(1);
  return [method, ...parts.map((part) => (part.startsWith('{') ? ANY : part))];
}

/**
 * A route whose parameters have to equal values: the one path that they allow, and the paths of everybody else, segment by segment
 * the first that differs.
 */
export function boundSegments(
  method: string,
  path: string,
  valueFor: (parameter: string) => string | undefined,
): { readonly own: Segments; readonly foreign: readonly Segments[] } {
  const open = segmentsOf(method, path);
  const values = [
    undefined,
    ...path
      .split('/')
      .slice(1)
      .map((part) => valueIn(part, valueFor)),
  ];
  const upTo = (end: number) => open.map((part, i) => (i < end ? (values[i] ?? part) : part));
  const foreign = values.flatMap((value, i) => (value === undefined ? [] : [upTo(i).with(i, `${OTHER}${value}`)]));
  return { own: upTo(open.length), foreign };
}

function valueIn(part: string, valueFor: (parameter: string) => string | undefined): string | undefined {
  return part.startsWith('{') ? valueFor(part.slice(1, -1)) : undefined;
}

/** Whether some request of the route would match the pattern. */
export function touches(pattern: Segments, route: Segments): boolean {
  return walk(
    pattern,
    route,
    (literal, part) => part === ANY || part === literal || (part.startsWith(OTHER) && part.slice(1) !== literal),
  );
}

/** Whether every request of the route matches the pattern. */
export function covers(pattern: Segments, route: Segments): boolean {
  return walk(pattern, route, (literal, part) => part === literal);
}

type Fits = (literal: string, part: string) => boolean;

function walk(pattern: Segments, route: Segments, fits: Fits, p = 0, r = 0): boolean {
  if (p === pattern.length) return r === route.length;
  if (r === route.length) return false;
  const literal = pattern[p] ?? '';
  if (literal !== ANY) return fits(literal, route[r] ?? '') && walk(pattern, route, fits, p + 1, r + 1);
  for (let end = r + 1; end <= route.length; end += 1) {
    if (walk(pattern, route, fits, p + 1, end)) return true;
  }
  return false;
}
