import { EndpointAccessMode, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import { SecurityPolicyProtocol } from 'aws-cdk-lib/aws-cloudfront';

/**
 * Which TLS versions and suites clients can use:
 * `modern` is TLS 1.3 alone; `post-quantum` adds hybrid key exchange (ML-KEM) at API Gateway, whose policies with it also accept TLS 1.2 with
 * forward secrecy; `fips` is TLS 1.3 by a validated module; `compatible` is TLS 1.2 with forward secrecy, and 1.3; `legacy-1.2` is the older
 * policy of API Gateway, which mutual TLS needs there.
 */
export type TlsPolicy = (typeof TLS_POLICIES)[number];

export const TLS_POLICIES = ['modern', 'post-quantum', 'fips', 'compatible', 'legacy-1.2'] as const;

/** What a policy is for each service. */
export interface TlsSettings {
  readonly policy: TlsPolicy;
  /** Of the API and of its regional domain. A connection through a domain is negotiated by the policy of the API. */
  readonly regional: SecurityPolicy;
  /** Of a distribution; undefined where CloudFront has none. */
  readonly viewer?: SecurityPolicyProtocol;
}

/**
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html and
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
 */
const SETTINGS: Readonly<Record<TlsPolicy, Omit<TlsSettings, 'policy'>>> = {
  modern: { regional: SecurityPolicy.TLS13_1_3_2025_09, viewer: SecurityPolicyProtocol.TLS_V1_3_2025 },
  // CloudFront offers hybrid key exchange in TLS 1.3 with every policy.
  'post-quantum': { regional: SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09, viewer: SecurityPolicyProtocol.TLS_V1_3_2025 },
  fips: { regional: SecurityPolicy.TLS13_1_3_FIPS_2025_09 },
  compatible: { regional: SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09, viewer: SecurityPolicyProtocol.TLS_V1_2_2025 },
  'legacy-1.2': { regional: SecurityPolicy.TLS_1_2, viewer: SecurityPolicyProtocol.TLS_V1_2_2021 },
};

/**
 * CloudFront connects to origins with TLS 1.2, so an API behind it cannot demand 1.3.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-ciphers-cloudfront-to-origin.html
 */
const ORIGIN = SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;

/** The settings of a policy for an API that clients reach directly. */
export function tlsSettings(policy: TlsPolicy): TlsSettings {
  return { policy, ...SETTINGS[policy] };
}

/** The settings of a policy for an API behind CloudFront. With mutual TLS to the origin, its domain takes only the older policy. */
export function tlsBehindCloudFront(policy: TlsPolicy, hasOriginMtls: boolean): TlsSettings {
  return { ...tlsSettings(policy), regional: hasOriginMtls ? SecurityPolicy.TLS_1_2 : ORIGIN };
}

/** Policies that accept TLS 1.3 alone. */
const ONLY_1_3: readonly string[] = [
  SecurityPolicy.TLS13_1_3_2025_09,
  SecurityPolicy.TLS13_1_3_FIPS_2025_09,
  SecurityPolicyProtocol.TLS_V1_3_2025,
];

/** The lowest version that clients can use, by the policy of what they connect to. */
export function lowestVersion({ regional, viewer }: TlsSettings, isBehindCloudFront: boolean): '1.2' | '1.3' {
  return ONLY_1_3.includes((isBehindCloudFront ? viewer : regional) ?? regional) ? '1.3' : '1.2';
}

/** Rejects connections whose host name is not that of the endpoint. Enhanced policies need it, the older ones have none. */
export function endpointAccessMode(policy: SecurityPolicy): EndpointAccessMode | undefined {
  return policy.startsWith('SecurityPolicy_') ? EndpointAccessMode.STRICT : undefined;
}
