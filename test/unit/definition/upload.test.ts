import { describe, expect, it } from 'vitest';
import { defineApi, del, get, post } from '../../../lib/definition/index.ts';
import { gatewayGaps, gatewayOpenApi, publicOpenApi } from '../../../lib/openapi/index.ts';
import { routeContract } from '../../../lib/validators/index.ts';
import { TODAY } from '../../support/ledger.ts';
import { base, faultsOf } from './support.ts';

const response = { permission: 'note:write', responses: { 201: { description: 'Kept' } } } as const;
const upload = { field: 'file', maxBytes: 1_000_000, types: { 'image/png': ['.png'] } } as const;
const apiOf = (route: object) => defineApi({ ...base, routes: { add: route as never } }, { today: TODAY });
const uploadFaults = (change: object, make: typeof post = post, more: object = {}) => {
  const route = make('/notes', { ...response, ...more, upload: { ...upload, ...change } } as never);
  return faultsOf({ routes: { add: route } }).map(({ code, location }) => `${code} ${location}`);
};

describe('the upload of a route', () => {
  it('allows one file and 40 million pixels by default, and the form around the file', () => {
    const api = apiOf(post('/notes', { ...response, upload }));
    const rules = { field: 'file', maxBytes: 1_000_000, maxFiles: 1, maxPixels: 40_000_000, types: upload.types };
    expect(api.routes['add']?.upload).toEqual({ ...rules, maxFormBytes: 1_001_280 });
    expect(routeContract(api.routes['add'] ?? expect.fail())).toMatchObject({ upload: rules, takesBody: false });
  });

  it.each([
    ['an invalid field name', { field: 'a b' }, 'upload-invalid routes.add.upload.field'],
    ['no size', { maxBytes: undefined }, 'upload-invalid routes.add.upload.maxBytes'],
    ['half a byte', { maxBytes: 0.5 }, 'upload-invalid routes.add.upload.maxBytes'],
    ['more than a form may have', { maxBytes: 4_620_289 }, 'upload-invalid routes.add.upload.maxBytes'],
    ['no file', { maxFiles: 0 }, 'upload-invalid routes.add.upload.maxFiles'],
    ['too many files', { maxBytes: 10, maxFiles: 21 }, 'upload-invalid routes.add.upload.maxFiles'],
    ['no pixel', { maxPixels: 0 }, 'upload-invalid routes.add.upload.maxPixels'],
    ['an unknown member', { maxSize: 3 }, 'upload-invalid routes.add.upload.maxSize'],
    ['no type', { types: {} }, 'upload-invalid routes.add.upload.types'],
    ['a type without endings', { types: { 'image/png': [] } }, 'upload-invalid routes.add.upload.types.image/png'],
    [
      'a type that no inspector reads',
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
    [
      'files that do not fit into a Lambda event',
      { maxBytes: 2_400_000, maxFiles: 2 },
      'upload-too-large routes.add.upload',
    ],
  ])('rejects %s', (_, change, fault) => {
    expect(uploadFaults(change)).toEqual([fault]);
  });

  it('fits into a Lambda event to the last byte, in base64', () => {
    expect(uploadFaults({ maxBytes: 4_619_008 })).toEqual([]);
    expect(uploadFaults({ maxBytes: 4_619_009 })).toEqual(['upload-too-large routes.add.upload']);
    expect(Math.ceil(4_620_288 / 3) * 4 + 128 * 1024).toBe(6 * 1024 * 1024);
  });

  it.each([
    ['GET', get as unknown as typeof post],
    ['DELETE', del as unknown as typeof post],
  ])('is rejected on %s, which has no body', (_, make) => {
    expect(uploadFaults({}, make)).toEqual(['body-not-allowed routes.add.upload']);
  });

  it('is the body: a schema or a limit beside it is rejected', () => {
    const body = { type: 'object', properties: {}, additionalProperties: false };
    expect(uploadFaults({}, post, { body })).toEqual(['upload-invalid routes.add.upload']);
    expect(uploadFaults({}, post, { maxBodyBytes: 10 })).toEqual(['upload-invalid routes.add.upload']);
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

  it('for the gateway: forms are binary, and no model validates one', () => {
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
