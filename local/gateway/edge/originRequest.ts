/** What of a viewer's request reaches the API, by the origin request policy. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { DistributionModel, ForwardedModel, OriginRequestModel } from '../../assembly/edgeModel.ts';
import { groupedByName, type IncomingRequest } from '../incomingRequest.ts';
import { certificateHeaders } from './certificateHeaders.ts';
import { hostOf, type ViewerRequest } from './viewerRequest.ts';

/** Address of the edge location: one for documentation (RFC 5737), so that nothing mistakes it for the viewer. */
const EDGE_ADDRESS = '198.51.100.1';

/** About one connection only (RFC 9110, section 7.6.1), or removed by CloudFront. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html */
const NOT_FORWARDED = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-proto',
  'x-real-ip',
]);

/** Without a policy, nothing of the viewer but the path is forwarded. */
const NOTHING: ForwardedModel = { behavior: 'none', names: [] };
const WITHOUT_POLICY: OriginRequestModel = { headers: NOTHING, cookies: NOTHING, queryStrings: NOTHING };
/** Forwarded without a policy, too. */
const ALWAYS = new Set(['content-length', 'content-type', 'content-encoding']);

type Headers = readonly (readonly [string, string])[];

/** The headers that CloudFront adds about the viewer, as far as this machine knows them. */
function aboutViewer(request: ViewerRequest, hasMtls: boolean): Readonly<Record<string, string>> {
  const { address, port, httpVersion, tlsVersion, cipherSuite } = request;
  return {
    'cloudfront-forwarded-proto': 'https',
    'cloudfront-viewer-address': `${address.includes(':') ? `[${address}]` : address}:${port}`,
    'cloudfront-viewer-http-version': httpVersion,
    'cloudfront-viewer-tls': `${tlsVersion}:${cipherSuite}:fullHandshake`,
    ...(hasMtls ? certificateHeaders(request.certificate) : {}),
  };
}

/**
 * Adds the CloudFront headers of the policy, in place of any that the viewer sent. A CloudFront header that the policy does not
 * name stays as the viewer sent it: whether CloudFront removes it is not documented.
 */
export function withCloudFrontHeaders(request: ViewerRequest, distribution: DistributionModel): ViewerRequest {
  const { names } = distribution.originRequest?.headers ?? NOTHING;
  const about = aboutViewer(request, distribution.mtls !== undefined);
  const wanted = names.filter((name) => name.startsWith('cloudfront-'));
  const others = request.headers.filter(([name]) => !wanted.includes(name));
  const added = wanted.flatMap((name) => (about[name] === undefined ? [] : [[name, about[name]] as const]));
  return { ...request, headers: [...others, ...added] };
}

/** The request that the API gets. */
export function originRequest(viewer: ViewerRequest, body: Buffer, distribution: DistributionModel): IncomingRequest {
  const policy = distribution.originRequest ?? WITHOUT_POLICY;
  const request = withCloudFrontHeaders(viewer, distribution);
  const headers = [...headersFor(request, policy, distribution), ...distribution.originHeaders];
  const query = queryFor(request.query, policy.queryStrings);
  const raw = headers.map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(10).toString('base64url')}=`,
    method: request.method,
    path: request.path,
    query: groupedByName([...new URLSearchParams(query ?? '')]),
    queryBytes: Buffer.byteLength(query ?? ''),
    headers: groupedByName(raw),
    rawHeaders: headers,
    body,
    sourceIp: EDGE_ADDRESS,
    protocol: 'HTTP/1.1',
    tlsVersion: 'TLSv1.2',
    cipherSuite: 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256',
    receivedAt: Date.now(),
  };
}

function headersFor(request: ViewerRequest, policy: OriginRequestModel, distribution: DistributionModel): Headers {
  const own = new Set(distribution.originHeaders.map(([name]) => name.toLowerCase()));
  const forwarded = request.headers.filter(
    ([name]) => !NOT_FORWARDED.has(name) && !own.has(name) && (ALWAYS.has(name) || isForwarded(name, policy)),
  );
  const cookie = forwarded.find(([name]) => name === 'cookie')?.[1];
  const cookies = cookie === undefined ? [] : cookie.split(/; */).filter((each) => isNamed(each, policy.cookies));
  const others = forwarded.filter(([name]) => !['cookie', 'via', 'x-forwarded-for', 'host'].includes(name));
  const valuesOf = (name: string) => request.headers.flatMap(([each, value]) => (each === name ? [value] : []));
  const agent = others.some(([name]) => name === 'user-agent') ? [] : [['user-agent', 'Amazon CloudFront'] as const];
  return [
    ['host', isForwarded('host', policy) ? hostOf(request) : `${distribution.apiId}.execute-api.amazonaws.com`],
    ...others,
    ...agent,
    ...(cookies.length === 0 ? [] : [['cookie', cookies.join('; ')] as const]),
    ['x-forwarded-for', [...valuesOf('x-forwarded-for'), request.address].join(', ')],
    ['via', [...valuesOf('via'), `${request.httpVersion} ${distribution.domainName} (CloudFront)`].join(', ')],
    ['x-amz-cf-id', request.id],
  ];
}

function isForwarded(name: string, { headers, cookies }: OriginRequestModel): boolean {
  if (name === 'cookie') return cookies.behavior !== 'none';
  const isNamedOne = headers.names.includes(name);
  switch (headers.behavior) {
    case 'allViewer':
    case 'allViewerAndWhitelistCloudFront':
      return true;
    case 'allExcept':
      return !isNamedOne;
    case 'whitelist':
      return isNamedOne;
    default:
      return false;
  }
}

/** Whether a policy forwards a cookie or a parameter, written as `name=value`. */
function isNamed(part: string, { behavior, names }: ForwardedModel): boolean {
  const [name = ''] = part.split('=', 1);
  if (behavior === 'all') return true;
  if (behavior === 'allExcept') return !names.includes(name);
  return behavior === 'whitelist' && names.includes(name);
}

function queryFor(query: string | undefined, policy: ForwardedModel): string | undefined {
  return query
    ?.split('&')
    .filter((part) => isNamed(part, policy))
    .join('&');
}
