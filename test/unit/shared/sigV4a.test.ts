import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signingKey, signV4a } from '../../../lambdas/shared/sigV4a.ts';

/** Pairs of the tests of aws-c-auth (https://github.com/awslabs/aws-c-auth). */
const PAIRS = [
  [
    'AKISORANDOMAASORANDOM',
    'q+jcrXGc+0zWN6uzclKVhvMmUsIfRPa4rlRandom',
    '15d242ceebf8d8169fd6a8b5a746c41140414c3b07579038da06af89190fffcb',
    '0515242cedd82e94799482e4c0514b505afccf2c0c98d6a553bf539f424c5ec0',
  ],
  [
    'AKIDEXAMPLE',
    'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
    'b6618f6a65740a99e650b33b6b4b5bd0d43b176d721a3edfea7e7d2d56d936b1',
    '865ed22a7eadc9c5cb9d2cbaca1b3699139fedc5043dc6661864218330c8e518',
  ],
] as const;

describe('Signature Version 4A', () => {
  it.each(PAIRS)('derives the key pair of %s as AWS does', (accessKeyId, secretAccessKey, x, y) => {
    const jwk = signingKey({ accessKeyId, secretAccessKey }).export({ format: 'jwk' });
    const hex = (part: string | undefined) => Buffer.from(part ?? '', 'base64url').toString('hex');
    expect([hex(jwk.x), hex(jwk.y)]).toEqual([x, y]);
  });

  const sha = (text: string) => createHash('sha256').update(text).digest('hex');
  const [[accessKeyId, secretAccessKey]] = PAIRS;
  const key = createPublicKey(signingKey({ accessKeyId, secretAccessKey }));

  /** Whether a signature of the service `kvs` is of this canonical request. */
  function isSigned(authorization: string | undefined, time: string, canonical: readonly string[]): boolean {
    const scope = `${time.slice(0, 8)}/kvs/aws4_request`;
    const toSign = ['AWS4-ECDSA-P256-SHA256', time, scope, sha(canonical.join('\n'))].join('\n');
    return verify('sha256', Buffer.from(toSign), key, Buffer.from(authorization?.split('Signature=')[1] ?? '', 'hex'));
  }

  it('signs method, path, headers and body', () => {
    const credentials = { accessKeyId, secretAccessKey, sessionToken: 'session' };
    const request = {
      method: 'PUT',
      url: 'https://1.example.com/stores/arn%3Aaws/keys/origin',
      headers: { 'if-match': 'v1' },
      body: '{}',
    };
    const { authorization, ...headers } = signV4a(request, credentials, {
      service: 'kvs',
      now: new Date('2026-11-29T08:00:00.123Z'),
    });
    const canonical = [
      'PUT',
      '/stores/arn%253Aaws/keys/origin',
      '',
      'host:1.example.com',
      'if-match:v1',
      `x-amz-content-sha256:${sha('{}')}`,
      'x-amz-date:20261129T080000Z',
      'x-amz-region-set:*',
      'x-amz-security-token:session',
      '',
      'host;if-match;x-amz-content-sha256;x-amz-date;x-amz-region-set;x-amz-security-token',
      sha('{}'),
    ];
    expect(isSigned(authorization, '20261129T080000Z', canonical)).toBe(true);
    expect(headers).toMatchObject({ 'if-match': 'v1', 'x-amz-security-token': 'session' });
    expect(headers).not.toHaveProperty('host');
  });

  it('signs a query by its parameters in order', () => {
    const options = { service: 'kvs', now: new Date('2026-11-29T08:00:00Z') };
    const url = 'https://1.example.com/keys?NextToken=a%2Bb%3D&MaxResults=50';
    const { authorization } = signV4a({ method: 'GET', url }, { accessKeyId, secretAccessKey }, options);
    const canonical = [
      'GET',
      '/keys',
      'MaxResults=50&NextToken=a%2Bb%3D',
      'host:1.example.com',
      `x-amz-content-sha256:${sha('')}`,
      'x-amz-date:20261129T080000Z',
      'x-amz-region-set:*',
      '',
      'host;x-amz-content-sha256;x-amz-date;x-amz-region-set',
      sha(''),
    ];
    expect(isSigned(authorization, '20261129T080000Z', canonical)).toBe(true);
  });
});
