import { Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { formatValue } from '../../definition/checks/check.ts';
import type { ConfigErrorCode } from '../../definition/errors.ts';
import type { CloudFrontProps } from '../cloudfront/props.ts';
import { invalid } from '../invalid.ts';
import type { MtlsProps } from '../mtls/props.ts';
import type { SecureApiProps } from '../props.ts';
import { requireCertificate } from './certificateArn.ts';
import { isShared } from './publicAddress.ts';
import { type TlsSettings, tlsBehindCloudFront, tlsSettings } from './tls.ts';

/** How clients reach the API, checked, with every default filled in. */
export interface Transport {
  readonly tls: TlsSettings;
  /** Undefined: clients reach the API directly. */
  readonly cloudFront?: CloudFrontSettings;
  readonly mtls?: MtlsSettings;
  readonly hstsPreload: boolean;
}

export interface CloudFrontSettings extends Omit<CloudFrontProps, 'type'> {
  readonly http: 'redirect' | 'reject';
  readonly http3: boolean;
  readonly logs: boolean;
}

export interface MtlsSettings extends MtlsProps {
  readonly mode: 'required' | 'optional';
  readonly revocation: boolean;
}

type TransportProps = Pick<
  SecureApiProps,
  'edge' | 'tls' | 'mtls' | 'domain' | 'hstsPreload' | 'clients' | 'authorizerCacheSeconds'
>;

/**
 * Checks that AWS combines the props, and fills in their defaults.
 *
 * @throws {ConfigError} `edge-invalid`, `tls-invalid`, `mtls-invalid`, `domain-invalid` or `option-invalid`.
 */
export function transportOf(scope: Construct, props: TransportProps): Transport {
  const { tls: policy = 'modern', hstsPreload = false } = props;
  const mtls = props.mtls && { mode: 'required' as const, revocation: false, ...props.mtls };
  for (const { is, ...fault } of faultsOf(scope, props)) if (is) throw invalid(fault);
  const cloudFront = cloudFrontOf(props);
  const { domain } = props;
  if (domain !== undefined && !isShared(domain)) requireCertificate(scope, 'domain.certificate', domain.certificate);
  requireCertificate(scope, 'edge.certificate', cloudFront?.certificate);
  requireCertificate(scope, 'edge.originCertificate', cloudFront?.originCertificate);
  if (cloudFront === undefined) return { tls: tlsSettings(policy), mtls, hstsPreload };
  return {
    tls: tlsBehindCloudFront(policy, cloudFront.originCertificate !== undefined),
    cloudFront,
    mtls,
    hstsPreload,
  };
}

function cloudFrontOf({ edge, mtls }: TransportProps): CloudFrontSettings | undefined {
  if (edge === undefined || edge === 'regional') return undefined;
  const { http, http3, logs = true, ...options } = optionsOf(edge) ?? {};
  const isDefault = mtls === undefined;
  return { ...options, http: http ?? (isDefault ? 'redirect' : 'reject'), http3: http3 ?? isDefault, logs };
}

function optionsOf(edge: TransportProps['edge']): Omit<CloudFrontProps, 'type'> | undefined {
  if (typeof edge !== 'object') return undefined;
  const { type: _, ...options } = edge;
  return options;
}

/** A combination that AWS rejects, or that does not do what it says. */
interface Combination {
  readonly is: boolean;
  readonly code?: ConfigErrorCode;
  readonly location: string;
  readonly found: string;
  readonly expected: string;
  readonly fix: string;
}

function faultsOf(
  scope: Construct,
  { edge, tls = 'modern', mtls, domain, hstsPreload, clients, authorizerCacheSeconds }: TransportProps,
): Combination[] {
  const isCloudFront = edge !== undefined && edge !== 'regional';
  const options = optionsOf(edge);
  const { region } = Stack.of(scope);
  return [
    {
      is: isCloudFront && domain === undefined,
      code: 'edge-invalid',
      location: 'edge',
      found: "'cloudfront' without domain",
      expected: 'a domain',
      fix: "Add domain: { name, zone }. CloudFront's own host names accept TLS 1.0, whatever the policy is.",
    },
    {
      is: isCloudFront && domain !== undefined && isShared(domain),
      code: 'edge-invalid',
      location: 'edge',
      found: "'cloudfront' with a shared domain",
      expected: 'an own domain',
      fix: 'A distribution has the host names to itself: give the API domain: { name, zone }.',
    },
    {
      is: mtls !== undefined && domain !== undefined && isShared(domain),
      code: 'mtls-invalid',
      location: 'mtls',
      found: 'mtls with a shared domain',
      expected: 'an own domain',
      fix: 'The trust store belongs to the whole host name: give the API domain: { name, zone }.',
    },
    {
      is: isCloudFront && Token.isUnresolved(region),
      code: 'edge-invalid',
      location: 'edge',
      found: "'cloudfront' in a stack without a region",
      expected: 'a stack with env: { account, region }',
      fix: 'Give the stack its region: the distribution reads the address of the API from there.',
    },
    {
      is: isCloudFront && !['aws', undefined].includes(RegionInfo.get(region).partition),
      code: 'edge-invalid',
      location: 'edge',
      found: `'cloudfront' in ${region}`,
      expected: "edge: 'regional'",
      fix: 'The partition has no CloudFront with web ACLs and certificates of ACM. Leave edge out: clients reach API Gateway.',
    },
    {
      is: isCloudFront && tls === 'fips',
      code: 'tls-invalid',
      location: 'tls',
      found: "'fips' with edge: 'cloudfront'",
      expected: "'modern', 'post-quantum', 'compatible' or 'legacy-1.2'",
      fix: "CloudFront has no FIPS policy. Choose edge: 'regional', or another policy.",
    },
    {
      is: mtls !== undefined && domain === undefined,
      code: 'mtls-invalid',
      location: 'mtls',
      found: 'mtls without domain',
      expected: 'a domain',
      fix: 'Add domain: { name, zone }. Mutual TLS belongs to a host name: the execute-api address has none.',
    },
    {
      is: mtls !== undefined && !isCloudFront && tls !== 'legacy-1.2',
      code: 'mtls-invalid',
      location: 'tls',
      found: `mtls with tls: '${tls}' on a regional domain`,
      expected: "tls: 'legacy-1.2', or edge: 'cloudfront'",
      fix: "API Gateway has no mutual TLS with enhanced policies. Choose edge: 'cloudfront', which has both, or accept TLS 1.2 by tls: 'legacy-1.2'.",
    },
    {
      is: mtls?.client !== undefined && mtls.client.names === undefined && clients !== true,
      code: 'mtls-invalid',
      location: 'mtls.client',
      found: 'neither names nor clients: true',
      expected: 'one of them',
      fix: 'List the clients by the names in their certificates, or register clients: other names are rejected.',
    },
    {
      is: mtls?.client?.names !== undefined && Object.keys(mtls.client.names).length === 0,
      code: 'mtls-invalid',
      location: 'mtls.client.names',
      found: 'no name',
      expected: 'the clients by the names in their certificates',
      fix: 'List them: nobody would be accepted.',
    },
    {
      is: mtls !== undefined && (authorizerCacheSeconds ?? 0) > 0,
      code: 'mtls-invalid',
      location: 'authorizerCacheSeconds',
      found: `${formatValue(authorizerCacheSeconds)} with mtls`,
      expected: '0, or nothing',
      fix: 'A cached decision would accept the token with the certificate of another client: leave the prop out.',
    },
    {
      is: mtls?.mode === 'optional' && !isCloudFront,
      code: 'mtls-invalid',
      location: 'mtls.mode',
      found: "'optional' on a regional domain",
      expected: "'required', or edge: 'cloudfront'",
      fix: 'API Gateway always requires the certificate.',
    },
    {
      is: mtls !== undefined && options?.http3 === true,
      code: 'edge-invalid',
      location: 'edge.http3',
      found: 'HTTP/3 with mtls',
      expected: 'http3: false, or none',
      fix: 'CloudFront has no mutual TLS with HTTP/3. Leave http3 out: HTTP/2 is used.',
    },
    {
      is: mtls !== undefined && options?.http === 'redirect',
      code: 'edge-invalid',
      location: 'edge.http',
      found: "'redirect' with mtls",
      expected: "'reject', or none",
      fix: 'A listener for plain HTTP cannot ask for a certificate. Leave http out: plain HTTP is rejected.',
    },
    {
      is: (options?.originCertificate === undefined) !== (options?.originTrustStore === undefined),
      code: 'edge-invalid',
      location: 'edge.originCertificate',
      found: options?.originCertificate === undefined ? 'originTrustStore alone' : 'originCertificate alone',
      expected: 'originCertificate and originTrustStore',
      fix: 'Give both: the API accepts the certificate by its CA.',
    },
    {
      is: hstsPreload === true && domain === undefined,
      location: 'hstsPreload',
      found: 'true without domain',
      expected: 'a domain',
      fix: 'Browsers preload only domains that you own: add domain, or leave hstsPreload out.',
    },
    {
      // https://hstspreload.org/#submission-requirements
      is: hstsPreload === true && isCloudFront && (options?.http === 'reject' || mtls !== undefined),
      location: 'hstsPreload',
      found: mtls === undefined ? "true with edge.http 'reject'" : 'true with mtls, so that plain HTTP is rejected',
      expected: "edge.http 'redirect', or no hstsPreload",
      fix: 'The preload list takes only domains that redirect plain HTTP, or do not listen for it: leave one of them out.',
    },
  ];
}
