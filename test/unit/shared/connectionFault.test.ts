import { describe, expect, it } from 'vitest';
import { connectionFault } from '../../../lambdas/shared/connectionFault.ts';

describe('why a connection failed', () => {
  it.each<[unknown, string]>([
    [{ code: 'ECONNREFUSED', message: 'connect ECONNREFUSED 127.0.0.1:1' }, 'nothing listens there (ECONNREFUSED)'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)'],
    [{ code: 'HPE_NEW_IN_NODE_26' }, 'what the server sent is not valid HTTP (HPE_NEW_IN_NODE_26)'],
    [
      { code: 'ERR_SSL_WRONG_VERSION_NUMBER', message: '00:error:0A00' },
      'the TLS handshake failed (ERR_SSL_WRONG_VERSION_NUMBER)',
    ],
    [{ code: 'E_NEW' }, 'the connection failed (E_NEW)'],
    [{ code: 'UNSPECIFIED', message: 'permitted subtree violation' }, 'permitted subtree violation'],
    [{ code: 'UNSPECIFIED', message: 'CERT_REVOKED' }, 'a certificate is revoked (CERT_REVOKED)'],
    [new Error('no response in 10 seconds'), 'no response in 10 seconds'],
    [undefined, 'the connection failed'],
  ])('is in plain words, with the code in parentheses: %j', (error, words) => {
    expect(connectionFault(error)).toBe(words);
  });
});
