/** A year, which browsers' preload lists demand. https://hstspreload.org */
export const MIN_HSTS_SECONDS = 31_536_000;

/** What a header `Strict-Transport-Security` says. */
export interface TransportSecurity {
  readonly maxAge: number;
  readonly includeSubDomains: boolean;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const DIRECTIVE = new RegExp(`[ \\t]*(?:(${TOKEN})(?:[ \\t]*=[ \\t]*(${TOKEN}|"[^"\\\\]*"))?)?[ \\t]*(?:;|$)`, 'y');

/** Reads the header as browsers do (RFC 6797, section 6.1); undefined where they ignore it. */
export function transportSecurity(header: string): TransportSecurity | undefined {
  const directives = new Map<string, string | undefined>();
  DIRECTIVE.lastIndex = 0;
  while (DIRECTIVE.lastIndex < header.length) {
    const match = DIRECTIVE.exec(header);
    if (match === null) return undefined;
    const [, name, value] = match;
    if (name === undefined) continue;
    if (directives.has(name.toLowerCase())) return undefined;
    directives.set(name.toLowerCase(), value?.replace(/^"(.*)"$/, '$1'));
  }
  const seconds = directives.get('max-age') ?? '';
  const includeSubDomains = directives.has('includesubdomains');
  if (!/^\d+$/.test(seconds) || directives.get('includesubdomains') !== undefined) return undefined;
  return { maxAge: Number(seconds), includeSubDomains };
}
