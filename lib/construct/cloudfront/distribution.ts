import { Validations } from 'aws-cdk-lib';
import {
  CachePolicy,
  CfnDistribution,
  type CfnFunction,
  CfnOriginRequestPolicy,
  type CfnResponseHeadersPolicy,
  type SecurityPolicyProtocol,
} from 'aws-cdk-lib/aws-cloudfront';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { VIEWER_CERT_PEM, VIEWER_CERT_PRESENT } from '../../../lambdas/shared/edgeHeaders.ts';
import type { CloudFrontSettings } from '../edge/transport.ts';

/** What all distributions of an API share. */
export interface DistributionParts {
  readonly settings: CloudFrontSettings;
  readonly viewerPolicy: SecurityPolicyProtocol;
  /** In us-east-1. */
  readonly certificateArn: string;
  readonly webAcl: CfnWebACL;
  readonly viewerRequest: CfnFunction;
  readonly requestPolicy: CfnOriginRequestPolicy;
  readonly responseHeaders: CfnResponseHeadersPolicy;
  /** Certificates of viewers. @default - none are asked for */
  readonly viewerMtls?: Pick<
    CfnDistribution.DistributionConfigProperty,
    'viewerMtlsConfig' | 'connectionFunctionAssociation'
  >;
}

/** One host name and where its requests go. */
export interface DistributionName {
  readonly host: string;
  /** The address of the regional domain of the same name. */
  readonly origin: string;
  readonly comment: string;
}

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];
const ORIGIN = 'api';
/** Longer than the 29 seconds of an integration. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
const READ_TIMEOUT_SECONDS = 30;

/** {@link VIEWER_CERT_PRESENT} and {@link VIEWER_CERT_PEM} as CloudFront spells them. */
const CERTIFICATE_HEADERS = [VIEWER_CERT_PRESENT, VIEWER_CERT_PEM].map((name) =>
  name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase()).replace('Cloudfront', 'CloudFront'),
);

/** Everything of the viewer's request goes to the API, the host included: so `htu`, cookies and metadata have the right one. */
export function requestPolicy(scope: Construct, name: string, hasCertificates: boolean): CfnOriginRequestPolicy {
  return new CfnOriginRequestPolicy(scope, 'RequestPolicy', {
    originRequestPolicyConfig: {
      name,
      headersConfig: hasCertificates
        ? { headerBehavior: 'allViewerAndWhitelistCloudFront', headers: CERTIFICATE_HEADERS }
        : { headerBehavior: 'allViewer' },
      cookiesConfig: { cookieBehavior: 'all' },
      queryStringsConfig: { queryStringBehavior: 'all' },
    },
  });
}

/**
 * The distribution of one host name. Nothing is cached: responses are for one caller.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-specify.html
 */
export function distribution(
  scope: Construct,
  id: string,
  { host, origin, comment }: DistributionName,
  parts: DistributionParts,
): CfnDistribution {
  const { settings, viewerRequest } = parts;
  const { originCertificate } = settings;
  const created = new CfnDistribution(scope, id, {
    distributionConfig: {
      enabled: true,
      comment,
      aliases: [host],
      httpVersion: settings.http3 ? 'http2and3' : 'http2',
      ipv6Enabled: true,
      priceClass: 'PriceClass_All',
      webAclId: parts.webAcl.attrArn,
      viewerCertificate: {
        acmCertificateArn: parts.certificateArn,
        minimumProtocolVersion: parts.viewerPolicy,
        sslSupportMethod: 'sni-only',
      },
      origins: [
        {
          id: ORIGIN,
          domainName: origin,
          customOriginConfig: {
            originProtocolPolicy: 'https-only',
            originSslProtocols: ['TLSv1.2'],
            originReadTimeout: READ_TIMEOUT_SECONDS,
            ...(originCertificate === undefined
              ? {}
              : { originMtlsConfig: { clientCertificateArn: originCertificate.certificateArn } }),
          },
        },
      ],
      defaultCacheBehavior: {
        targetOriginId: ORIGIN,
        viewerProtocolPolicy: settings.http === 'redirect' ? 'redirect-to-https' : 'https-only',
        allowedMethods: METHODS,
        cachePolicyId: CachePolicy.CACHING_DISABLED.cachePolicyId,
        originRequestPolicyId: parts.requestPolicy.ref,
        responseHeadersPolicyId: parts.responseHeaders.ref,
        compress: false,
        functionAssociations: [{ eventType: 'viewer-request', functionArn: viewerRequest.attrFunctionArn }],
      },
      ...parts.viewerMtls,
    },
  });
  acknowledge(created);
  return created;
}

function acknowledge(created: CfnDistribution): void {
  Validations.of(created).acknowledge(
    { id: 'AwsSolutions-CFR1', reason: 'The web ACL compares countries where the prop waf.countries asks for it.' },
    {
      id: 'AwsSolutions-CFR3',
      reason:
        'Standard logs of version 2 go to CloudWatch Logs, unless they are switched off; the rule knows version 1.',
    },
  );
}
