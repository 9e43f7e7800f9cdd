import { readFileSync } from 'node:fs';
import { locateAsset } from '../assets.ts';
import type { DistributionModel, EdgeFunctionModel, ViewerMtlsModel } from '../edgeModel.ts';
import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { flag, type Json, list, record, string, strings } from '../values.ts';
import type { WebAclModel } from '../webAclModel.ts';
import { readConnectionFunctions, readEdgeFunctions } from './edgeFunctions.ts';
import { CACHING_DISABLED, type PolicyLookup, readPolicies } from './edgePolicies.ts';

/** What a distribution may refer to outside of CloudFront. */
export interface DistributionSources {
  readonly webAclOf: (arn: string) => WebAclModel | undefined;
  /** Id of the API that a domain name of an origin leads to. */
  readonly apiOf: (originDomain: string) => string | undefined;
  readonly report: ReportGap;
}

const EMULATED = [
  'Aliases',
  'ConnectionFunctionAssociation',
  'DefaultCacheBehavior',
  'HttpVersion',
  'Origins',
  'ViewerCertificate',
  'ViewerMtlsConfig',
  'WebACLId',
];
const HARMLESS = ['Comment', 'ConnectionMode', 'Enabled', 'IPV6Enabled', 'PriceClass', 'Staging'];
const BEHAVIOR = [
  'AllowedMethods',
  'CachePolicyId',
  'FunctionAssociations',
  'OriginRequestPolicyId',
  'ResponseHeadersPolicyId',
  'TargetOriginId',
  'ViewerProtocolPolicy',
];
const HARMLESS_IN_BEHAVIOR = ['CachedMethods', 'SmoothStreaming'];
const ORIGIN = ['DomainName', 'Id', 'OriginCustomHeaders'];
/** How CloudFront connects to the origin. Here no connection is between both. */
const HARMLESS_IN_ORIGIN = ['ConnectionAttempts', 'ConnectionTimeout', 'CustomOriginConfig'];

/** Every distribution in front of an API; one in front of anything else is reported. */
export function readDistributions(stack: StackTemplate, sources: DistributionSources): DistributionModel[] {
  const { report } = sources;
  const resources = stack.ofType('AWS::CloudFront::Distribution');
  if (resources.length === 0) return [];
  const parts: Parts = {
    stack,
    sources,
    policies: readPolicies(stack, report),
    functions: readEdgeFunctions(stack, report),
    connectionFunctions: readConnectionFunctions(stack, report),
  };
  return resources.flatMap((resource) => readDistribution(resource, parts) ?? []);
}

interface Parts {
  readonly stack: StackTemplate;
  readonly sources: DistributionSources;
  readonly policies: PolicyLookup;
  readonly functions: ReadonlyMap<string, EdgeFunctionModel>;
  readonly connectionFunctions: ReadonlyMap<string, EdgeFunctionModel>;
}

function readDistribution(resource: Resource, parts: Parts): DistributionModel | undefined {
  const { report, apiOf, webAclOf } = parts.sources;
  reportUnreadProperties(resource, report, ['DistributionConfig'], []);
  const config = record(resource.properties['DistributionConfig']);
  const behavior = record(config['DefaultCacheBehavior']);
  const origin = list(config['Origins'])
    .map(record)
    .find(({ Id }) => Id === behavior['TargetOriginId']);
  const apiId = apiOf(string(origin?.['DomainName']) ?? '');
  if (origin === undefined || apiId === undefined) {
    report(resource, 'its origin is no API of this assembly, so it is not served');
    return undefined;
  }
  reportMembers(resource, config, { known: [...EMULATED, ...HARMLESS], prefix: '', report });
  const knownOfBehavior = [...BEHAVIOR, ...HARMLESS_IN_BEHAVIOR];
  reportMembers(resource, behavior, { known: knownOfBehavior, prefix: 'DefaultCacheBehavior.', report });
  reportMembers(resource, origin, { known: [...ORIGIN, ...HARMLESS_IN_ORIGIN], prefix: 'Origins.', report });
  if (behavior['CachePolicyId'] !== CACHING_DISABLED)
    report(resource, 'responses are not cached; its cache policy is not CachingDisabled');
  const httpVersion = string(config['HttpVersion']) ?? 'http1.1';
  if (httpVersion.includes('3')) report(resource, 'HTTP/3 is not emulated; HTTP/2 and HTTP/1.1 are');
  const webAclArn = string(config['WebACLId']);
  const webAcl = webAclArn === undefined ? undefined : webAclOf(webAclArn);
  if (webAclArn !== undefined && webAcl === undefined) report(resource, 'its web ACL is not in this stack');
  return {
    logicalId: resource.logicalId,
    id: resource.ref,
    domainName: resource.attribute('DomainName'),
    aliases: strings(config['Aliases']).map((name) => name.toLowerCase()),
    apiId,
    http: protocolPolicy(behavior),
    http2: httpVersion.startsWith('http2'),
    viewerPolicy: viewerPolicy(resource, record(config['ViewerCertificate']), report),
    methods: strings(behavior['AllowedMethods'] ?? ['GET', 'HEAD']),
    originHeaders: list(origin['OriginCustomHeaders'])
      .map(record)
      .map(({ HeaderName, HeaderValue }) => [string(HeaderName) ?? '', string(HeaderValue) ?? ''] as const),
    ...policiesOf(resource, behavior, parts),
    ...viewerRequestOf(resource, behavior, parts),
    ...(webAcl === undefined ? {} : { webAcl }),
    ...mtlsOf(resource, config, parts),
  };
}

