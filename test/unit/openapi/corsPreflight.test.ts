import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { object, Webhook } from '../../../lib/definition/index.ts';
import { type CorsBinding, exposedHeaders } from '../../../lib/openapi/cors.ts';
import { gatewayOpenApi } from '../../../lib/openapi/index.ts';
import { bindings, one, validate } from './support.ts';

const cors: CorsBinding = {
  origins: ['https://a.example'],
  credentials: false,
  maxAgeSeconds: 60,
  allowHeaders: [],
  exposeHeaders: [],
};
const documentOf = (options: object, more: object = {}) => gatewayOpenApi(one(options), { ...bindings, cors, ...more });
const parametersOf = (options: object, more: object = {}) => {
  const { paths } = JSON.parse(JSON.stringify(documentOf(options, more)));
  return paths['/things'].options['x-amazon-apigateway-integration'].responses.default.responseParameters;
};
const allowed = (options: object, more?: object) =>
  parametersOf(options, more)['method.response.header.Access-Control-Allow-Headers'];

describe('a preflight', () => {
  it('allows what the routes of the path read', () => {
    expect(allowed({})).toBe("'Authorization, Content-Type, X-Request-Id, traceparent, tracestate'");
    const headers = object({ 'if-match': Type.Optional(Type.String({ maxLength: 9 })) });
    expect(allowed({ headers })).toBe("'Authorization, Content-Type, if-match, X-Request-Id, traceparent, tracestate'");
    expect(allowed({ idempotency: true })?.toLowerCase()).toContain('idempotency-key');
    expect(allowed({}, { dpop: 'optional' })).toBe(
      "'Authorization, DPoP, Content-Type, X-Request-Id, traceparent, tracestate'",
    );
    const more = { cors: { ...cors, allowHeaders: ['X-Trace', 'authorization'] } };
    expect(allowed({}, more)).toBe("'Authorization, Content-Type, X-Request-Id, traceparent, tracestate, X-Trace'");
  });

  it('needs no token header for public routes', () => {
    expect(allowed({ permission: undefined, public: 'anybody may post' })).toBe(
      "'Content-Type, X-Request-Id, traceparent, tracestate'",
    );
  });

  it('needs no token header for the route of a webhook, nor its signature: no page signs messages', () => {
    const webhook = { permission: undefined, webhook: Webhook.stripe('signing') };
    expect(allowed(webhook, { dpop: 'optional' })).toBe("'Content-Type, X-Request-Id, traceparent, tracestate'");
    expect(exposedHeaders(one(webhook), [])).not.toContain('WWW-Authenticate');
    expect(exposedHeaders(one({}), [])).toEqual(
      expect.arrayContaining(['WWW-Authenticate', 'x-amzn-Remapped-WWW-Authenticate']),
    );
    expect(exposedHeaders(one({}), [])).not.toContain('Idempotency-Replayed');
    expect(exposedHeaders(one({ idempotency: true }), [])).toContain('Idempotency-Replayed');
  });

  it('names the methods of the path, and how long the result is valid', () => {
    expect(parametersOf({})).toMatchObject({
      'method.response.header.Access-Control-Allow-Methods': expect.stringContaining('POST'),
      'method.response.header.Access-Control-Max-Age': "'60'",
    });
  });

  it('needs no Vary where every origin is allowed', () => {
    const parameters = parametersOf({}, { cors: { ...cors, origins: ['*'] } });
    expect(parameters['method.response.header.Access-Control-Allow-Origin']).toBe("'*'");
    expect(parameters).not.toHaveProperty('method.response.header.Vary');
  });

  it('leaves the document valid', async () => {
    expect(await validate(documentOf({}))).toMatchObject({ valid: true });
  });
});
