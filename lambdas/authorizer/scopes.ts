import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { stringsOf, unique } from '../shared/strings.ts';

/**
 * The scopes of a token that the API declares, in the order of the token. The claim is `scope` (RFC 8693, section 4.2;
 * RFC 9068, section 2.2.3), or `scp` with issuers that write that instead. Cognito writes the resource server's identifier
 * before each scope, which is the API's name: `documents/documents.read`. Scopes of other APIs give nothing.
 */
export function scopesOf(claims: object, policy: Pick<AccessPolicy, 'api' | 'scopes'>): readonly string[] {
  const { scope, scp } = claims as { readonly scope?: unknown; readonly scp?: unknown };
  const prefix = `${policy.api}/`;
  const named = stringsOf(scope ?? scp).map((text) => (text.startsWith(prefix) ? text.slice(prefix.length) : text));
  return unique(named).filter((text) => policy.scopes.includes(text));
}
