/**
 * Plain HTTP: a redirect to the same URL with HTTPS, or 403. Nothing of the request is printed or logged, because it can hold a token.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DistributionModel } from '../../assembly/edgeModel.ts';
import { hostOfRequest, LOCAL_NAMES } from '../hostHeader.ts';
import { discardBody } from '../incomingRequest.ts';
import type { HttpResponse } from '../step.ts';
import type { Distributions } from './edgeTls.ts';
import { distributionOf } from './hosts.ts';
import { redirectTarget } from './redirectTarget.ts';
import { edgeHeaders, errorPage, redirect } from './responses.ts';
import { requestId } from './viewerRequest.ts';

type Served = Distributions<DistributionModel>;

/**
 * @param distributions `localhost` stands for the first one
 * @param httpsPort of the listener for HTTPS, which stands for 443
 */
export function answerPlainHttp(
  request: IncomingMessage,
  response: ServerResponse,
  distributions: Served,
  httpsPort: number,
): void {
  const { result, domainName } = resultOf(request, distributions, httpsPort);
  for (const [key, value] of [...result.headers, ['server', 'CloudFront'] as const]) response.setHeader(key, value);
  const cache = result.status < 400 ? 'Redirect' : 'Error';
  for (const [key, value] of edgeHeaders({ id: requestId(), domainName }, cache)) response.setHeader(key, value);
  response.setHeader('content-length', Buffer.byteLength(result.body));
  // What follows could be a body that nobody reads.
  response.setHeader('connection', 'close');
  response.writeHead(result.status);
  if (request.method !== 'HEAD') response.write(result.body);
  void discardBody(request).then(() => response.end());
}

interface Result {
  readonly result: HttpResponse;
  readonly domainName: string;
}

function resultOf(request: IncomingMessage, distributions: Served, httpsPort: number): Result {
  const { method = 'GET', httpVersion } = request;
  const host = hostOfRequest(request);
  const [{ domainName: anyDomain }] = distributions;
  if ('detail' in host) return { result: errorPage(400), domainName: anyDomain };
  const target = redirectTarget(request, host);
  if (target === undefined) return { result: errorPage(400), domainName: anyDomain };
  const found = named(distributions, host.name);
  if (found === undefined) return { result: errorPage(403), domainName: anyDomain };
  const { http, methods, domainName } = found;
  // A client of HTTP/1.0 has no 307.
  const isKept = httpVersion !== '1.0' || method === 'GET' || method === 'HEAD';
  const isRedirected = http === 'redirect-to-https' && methods.includes(method) && isKept;
  const location = `https://${host.name}:${httpsPort}${target}`;
  return { result: isRedirected ? redirect(method, location) : errorPage(403), domainName };
}

function named(distributions: Served, name: string): DistributionModel | undefined {
  if (LOCAL_NAMES.includes(name)) return distributions[0];
  return distributionOf(
    distributions.map((distribution) => ({ distribution })),
    name,
  )?.distribution;
}
