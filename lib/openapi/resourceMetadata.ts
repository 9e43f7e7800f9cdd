import { securityHeaders } from '../../lambdas/shared/httpHeaders.ts';
import { PROOF_ALGORITHMS } from '../../lambdas/shared/wireContract.ts';
import { hasCaller } from '../definition/access.ts';
import type { Api } from '../definition/api.ts';
import type { Json } from './json.ts';
import { mockOperation } from './mockOperation.ts';

/** Where clients read which issuers an API accepts (RFC 9728, section 3.1). */
const METADATA_PATH = '/.well-known/oauth-protected-resource';

/** What a deployment knows of an API as a protected resource. */
export interface ResourceBinding {
  /** Issuers whose tokens are accepted; may be CDK tokens. */
  readonly issuers: readonly string[];
  /** The API's domain, with the path before its own; without one its address ends with the stage, and no challenge can name it. */
  readonly address?: { readonly hostName: string; readonly basePath: string };
}

interface MetadataBindings {
  readonly resource?: ResourceBinding;
  readonly dpop?: 'optional' | 'required';
  readonly hstsPreload?: boolean;
}

/** The parameter of a challenge that names the metadata (RFC 9728, section 5.1); empty where the address is unknown at synth. */
export function metadataParameter(resource: ResourceBinding | undefined): string {
  if (resource?.address === undefined) return '';
  return `, resource_metadata="https://${resource.address.hostName}${pathBefore(resource)}${METADATA_PATH}"`;
}

/**
 * The operations of the metadata. The address in it is the one that the client called, so that it compares equal. Nothing in it is
 * secret, and it is the same for all, so scripts of any page can read it. Absent where no route needs a token.
 */
export function metadataPath(api: Api, { resource, dpop, hstsPreload }: MetadataBindings): Json {
  const isProtected = Object.values(api.routes).some(({ access }) => hasCaller(access));
  if (resource === undefined || !isProtected) return {};
  const scopes = Object.keys(api.scopes);
  const metadata = {
    resource: `https://$context.domainName${pathBefore(resource)}`,
    ...(resource.issuers.length === 0 ? {} : { authorization_servers: resource.issuers }),
    ...(scopes.length === 0 ? {} : { scopes_supported: scopes }),
    bearer_methods_supported: dpop === 'required' ? [] : ['header'],
    ...(dpop === undefined ? {} : { dpop_signing_alg_values_supported: PROOF_ALGORITHMS }),
    ...(dpop === 'required' ? { dpop_bound_access_tokens_required: true } : {}),
    resource_name: api.name,
  };
  const operation = mockOperation({ status: 200, headers: headersOf(hstsPreload), template: JSON.stringify(metadata) });
  return { [METADATA_PATH]: { get: operation, head: operation } };
}

/** What stands between the host name and the paths of the definition. */
function pathBefore({ address }: ResourceBinding): string {
  if (address === undefined) return '/$context.stage';
  return address.basePath === '' ? '' : `/${address.basePath}`;
}

const headersOf = (hstsPreload: boolean | undefined): Readonly<Record<string, string>> => ({
  ...securityHeaders({ hstsPreload }),
  'Access-Control-Allow-Origin': '*',
  'Cache-Control': 'public, max-age=3600',
});
