import type { DomainName, SpecRestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Asset } from 'aws-cdk-lib/aws-s3-assets';
import type { CfnRegexPatternSet, CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { CorsPolicy } from '../../../lambdas/shared/cors.ts';
import type { Api } from '../../definition/api.ts';
import { acceptedSecrets } from '../cloudfront/originRule.ts';
import { trustOrigin } from '../cloudfront/originTrust.ts';
import { invalid } from '../invalid.ts';
import type { LogSettings } from '../logs.ts';
import { type ServedDomain, serveDomain } from './domain.ts';
import type { DomainProps } from './domainProps.ts';
import { isShared, type PublicAddress } from './publicAddress.ts';
import type { SharedDomainProps } from './sharedDomain.ts';
import type { TlsSettings } from './tls.ts';
import type { CloudFrontSettings } from './transport.ts';
import { createWebAcl, type WafProps } from './webAcl.ts';

/** Props of `Edge`. */
export interface EdgeProps {
  readonly api: Api;
  readonly restApi: SpecRestApi;
  readonly stage: Stage;
  /** The name itself: that of the stage is a token, whose length is unknown. */
  readonly stageName: string;
  /** Address that problem types start with. @default - the project's own */
  readonly problemTypeBase?: string;
  /** Which pages of other origins can read its responses. @default - none */
  readonly cors?: CorsPolicy;
  /** How the log of the web ACL is kept, where there is one. */
  readonly logs: LogSettings;
  readonly tls: TlsSettings;
  /** The CAs whose client certificates are accepted. @default - clients have no certificates */
  readonly trustStore?: Asset;
  /** Adds `preload` to Strict-Transport-Security. */
  readonly hstsPreload: boolean;
  /** Present where clients reach the API through CloudFront. */
  readonly cloudFront?: CloudFrontSettings;
  /** @default - the API is reached by its `execute-api` address */
  readonly domain?: DomainProps | SharedDomainProps;
  /** Where clients reach the API by its domain. */
  readonly address?: PublicAddress;
  /** @default - a limit by address and three managed rule groups */
  readonly waf?: WafProps;
}

/**
 * What a request meets before the REST API: the web ACL and the domain.
 *
 * @throws {ConfigError} `domain-invalid`, `option-invalid`.
 */
export class Edge extends Construct {
  readonly webAcl: CfnWebACL;
  /** What the web ACL blocked and counted, unless that is switched off. */
  readonly webAclLog?: LogGroup;
  readonly domain?: DomainName;
  /** Of the domain. */
  readonly certificate?: ICertificate;
  /** Of all names, where the API does not share its domain. */
  readonly domains: readonly DomainName[];
  /** What the web ACL accepts from CloudFront. */
  readonly secrets?: CfnRegexPatternSet;
  /** Where clients reach the API. */
  readonly url: string;

  constructor(scope: Construct, id: string, { waf = {}, domain, address, ...parts }: EdgeProps) {
    super(scope, id);
    this.secrets = parts.cloudFront && acceptedSecrets(this);
    const { webAcl, log } = createWebAcl(this, { ...parts, secrets: this.secrets }, waf);
    this.webAcl = webAcl;
    this.webAclLog = log;
    const served = domain === undefined ? undefined : serve(this, parts, domain);
    this.domain = served?.domain;
    this.domains = served?.domains ?? [];
    trustOrigin(this, parts.cloudFront, this.domains);
    this.certificate = served?.certificate;
    this.url = served === undefined ? parts.restApi.url : urlOf(served.domain, address);
  }
}

function serve(
  edge: Edge,
  {
    restApi,
    stage,
    tls,
    cloudFront,
    trustStore,
  }: Pick<EdgeProps, 'restApi' | 'stage' | 'tls' | 'cloudFront' | 'trustStore'>,
  domain: DomainProps | SharedDomainProps,
): ServedDomain {
  if (!isShared(domain)) return serveDomain(edge, { restApi, tls, cloudFront, trustStore }, domain);
  const { shared } = domain;
  if (shared.tls !== tls.policy) {
    throw invalid({
      code: 'domain-invalid',
      location: 'tls',
      found: `'${tls.policy}' on a shared domain with '${shared.tls}'`,
      expected: `'${shared.tls}'`,
      fix: 'Give the domain and all its APIs one policy: clients of a name see one.',
    });
  }
  shared.route(edge, { restApi, stage }, domain);
  return shared;
}

function urlOf({ domainName }: DomainName, address: PublicAddress | undefined): string {
  const path = address?.basePath ?? '';
  return `https://${domainName}/${path === '' ? '' : `${path}/`}`;
}
