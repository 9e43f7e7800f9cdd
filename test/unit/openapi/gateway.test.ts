import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { type Api, defineApi, defineRoles, get } from '../../../lib/definition/index.ts';
import { gatewayOpenApi } from '../../../lib/openapi/index.ts';
import { generatedApi } from '../../support/generated.ts';
import { bindings, gatewayOf, ok, sample, validate } from './support.ts';

describe('the gateway body', () => {
  it('is valid OpenAPI 3.0, for the sample and for 300 routes', async () => {
    expect(await validate(sample)).toEqual({ valid: true });
    expect(await validate(gatewayOf(generatedApi(300)))).toEqual({ valid: true });
  });

  it('protects every operation except public ones with both the authorizer and the key', () => {
    for (const route of Object.values(documents.routes)) {
      const security = sample.paths?.[route.path]?.[route.method.toLowerCase()]?.security;
      expect(security).toEqual(route.access.kind === 'public' ? [] : [{ authorizer: [], api_key: [] }]);
    }
    expect(sample['x-amazon-apigateway-api-key-source']).toBe('AUTHORIZER');
  });

  it('validates a body of any media type, and declares none for a route without one', () => {
    const create = sample.paths?.['/documents']?.post;
    const schema = { $ref: '#/components/schemas/CreateDocumentBody' };
    expect(create?.requestBody?.content).toEqual({ 'application/json': { schema }, $default: { schema } });
    expect(create?.['x-amazon-apigateway-request-validator']).toBe('everything');
    expect(sample.paths?.['/documents/{id}/publish']?.post).not.toHaveProperty('requestBody');
  });

  it('shares identical models', () => {
    expect(Object.keys(sample.components?.schemas ?? {})).toEqual(['CreateDocumentBody', 'PresignAttachmentBody']);
    expect(sample.paths?.['/documents/{id}']?.put?.requestBody?.content?.$default?.schema?.$ref).toContain(
      'CreateDocumentBody',
    );
  });

  it('gives each integration the timeout of the slowest route of its group', () => {
    const slow = { timeoutSeconds: 29, ...ok } as const;
    const api = defineApi({
      name: 'slow',
      version: '1.0.0',
      roles: defineRoles({ user: { can: ['thing:read'] } }, { reviewed: '2026-11-01' }),
      tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
      routes: {
        fast: get('/things', { permission: 'thing:read', ...ok }),
        slow: get('/things/slow', { permission: 'thing:read', ...slow }),
        alone: get('/things/alone', { permission: 'thing:read', isolate: true, ...ok }),
      },
    });
    const timeouts = Object.values(gatewayOf(api as Api).paths ?? {}).map(
      (path) => path.get?.['x-amazon-apigateway-integration']?.timeoutInMillis,
    );
    expect(timeouts).toEqual([29_000, 29_000, 10_000]);
  });

  it('is under 1 KB for each route, without what all routes share', () => {
    const size = (count: number) => JSON.stringify(gatewayOf(generatedApi(count))).length;
    expect((size(300) - size(10)) / 290).toBeLessThan(1000);
    expect(size(300)).toBeLessThan(300_000);
  });

  it('sets the TLS policy only when one is given', () => {
    const policy = { securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09', endpointAccessMode: 'STRICT' };
    expect(gatewayOpenApi(documents, { ...bindings, ...policy })).toMatchObject({
      'x-amazon-apigateway-security-policy': policy.securityPolicy,
      'x-amazon-apigateway-endpoint-access-mode': 'STRICT',
    });
    expect(JSON.stringify(sample)).not.toContain('security-policy');
  });
});
