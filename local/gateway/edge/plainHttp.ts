/**
 * Plain HTTP: a redirect to the same URL with HTTPS, or 403. Nothing of the request is printed or logged, because it can hold a token.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-viewers-to-cloudfront.html
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DistributionModel } from '../../assembly/edgeModel.ts';
import { discardBody } from '../incomingRequest.ts';
import { edgeHeaders, errorPage, redirect } from './responses.ts';
import { requestId } from './viewerRequest.ts';

const HOST = /^([\w.~-]+|\[[\da-f:.]+\])(?::\d*)?$/i;
const LOCAL_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** @param httpsPort of the listener for HTTPS, which stands for 443 */
export function answerPlainHttp(
  request: IncomingMessage,
  response: ServerResponse,
  distribution: DistributionModel,
  httpsPort: number,
): void {
  const { method = 'GET', url = '/', headers } = request;
  const [, name = ''] = HOST.exec(headers.host ?? '') ?? [];
  const { domainName, aliases, http } = distribution;
  const isOurs = [...LOCAL_NAMES, domainName, ...aliases].includes(name.toLowerCase());
  const isRedirected = http === 'redirect-to-https' && isOurs && url.startsWith('/');
  const result = isRedirected ? redirect(method, `https://${name}:${httpsPort}${url}`) : errorPage(403);
  for (const [key, value] of [...result.headers, ['server', 'CloudFront'] as const]) response.setHeader(key, value);
  const cache = isRedirected ? 'Redirect' : 'Error';
  for (const [key, value] of edgeHeaders({ id: requestId(), domainName }, cache)) response.setHeader(key, value);
  response.setHeader('content-length', Buffer.byteLength(result.body));
  // What follows could be a body that nobody reads.
  response.setHeader('connection', 'close');
  response.writeHead(result.status);
  if (method !== 'HEAD') response.write(result.body);
  void discardBody(request).then(() => response.end());
}
