import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import type { Api } from '../../../lib/definition/index.ts';
import { gatewayResponses, throttleSeconds } from '../../../lib/openapi/gatewayResponses.ts';
import { sample, type Tree } from './support.ts';

describe('the gateway response to an unauthenticated caller', () => {
  it('asks for the certificate, too, with mutual TLS, and does not reveal which of both is wrong', () => {
    const detailOf = (hasCertificates: boolean) => {
      const responses = gatewayResponses(documents as unknown as Api, { hasCertificates }) as Readonly<
        Record<string, Tree>
      >;
      return JSON.parse(String(responses['UNAUTHORIZED']?.['responseTemplates']?.['application/json'])).detail;
    };
    expect(detailOf(true)).toBe('Send a valid access token and client certificate.');
    expect(detailOf(false)).toBe('Send a valid access token.');
  });
});

describe('the gateway response to a denied caller', () => {
  it('contains the problem that the authorizer found', () => {
    const { ACCESS_DENIED } = gatewayResponses(documents as unknown as Api) as Readonly<Record<string, Tree>>;
    expect(JSON.parse(String(ACCESS_DENIED?.['responseTemplates']?.['application/json']))).toEqual({
      type: 'https://secure-api.dev/errors/$context.authorizer.rejectionCode',
      title: 'Forbidden',
      status: 403,
      code: '$context.authorizer.rejectionCode',
      detail: '$context.authorizer.rejectionDetail',
      instance: '$context.requestId',
    });
  });

  it('is a whole problem without an authorizer, too, where API Gateway rejects client certificates', () => {
    const { ACCESS_DENIED } = gatewayResponses(documents as unknown as Api, { checksCertificates: true }) as Readonly<
      Record<string, Tree>
    >;
    const template = String(ACCESS_DENIED?.['responseTemplates']?.['application/json']);
    const problem = (detail: string) => ({
      type: 'https://secure-api.dev/errors/forbidden',
      title: 'Forbidden',
      status: 403,
      code: 'forbidden',
      detail: expect.stringMatching(detail),
      instance: '$context.requestId',
    });
    const filled = (detail: string) => JSON.parse(template.replace('$context.authorizer.rejectionDetail', detail));
    expect(filled('')).toEqual(problem('^The client certificate is not trusted'));
    expect(filled('The client is suspended.')).toEqual(problem('The client is suspended\\.$'));
  });
});

describe('the Retry-After of a throttle', () => {
  const api = documents as unknown as Api;

  it('is the time until the slowest of all buckets has a token again', () => {
    expect(throttleSeconds(api)).toBe(1);
    expect(throttleSeconds({ ...api, anonymous: { rate: 0.3, burst: 1, perAddress: 100 } })).toBe(4);
    const slow = { ...api.routes['me'], limits: { free: { rate: 0.1, burst: 1 } } } as Api['routes'][string];
    const responses = gatewayResponses({ ...api, routes: { ...api.routes, me: slow } });
    expect(JSON.stringify(responses['THROTTLED'])).toContain(`"gatewayresponse.header.Retry-After":"'10'"`);
  });
});

describe('gateway responses', () => {
  const responses = sample['x-amazon-apigateway-gateway-responses'] ?? ({} as Tree);
  /** The body that API Gateway makes of a template: it replaces variables, and quotes only what its reference says. */
  const bodyOf = (type: string) =>
    JSON.parse(
      String(responses[type]?.responseTemplates?.['application/json'])
        .replaceAll('$context.requestId', 'r-1')
        .replaceAll('$context.error.messageString', '"Missing required request parameters: [q]"')
        .replaceAll('$context.error.validationErrorString', '[object has missing required properties ([\\"title\\"])]'),
    );

  it.each(Object.keys(responses))('%s is a problem document with security headers', (type) => {
    const problem = bodyOf(type);
    expect(problem).toMatchObject({ type: `https://secure-api.dev/errors/${problem.code}`, instance: 'r-1' });
    const { responseParameters, statusCode } = responses[type] ?? ({} as Tree);
    expect(responseParameters).toMatchObject({
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
      'gatewayresponse.header.Cache-Control': "'no-store'",
      'gatewayresponse.header.X-Content-Type-Options': "'nosniff'",
    });
    if (statusCode !== undefined) expect(String(statusCode)).toBe(String(problem.status));
  });

  it('name the invalid field of a body, and the missing parameters', () => {
    expect(bodyOf('BAD_REQUEST_BODY')).toMatchObject({
      status: 400,
      code: 'invalid-request',
      errors: [{ pointer: '', message: '[object has missing required properties (["title"])]' }],
    });
    expect(bodyOf('BAD_REQUEST_PARAMETERS').detail).toBe('Missing required request parameters: [q]');
  });

  it('ask for a token, say when to retry, and return 404 for an unknown path', () => {
    const header = (type: string, name: string) =>
      responses[type]?.responseParameters?.[`gatewayresponse.header.${name}`];
    expect(header('UNAUTHORIZED', 'WWW-Authenticate')).toBe('\'Bearer realm="documents"\'');
    expect([header('THROTTLED', 'Retry-After'), header('QUOTA_EXCEEDED', 'Retry-After')]).toEqual(["'1'", "'3600'"]);
    expect(responses.MISSING_AUTHENTICATION_TOKEN?.statusCode).toBe('404');
    expect(responses.REQUEST_TOO_LARGE).not.toHaveProperty('statusCode');
  });
});
