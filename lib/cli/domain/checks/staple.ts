import { demandsStaple } from '../observe/certificateFields.ts';
import type { Check, EndpointFacts } from '../observe/facts.ts';
import { certificateAt, fault } from './finding.ts';

/** A certificate with the TLS feature status_request comes with a stapled OCSP response (RFC 7633, section 4.2.3.1). */
export const staple: Check = (facts) => {
  const { sent, staple: found } = facts;
  const [leaf] = sent;
  if (leaf === undefined || found === undefined || found === 'valid' || found === 'unverified' || !isDemanded(leaf))
    return [];
  const what = found === 'none' ? 'no stapled OCSP response' : 'a stapled OCSP response that is not valid';
  return [
    fault('staple-missing', {
      found: `${certificateAt(facts, leaf)} requires OCSP stapling ("must-staple"), and the server sends ${what}`,
      expected: 'a stapled OCSP response that is signed and current',
      fix: 'Turn on OCSP stapling at the server, or get a certificate without must-staple.',
    }),
  ];
};

function isDemanded(leaf: EndpointFacts['sent'][number]): boolean {
  try {
    return demandsStaple(leaf);
  } catch {
    return false;
  }
}