interface Members {
  readonly known: readonly string[];
  readonly prefix: string;
  readonly report: ReportGap;
}

function reportMembers(resource: Resource, value: Json, { known, prefix, report }: Members): void {
  // What is switched off needs no emulation.
  for (const [name, member] of Object.entries(value))
    if (!known.includes(name) && member !== false) report(resource, `the property ${prefix}${name} is not emulated`);
}

function protocolPolicy(behavior: Json): DistributionModel['http'] {
  const policy = behavior['ViewerProtocolPolicy'];
  return policy === 'redirect-to-https' || policy === 'https-only' ? policy : 'allow-all';
}

/** Without its own certificate, a distribution accepts TLS 1.0. */
function viewerPolicy(resource: Resource, certificate: Json, report: ReportGap): string {
  const policy = string(certificate['MinimumProtocolVersion']) ?? 'TLSv1';
  if (!/^TLSv1\.[23]/.test(policy))
    report(resource, `the viewer policy ${policy} accepts versions before TLS 1.2; the local minimum is TLS 1.2`);
  return policy;
}

function policiesOf(
  resource: Resource,
  behavior: Json,
  { policies, sources: { report } }: Parts,
): Pick<DistributionModel, 'originRequest' | 'responseHeaders'> {
  const originId = string(behavior['OriginRequestPolicyId']);
  const responseId = string(behavior['ResponseHeadersPolicyId']);
  const originRequest = originId === undefined ? undefined : policies.originRequest(originId);
  const responseHeaders = responseId === undefined ? undefined : policies.responseHeaders(responseId);
  if (originId !== undefined && originRequest === undefined)
    report(resource, `the managed origin request policy ${originId} is not emulated`);
  if (responseId !== undefined && responseHeaders === undefined)
    report(resource, `the managed response headers policy ${responseId} is not emulated`);
  return { ...(originRequest && { originRequest }), ...(responseHeaders && { responseHeaders }) };
}

function viewerRequestOf(
  resource: Resource,
  behavior: Json,
  { functions, sources: { report } }: Parts,
): Pick<DistributionModel, 'viewerRequest'> {
  let viewerRequest: EdgeFunctionModel | undefined;
  for (const { EventType, FunctionARN } of list(behavior['FunctionAssociations']).map(record)) {
    const found = functions.get(string(FunctionARN) ?? '');
    if (EventType === 'viewer-request' && found !== undefined) viewerRequest = found;
    else report(resource, `the function of ${string(EventType)} is not run`);
  }
  return viewerRequest === undefined ? {} : { viewerRequest };
}

function mtlsOf(resource: Resource, config: Json, parts: Parts): { readonly mtls?: ViewerMtlsModel } {
  const { stack, connectionFunctions, sources } = parts;
  const mtls = record(config['ViewerMtlsConfig']);
  const mode = string(mtls['Mode']);
  if (mode === undefined) return {};
  const trust = record(mtls['TrustStoreConfig']);
  const store = stack.ofType('AWS::CloudFront::TrustStore').find(({ ref }) => ref === trust['TrustStoreId']);
  if (store === undefined || (mode !== 'required' && mode !== 'optional')) {
    sources.report(resource, `client certificates in the mode ${mode} with its trust store are not checked`);
    return {};
  }
  const wanted = string(record(config['ConnectionFunctionAssociation'])['Id']);
  const connectionFunction = wanted === undefined ? undefined : connectionFunctions.get(wanted);
  return {
    mtls: {
      mode,
      caPem: trustedPem(store, stack, sources.report),
      ignoresExpiry: flag(trust['IgnoreCertificateExpiry']),
      advertisesNames: flag(trust['AdvertiseTrustStoreCaNames']),
      ...(connectionFunction && { connectionFunction }),
    },
  };
}

function trustedPem(store: Resource, stack: StackTemplate, report: ReportGap): string {
  reportUnreadProperties(store, report, ['CaCertificatesBundleSource'], []);
  const { CaCertificatesBundleS3Location } = record(store.properties['CaCertificatesBundleSource']);
  const objectKey = string(record(CaCertificatesBundleS3Location)['Key']);
  const { location, metadata } = store;
  const reference = {
    resource: location,
    metadata,
    directory: stack.artifact.directory,
    ...(objectKey && { objectKey }),
  };
  return readFileSync(locateAsset(stack.assets, reference, 'file'), 'utf8');
}
