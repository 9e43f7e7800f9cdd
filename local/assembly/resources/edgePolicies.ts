import type { ForwardedModel, OriginRequestModel, PolicyHeader, ResponseHeadersModel } from '../edgeModel.ts';
import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { flag, type Json, list, record, string, strings } from '../values.ts';

const ALL: ForwardedModel = { behavior: 'all', names: [] };
const allHeaders = (behavior: string, names: readonly string[] = []): OriginRequestModel => ({
  headers: { behavior, names },
  cookies: ALL,
  queryStrings: ALL,
});

/** Managed policies. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html */
const MANAGED_ORIGIN_REQUEST: Readonly<Record<string, OriginRequestModel>> = {
  // AllViewer
  '216adef6-5c7f-47e4-b989-5492eafa07d3': allHeaders('allViewer'),
  // AllViewerAndCloudFrontHeaders-2022-06: of its CloudFront headers those that say something on this machine
  '33f36d7e-f396-46d9-90e0-52428a34d9dc': allHeaders('allViewerAndWhitelistCloudFront', [
    'cloudfront-forwarded-proto',
    'cloudfront-viewer-address',
    'cloudfront-viewer-http-version',
    'cloudfront-viewer-tls',
  ]),
  // AllViewerExceptHostHeader
  'b689b0a8-53d0-40ab-baf2-68738e2966ac': allHeaders('allExcept', ['host']),
};

/** Managed cache policies that cache nothing. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html */
export const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';

/** Finds policies by id. `undefined` for a managed one that is not emulated. */
export interface PolicyLookup {
  readonly originRequest: (id: string) => OriginRequestModel | undefined;
  readonly responseHeaders: (id: string) => ResponseHeadersModel | undefined;
}

export function readPolicies(stack: StackTemplate, report: ReportGap): PolicyLookup {
  const originRequests = new Map(
    stack
      .ofType('AWS::CloudFront::OriginRequestPolicy')
      .map((resource) => [resource.ref, readOriginRequest(resource, report)]),
  );
  const responses = new Map(
    stack
      .ofType('AWS::CloudFront::ResponseHeadersPolicy')
      .map((resource) => [resource.ref, readResponseHeaders(resource, report)]),
  );
  return {
    originRequest: (id) => originRequests.get(id) ?? MANAGED_ORIGIN_REQUEST[id],
    responseHeaders: (id) => responses.get(id),
  };
}

/** CloudFront headers that the gateway adds; others need a database of places or devices. */
const ADDED =
  /^cloudfront-(?:forwarded-proto|viewer-(?:address|http-version|tls|cert-(?:present|serial-number|subject|issuer|sha256|validity|pem)))$/;

function readOriginRequest(resource: Resource, report: ReportGap): OriginRequestModel {
  reportUnreadProperties(resource, report, ['OriginRequestPolicyConfig'], []);
  const config = record(resource.properties['OriginRequestPolicyConfig']);
  const headers = record(config['HeadersConfig']);
  const cookies = record(config['CookiesConfig']);
  const queries = record(config['QueryStringsConfig']);
  for (const name of strings(headers['Headers']))
    if (/^cloudfront-/i.test(name) && !ADDED.test(name.toLowerCase())) report(resource, `${name} is not added`);
  return {
    headers: {
      behavior: string(headers['HeaderBehavior']) ?? 'none',
      names: strings(headers['Headers']).map((name) => name.toLowerCase()),
    },
    cookies: { behavior: string(cookies['CookieBehavior']) ?? 'none', names: strings(cookies['Cookies']) },
    queryStrings: {
      behavior: string(queries['QueryStringBehavior']) ?? 'none',
      names: strings(queries['QueryStrings']),
    },
  };
}

/** Headers of `SecurityHeadersConfig`, each with how its value is written. */
const SECURITY_HEADERS: Readonly<Record<string, readonly [string, (settings: Json) => string]>> = {
  ContentSecurityPolicy: ['content-security-policy', (settings) => string(settings['ContentSecurityPolicy']) ?? ''],
  ContentTypeOptions: ['x-content-type-options', () => 'nosniff'],
  FrameOptions: ['x-frame-options', (settings) => string(settings['FrameOption']) ?? ''],
  ReferrerPolicy: ['referrer-policy', (settings) => string(settings['ReferrerPolicy']) ?? ''],
  StrictTransportSecurity: ['strict-transport-security', transportSecurity],
  XSSProtection: ['x-xss-protection', xssProtection],
};

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html */
function readResponseHeaders(resource: Resource, report: ReportGap): ResponseHeadersModel {
  reportUnreadProperties(resource, report, ['ResponseHeadersPolicyConfig'], []);
  const config = record(resource.properties['ResponseHeadersPolicyConfig']);
  for (const part of ['CorsConfig', 'ServerTimingHeadersConfig'])
    if (config[part] !== undefined) report(resource, `${part} is not emulated`);
  const security = Object.entries(record(config['SecurityHeadersConfig'])).flatMap(([key, value]): PolicyHeader[] => {
    const [name, write] = SECURITY_HEADERS[key] ?? [];
    if (name === undefined || write === undefined) {
      report(resource, `SecurityHeadersConfig.${key} is not emulated`);
      return [];
    }
    return [{ name, value: write(record(value)), override: flag(record(value)['Override']) }];
  });
  const custom = items(config['CustomHeadersConfig']).map(({ Header, Value, Override }) => ({
    name: (string(Header) ?? '').toLowerCase(),
    value: string(Value) ?? '',
    override: flag(Override),
  }));
  const remove = items(config['RemoveHeadersConfig']).map(({ Header }) => (string(Header) ?? '').toLowerCase());
  return { set: [...security, ...custom], remove };
}

function items(config: unknown): readonly Json[] {
  return list(record(config)['Items']).map(record);
}

function transportSecurity(settings: Json): string {
  const parts = [`max-age=${string(settings['AccessControlMaxAgeSec']) ?? '0'}`];
  if (flag(settings['IncludeSubdomains'])) parts.push('includeSubDomains');
  if (flag(settings['Preload'])) parts.push('preload');
  return parts.join('; ');
}

function xssProtection(settings: Json): string {
  if (!flag(settings['Protection'])) return '0';
  return flag(settings['ModeBlock']) ? '1; mode=block' : '1';
}
