import { describe, expect, it } from 'vitest';
import { clientAddress } from '../../../lambdas/shared/clientAddress.ts';

const CONNECTION = '198.51.100.200';
const requestContext = { identity: { sourceIp: CONNECTION } };
const behind = { SECURE_API_EDGE: 'cloudfront' };

const withHeader = (...values: readonly string[]) =>
  clientAddress({ requestContext, multiValueHeaders: { 'CloudFront-Viewer-Address': values } }, behind);

describe('the address of a client', () => {
  it('is that of the connection where clients reach the API directly, whatever headers say', () => {
    const headers = { 'cloudfront-viewer-address': '192.0.2.7:46532' };
    expect(clientAddress({ requestContext, headers }, {})).toBe(CONNECTION);
    expect(clientAddress({ requestContext: {} }, {})).toBeUndefined();
  });

  it.each([
    ['192.0.2.7:46532', '192.0.2.7'],
    ['2001:db8::7:46532', '2001:db8::7'],
    ['[2001:db8::7]:46532', '2001:db8::7'],
    ['2001:db8:0:1:1:1:1:7:443', '2001:db8:0:1:1:1:1:7'],
    ['::ffff:192.0.2.7:80', '::ffff:192.0.2.7'],
  ])('is behind CloudFront without the port: %s', (value, address) => {
    expect(withHeader(value)).toBe(address);
  });

  it('is read from single headers, too', () => {
    const headers = { 'cloudfront-viewer-address': '192.0.2.7:1' };
    expect(clientAddress({ requestContext, headers }, behind)).toBe('192.0.2.7');
  });

  it.each([
    [[]],
    [['']],
    [['192.0.2.7']],
    [['192.0.2.7:']],
    [['192.0.2.7:443, 192.0.2.8:443']],
    [['192.0.2.7:443', '192.0.2.8:443']],
    [['192.0.2.7:443', '192.0.2.7:443']],
    [['192.0.2.777:443']],
    [['localhost:443']],
    [['192.0.2.7:443\n']],
    [[`${'1'.repeat(100_000)}:1`]],
  ])('is that of the connection if the header is missing, malformed or repeated: %j', (values) => {
    expect(withHeader(...values)).toBe(CONNECTION);
  });

  it('counts two spellings of the header as two headers', () => {
    const headers = { 'cloudfront-viewer-address': '192.0.2.7:1', 'CloudFront-Viewer-Address': '192.0.2.8:1' };
    expect(clientAddress({ requestContext, headers }, behind)).toBe(CONNECTION);
  });
});
