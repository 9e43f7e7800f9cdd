import { isIP } from 'node:net';
import { MIN_HSTS_SECONDS, transportSecurity } from '../../../../lambdas/shared/strictTransportSecurity.ts';
import { hostOf } from '../observe/addresses.ts';
import type { Check } from '../observe/facts.ts';
import { fault, hostAndPort, warning } from './finding.ts';

const FIX = 'Send Strict-Transport-Security: max-age=63072000; includeSubDomains with every response.';
const EXPECTED = `max-age of at least ${MIN_HSTS_SECONDS} seconds (a year)`;
const MAX_SHOWN = 200;

/** The response tells browsers to use TLS alone (RFC 6797). Browsers ignore the header of an address, so it is not expected there. */
export const hsts: Check = ({ https, url }) => {
  if (https === undefined || 'reason' in https || isIP(hostOf(url)) !== 0) return [];
  const server = hostAndPort(url);
  const [value, ...others] = https.headers['strict-transport-security'] ?? [];
  if (value === undefined) {
    const found = `${server} responds with status ${https.status} and without Strict-Transport-Security`;
    return [fault('hsts-missing', { found, expected: `the header with a ${EXPECTED}`, fix: FIX })];
  }
  const found = `${server} sends Strict-Transport-Security: ${value.slice(0, MAX_SHOWN)}`;
  const repeated = warning('hsts-repeated', {
    found: `${server} sends Strict-Transport-Security ${others.length + 1} times`,
    expected: 'the header once: browsers read only the first (RFC 6797, section 8.1)',
    fix: 'Set the header in one place: the application, the gateway or the proxy.',
  });
  const twice = others.length > 0 ? [repeated] : [];
  const read = transportSecurity(value);
  if (read === undefined) {
    const expected = 'max-age=SECONDS and other directives, each once, separated by semicolons (RFC 6797, section 6.1)';
    return [fault('hsts-invalid', { found: `${found}, which browsers ignore`, expected, fix: FIX }), ...twice];
  }
  if (read.maxAge < MIN_HSTS_SECONDS) {
    const effect = read.maxAge === 0 ? ', which turns HSTS off' : '';
    return [fault('hsts-too-short', { found: `${found}${effect}`, expected: EXPECTED, fix: FIX }), ...twice];
  }
  if (read.includeSubDomains) return twice;
  return [
    ...twice,
    warning('hsts-without-subdomains', {
      found,
      expected: 'includeSubDomains, so that no subdomain can set cookies for the name by plain HTTP',
      fix: 'Add it if every subdomain serves TLS.',
    }),
  ];
};
