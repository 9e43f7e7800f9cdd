import { describe, expect, it } from 'vitest';
import { clientAddress } from '../../../lambdas/shared/clientAddress.ts';

const CONNECTION = '198.51.100.200';
const requestContext = { identity: { sourceIp: CONNECTION } };
const behind = { SECURE_API_EDGE: 'cloudfront' };

const withHeader = (...values: readonly string[]) =>
  clientAddress({ requestContext, multiValueHeaders: { 'X-Secure-Api-Address': values } }, behind);

describe('the address of a client', () => {
  it('is that of the connection where clients reach the API directly, whatever headers say', () => {
    const headers = { 'x-secure-api-address': '192.0.2.7' };
    expect(clientAddress({ requestContext, headers }, {})).toBe(CONNECTION);
    expect(clientAddress({ requestContext: {} }, {})).toBeUndefined();
  });

  it.each(['192.0.2.7', '2001:db8::7', '2001:db8:0:1:1:1:1:7', '::ffff:192.0.2.7'])(
    'is behind CloudFront in a header: %s',
    (value) => {
      expect(withHeader(value)).toBe(value);
      expect(clientAddress({ requestContext, headers: { 'x-secure-api-address': value } }, behind)).toBe(value);
    },
  );

  it.each([
    [[]],
    [['']],
    [['192.0.2.7:443']],
    [['192.0.2.7, 192.0.2.8']],
    [['192.0.2.7', '192.0.2.8']],
    [['192.0.2.7', '192.0.2.7']],
    [['192.0.2.777']],
    [['localhost']],
    [['192.0.2.7\n']],
    [['1'.repeat(100_000)]],
  ])('is that of the connection if the header is missing, malformed or repeated: %j', (values) => {
    expect(withHeader(...values)).toBe(CONNECTION);
  });

  it('counts two spellings of the header as two headers', () => {
    const headers = { 'x-secure-api-address': '192.0.2.7', 'X-Secure-Api-Address': '192.0.2.8' };
    expect(clientAddress({ requestContext, headers }, behind)).toBe(CONNECTION);
  });
});
