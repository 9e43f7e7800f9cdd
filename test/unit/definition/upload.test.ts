import { describe, expect, it } from 'vitest';
import { DefinitionError, defineApi, defineRoles, del, get, post } from '../../../lib/definition/index.ts';
import { gatewayGaps, gatewayOpenApi, publicOpenApi } from '../../../lib/openapi/index.ts';
import { routeContract } from '../../../lib/validators/index.ts';

const roles = defineRoles({ writer: { can: ['note:write'] } }, { reviewed: '2026-11-01' });
const tiers = { free: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' } } } as const;
const today = new Date('2026-11-10T00:00:00Z');
const response = { permission: 'note:write', responses: { 201: { description: 'Kept' } } } as const;
const upload = { field: 'file', maxBytes: 1_000_000, types: { 'image/png': ['.png'] } } as const;
const apiOf = (route: object) =>
  defineApi({ name: 'notes', version: '1.0.0', roles, tiers, routes: { add: route as never } }, { today });
const faultsOf = (change: object, make: typeof post = post, more: object = {}) => {
  try {
    apiOf(make('/notes', { ...response, ...more, upload: { ...upload, ...change } } as never));
    return [];
  } catch (error) {
    if (error instanceof DefinitionError) return error.faults.map(({ code, location }) => `${code} ${location}`);
    throw error;
  }
};

describe('the upload of a route', () => {
  it('has one file and forty million pixels unless it says more, and room for what stands around the file', () => {
    const api = apiOf(post('/notes', { ...response, upload }));
    const rules = { field: 'file', maxBytes: 1_000_000, maxFiles: 1, maxPixels: 40_000_000, types: upload.types };
    expect(api.routes['add']?.upload).toEqual({ ...rules, maxFormBytes: 1_001_280 });
    expect(routeContract(api.routes['add'] ?? expect.fail())).toMatchObject({ upload: rules, takesBody: false });
  });

  it.each([
    ['a field that is no name', { field: 'a b' }, 'upload-invalid routes.add.upload.field'],
    ['no size', { maxBytes: undefined }, 'upload-invalid routes.add.upload.maxBytes'],
    ['half a byte', { maxBytes: 0.5 }, 'upload-invalid routes.add.upload.maxBytes'],
    ['more than a form may have', { maxBytes: 4_620_289 }, 'upload-invalid routes.add.upload.maxBytes'],
    ['no file', { maxFiles: 0 }, 'upload-invalid routes.add.upload.maxFiles'],
    ['too many files', { maxBytes: 10, maxFiles: 21 }, 'upload-invalid routes.add.upload.maxFiles'],
    ['no pixel', { maxPixels: 0 }, 'upload-invalid routes.add.upload.maxPixels'],
    ['a member that is not known', { maxSize: 3 }, 'upload-invalid routes.add.upload.maxSize'],
    ['no type', { types: {} }, 'upload-invalid routes.add.upload.types'],
    ['a type without endings', { types: { 'image/png': [] } }, 'upload-invalid routes.add.upload.types.image/png'],
    [
      'a type that nobody judges',
      { types: { 'image/svg+xml': ['.svg'] } },
      'upload-type-unknown routes.add.upload.types.image/svg+xml',
    ],
    [
      'an ending of something else',
      { types: { 'image/png': ['.png', '.exe'] } },
      'upload-extension-unknown routes.add.upload.types.image/png',
    ],
    [
      'an ending in upper case',
      { types: { 'image/png': ['.PNG'] } },
      'upload-extension-unknown routes.add.upload.types.image/png',
    ],
    ['files that no event of Lambda holds', { maxBytes: 2_400_000, maxFiles: 2 }, 'upload-too-large routes.add.upload'],
  ])('rejects %s', (_, change, fault) => {
    expect(faultsOf(change)).toEqual([fault]);
  });

  it('fits into an event of Lambda to the last byte, in base64', () => {
    expect(faultsOf({ maxBytes: 4_619_008 })).toEqual([]);
    expect(faultsOf({ maxBytes: 4_619_009 })).toEqual(['upload-too-large routes.add.upload']);
    expect(Math.ceil(4_620_288 / 3) * 4 + 128 * 1024).toBe(6 * 1024 * 1024);
  });

  it.each([
    ['GET', get as unknown as typeof post],
    ['DELETE', del as unknown as typeof post],
  ])('is rejected on %s, which has no body', (_, make) => {
    expect(faultsOf({}, make)).toEqual(['body-not-allowed routes.add.upload']);
  });

  it('is the body: a schema or a limit beside it is rejected', () => {
    const body = { type: 'object', properties: {}, additionalProperties: false };
    expect(faultsOf({}, post, { body })).toEqual(['upload-invalid routes.add.upload']);
    expect(faultsOf({}, post, { maxBodyBytes: 10 })).toEqual(['upload-invalid routes.add.upload']);
  });

  it('that is not an object is reported as a fault, not thrown', () => {
    expect(() => apiOf(post('/notes', { ...response, upload: 'file' } as never))).toThrow(
      /upload-invalid at routes.add/,
    );
  });
});

describe('documents of an upload', () => {
  const api = apiOf(post('/notes', { ...response, upload: { ...upload, maxFiles: 3 } }));
  const bindings = {
    authorizerUri: 'uri',
    authorizerCredentials: 'role',
    authorizerTtlSeconds: 60,
    integrationUri: () => 'uri',
    integrationCredentials: 'role',
  };
  const operation = (document: object) =>
    (document as { paths: Record<string, Record<string, Record<string, unknown>>> }).paths['/notes']?.['post'];

  it('for the gateway: forms are binary, and no model is asked to read one', () => {
    const body = gatewayOpenApi(api, bindings);
    expect(body['x-amazon-apigateway-binary-media-types']).toEqual(['multipart/form-data']);
    expect(operation(body)).not.toHaveProperty('requestBody');
    expect(gatewayGaps(api)).toMatchObject([{ route: 'add', keyword: 'upload' }]);
  });

  it('for the gateway: without an upload nothing is binary', () => {
    const body = gatewayOpenApi(apiOf(post('/notes', response)), bindings);
    expect(body).not.toHaveProperty('x-amazon-apigateway-binary-media-types');
  });

  it('for people: the form, its media types, and what is rejected', () => {
    const { requestBody, responses } = operation(publicOpenApi(api)) ?? {};
    expect(requestBody).toMatchObject({
      required: true,
      content: {
        'multipart/form-data': {
          schema: { required: ['file'], properties: { file: { type: 'array', maxItems: 3 } } },
          encoding: { file: { contentType: 'image/png' } },
        },
      },
    });
    expect(Object.keys(responses ?? {})).toEqual(expect.arrayContaining(['400', '413', '415', '422']));
  });
});
