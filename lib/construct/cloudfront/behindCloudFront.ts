import type { Construct } from 'constructs';
import { securityHeaders } from '../../../lambdas/shared/httpHeaders.ts';
import type { Edge } from '../edge/edge.ts';
import { isShared } from '../edge/publicAddress.ts';
import type { Transport } from '../edge/transport.ts';
import type { SecureApiProps } from '../props.ts';
import { CloudFront, type CloudFrontParts } from './cloudFront.ts';

/** The distributions, where clients reach the API through CloudFront; `transportOf` has checked that no other API shares the domain. */
export function cloudFrontOf(
  scope: Construct,
  common: Omit<CloudFrontParts, 'settings' | 'domain' | 'domains' | 'regional' | 'secrets' | 'headers'> & Transport,
  { edge, domain }: { readonly edge: Edge; readonly domain: SecureApiProps['domain'] },
): CloudFront | undefined {
  const { cloudFront: settings, hstsPreload } = common;
  const { domains, secrets, certificate: regional } = edge;
  if (settings === undefined || domain === undefined || isShared(domain)) return undefined;
  if (secrets === undefined || regional === undefined) return undefined;
  const own = { settings, domain, domains, regional, secrets, headers: securityHeaders({ hstsPreload }) };
  return new CloudFront(scope, 'CloudFront', { ...common, ...own });
}
