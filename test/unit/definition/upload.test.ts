import { describe, expect, it } from 'vitest';
import { defineApi, del, get, post } from '../../../lib/definition/index.ts';
import { gatewayGaps, gatewayOpenApi, publicOpenApi } from '../../../lib/openapi/index.ts';
import { routeContract, rowRules, validatorSource } from '../../../lib/validators/index.ts';
import { TODAY } from '../../support/ledger.ts';
import { base, faultsOf, wholeFaultsOf } from './support.ts';

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
    ['no field name', { field: undefined }, 'upload-invalid routes.add.upload.field'],
    ['a number as the field name', { field: 5 }, 'upload-invalid routes.add.upload.field'],
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

  it.each(['application/pdf', 'image/svg+xml', 'application/msword', 'text/html', 'image/*', '*/*'])(
    'rejects %s, whose structure cannot be enumerated',
    (type) => {
      expect(uploadFaults({ types: { [type]: ['.pdf'] } })).toEqual([
        `upload-type-unknown routes.add.upload.types.${type}`,
      ]);
    },
  );

  it.each([
    [{ types: { 'image/jpg': ['.jpg'] } }, 'Write image/jpeg.'],
    [{ types: { 'application/x-zip-compressed': ['.zip'] } }, 'Write application/zip.'],
    [{ types: { 'image/png': ['.PNG'] } }, 'Write .png.'],
    [{ types: { 'image/png': ['png'] } }, 'Write .png.'],
    [{ types: { 'image/png': '.png' } }, "List the extensions that file names can have: ['.png']."],
  ])('names what to write instead of %j', (change, fix) => {
    const route = post('/notes', { ...response, upload: { ...upload, ...change } } as never);
    expect(wholeFaultsOf({ routes: { add: route } }).map((fault) => fault.fix)).toEqual([fix]);
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

describe('the rows of an upload', () => {
  const columns = (properties: object, required: readonly string[] = []) => ({
    type: 'object',
    properties,
    required,
    additionalProperties: false,
  });
  const short = { type: 'string', maxLength: 9 };
  const csv = { types: { 'text/csv': ['.csv'] }, rows: columns({ name: short, amount: { type: 'number' } }, ['name']) };
  const at = (code: string, location = '') => [`${code} routes.add.upload${location}`];

  it('are bundled as their columns, with 10,000 rows by default', () => {
    const route = apiOf(post('/notes', { ...response, upload: { ...upload, ...csv } } as never)).routes['add'];
    expect(rowRules(route ?? expect.fail())).toEqual({
      columns: { name: { type: 'string', list: false }, amount: { type: 'number', list: false } },
      required: ['name'],
      maxRows: 10_000,
      unicode: 'reject',
    });
  });

  it.each([
    [
      'beside another type',
      { types: { ...csv.types, 'text/plain': ['.txt'] } },
      at('upload-invalid', '.types.text/plain'),
    ],
    ['of images', { types: { 'image/png': ['.png'] } }, at('upload-invalid', '.types.image/png')],
    ['without columns', { rows: columns({}) }, at('upload-invalid', '.rows')],
    ['of no object', { rows: { type: 'array', items: short, maxItems: 3 } }, at('schema-not-object', '.rows')],
    ['of no schema', { rows: 'name' }, at('schema-invalid', '.rows')],
    ['that are open', { rows: { type: 'object', properties: { a: short } } }, at('object-open', '.rows')],
    [
      'with a list',
      { rows: columns({ a: { type: 'array', items: short, maxItems: 3 } }) },
      at('parameter-not-scalar', '.rows.properties.a'),
    ],
    [
      'with an object',
      { rows: columns({ a: columns({ b: short }) }) },
      at('parameter-not-scalar', '.rows.properties.a'),
    ],
    [
      'with null',
      { rows: columns({ a: { type: ['string', 'null'], maxLength: 9 } }) },
      at('parameter-not-scalar', '.rows.properties.a'),
    ],
    [
      'with a string of any length',
      { rows: columns({ a: { type: 'string' } }) },
      at('string-unbounded', '.rows.properties.a'),
    ],
    [
      'with an unknown keyword',
      { rows: columns({ a: { ...short, maxLenght: 3 } }) },
      at('schema-not-compilable', '.rows.properties.a'),
    ],
    [
      'with a slow pattern',
      { rows: columns({ a: { ...short, pattern: '^(a+)+$' } }) },
      at('pattern-unsafe', '.rows.properties.a.pattern'),
    ],
    [
      'with an unknown text policy',
      { rows: columns({ a: { ...short, 'x-text': 'any' } }) },
      at('text-policy-invalid', '.rows.properties.a.x-text'),
    ],
    [
      'with a default of a required column',
      { rows: columns({ a: { ...short, default: 'x' } }, ['a']) },
      at('default-invalid', '.rows.properties.a'),
    ],
    [
      'with a column that begins like a formula',
      { rows: columns({ '=a': short }) },
      at('upload-invalid', '.rows.properties.=a'),
    ],
    ['with a column without a name', { rows: columns({ '': short }) }, at('upload-invalid', '.rows.properties.')],
    ['with no row', { maxRows: 0 }, at('upload-invalid', '.maxRows')],
    ['with half a row', { maxRows: 1.5 }, at('upload-invalid', '.maxRows')],
    ['that are too many', { maxRows: 1_000_001 }, at('upload-invalid', '.maxRows')],
    ['that are not declared, but limited', { rows: undefined, maxRows: 5 }, at('upload-invalid', '.maxRows')],
  ])('are rejected %s', (_, change, faults) => {
    expect(uploadFaults({ ...csv, ...change })).toEqual(faults);
  });

  it('are located where they are written, also by the compiler', () => {
    const rows = columns({ a: { ...short, format: 'zip-code' }, b: { ...short, default: '0123456789' } });
    const compile = (only: object) => () =>
      validatorSource(
        apiOf(post('/n', { ...response, upload: { ...upload, ...csv, rows: only } } as never)).routes['add'] ??
          expect.fail(),
      );
    expect(compile(columns({ a: rows.properties['a' as never] }))).toThrow(/routes\.add\.upload\.rows\.properties\.a/);
    expect(compile(columns({ b: rows.properties['b' as never] }))).toThrow(
      /routes\.add\.upload\.rows\.properties\.b\.default/,
    );
  });

  it('have exemptions that the access matrix lists', () => {
    const rows = columns({ a: { type: 'string', 'x-unbounded': 'as long as the file' } });
    const { exemptions } = apiOf(post('/notes', { ...response, upload: { ...upload, ...csv, rows } } as never));
    expect(exemptions.map(({ location }) => location)).toEqual(['routes.add.upload.rows.properties.a']);
  });

  it('are described to people, in words', () => {
    const document = JSON.stringify(
      publicOpenApi(apiOf(post('/notes', { ...response, upload: { ...upload, ...csv } } as never))),
    );
    expect(document).toContain('at most 10000 rows. Columns, in any order: name (string), amount (number, optional).');
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
