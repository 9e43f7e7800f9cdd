import type { Check, HttpFacts } from '../observe/facts.ts';
import { fault, hostAndPort, momentOf, nameOf, unchecked } from './finding.ts';

/** API Gateway writes the kind of its own responses here. A route that does not exist has this kind, also with status 403. */
const ERROR_TYPE = 'x-amzn-errortype';
const NO_ROUTE = 'MissingAuthenticationTokenException';

/**
 * Whether the server accepts the client certificate. CloudFront rejects one in the handshake, a regional domain of API Gateway by HTTP 403
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html).
 */
export const clientCertificate: Check = ({ url, now, clientCertificate: wish, identity, https, failure }) => {
  if (failure !== undefined) return [];
  const server = hostAndPort(url);
  const how = wish === 'demanded' ? 'ends the handshake' : rejectionOf(https);
  if (how === undefined) return [];
  if (identity !== undefined) {
    const until = identity.validToDate;
    const isLapsed = until <= now;
    const state = isLapsed ? 'lapsed on' : 'valid until';
    return [
      fault('client-certificate-rejected', {
        found: `${server} ${how} with the client certificate ${nameOf(identity)}, ${state} ${momentOf(until)}`,
        expected: 'a server that accepts the certificate of --cert',
        fix: isLapsed
          ? 'Issue the next certificate.'
          : 'Check that the trust store of the server has the CA of the certificate, and that the certificate is not revoked. A web ACL can send 403, too.',
      }),
    ];
  }
  if (wish !== 'demanded') return [];
  return [
    unchecked('client-certificate-demanded', {
      found: `${server} ended the handshake, because it requires a client certificate that it trusts`,
      expected: 'a connection whose HTTP response can be read',
      fix: 'Give a certificate that its trust store accepts: --cert client.pem --key client.key',
    }),
  ];
};

/** 403, or a 401 whose challenge is about the certificate: this command sends no token, so another 401 is expected. */
function rejectionOf(https: HttpFacts | { readonly reason: string } | undefined): string | undefined {
  if (https === undefined || 'reason' in https) return undefined;
  const { status, headers } = https;
  const isOfCertificate = status === 401 && /\bcertificate\b/i.test(headers['www-authenticate']?.join() ?? '');
  const isNoRoute = headers[ERROR_TYPE]?.[0]?.startsWith(NO_ROUTE) === true;
  return isOfCertificate || (status === 403 && !isNoRoute) ? `responds with status ${status}` : undefined;
}
