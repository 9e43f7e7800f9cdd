import { AwsV4Signer } from 'aws4fetch';
import { describe, expect, it } from 'vitest';
import { signV4 } from '../../../lambdas/shared/sigV4.ts';

const KEYS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

describe('a request to AWS is signed', () => {
  // "get-vanilla" and "post-vanilla" of the test suite of AWS for Signature Version 4.
  it.each([
    ['GET', '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31'],
    ['POST', '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b'],
  ])('as the example of AWS for %s is', (method, signature) => {
    const now = new Date('2015-08-30T12:36:00Z');
    const headers = signV4({ method, url: 'https://example.amazonaws.com/' }, KEYS, {
      service: 'service',
      region: 'us-east-1',
      now,
    });
    expect(headers).toEqual({
      'x-amz-date': '20150830T123600Z',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signature}`,
    });
  });

  it.each([
    ['apigateway', 'GET', '/usageplans/a%20b/usage?startDate=2026-11-01&limit=500&position=a%2Bb%3D', undefined],
    ['apigateway', 'DELETE', "/apikeys/it's*(one)!", undefined],
    ['dynamodb', 'POST', '', '{"TableName":"documents"}'],
    ['s3', 'GET', '/bucket?tagging', undefined],
    ['s3', 'PUT', '/bucket/crl/a%20b%2Bc.pem', 'líst'],
    ['s3', 'GET', '/bucket?versions&prefix=a%2Fb&max-keys=1000', undefined],
  ])('for %s as another signer signs it: %s %s', async (service, method, path, body) => {
    const url = `https://${service}.eu-west-1.amazonaws.com${path}`;
    const now = new Date('2026-11-29T12:00:00Z');
    const keys = { ...KEYS, sessionToken: 'session' };
    const headers = { 'Content-Type': 'application/json', 'x-amz-target': '  two   spaces ' };
    const signed = signV4({ method, url, headers, ...(body === undefined ? {} : { body }) }, keys, {
      service,
      region: 'eu-west-1',
      now,
    });
    const { authorization, ...sent } = signed;
    const datetime = '20261129T120000Z';
    const other = new AwsV4Signer({
      ...keys,
      method,
      url,
      headers: sent,
      ...(body === undefined ? {} : { body }),
      service,
      region: 'eu-west-1',
      datetime,
      allHeaders: true,
    });
    expect(authorization).toBe((await other.sign()).headers.get('authorization'));
  });
});
