import { describe, expect, it } from 'vitest';
import { defineApi, get, post, Webhook } from '../../../../lib/definition/index.ts';
import { base, faultsOf, ok, read, text, wholeFaultsOf, withA, withRoute } from '../support.ts';

const bytes = { rawBody: true, bodyType: 'application/octet-stream' };
const of = (options: object) => faultsOf(withRoute({ ...read, ...options }));
const at = (code: string, option: string) => [{ code, location: `routes.list.${option}` }];

describe('rawBody', () => {
  it.each([
    ['of one type', bytes],
    ['of several', { rawBody: true, bodyType: ['image/png', 'text/csv', 'message/rfc822', 'application/json'] }],
    ['of JSON without a schema', { rawBody: true, bodyType: 'application/json' }],
    ['optional', { ...bytes, bodyRequired: false }],
    ['of the largest size', { ...bytes, maxBodyBytes: 4_620_288 }],
    ['beside a schema', { rawBody: true, body: withA(text) }],
    ['beside a schema, as a form', { rawBody: true, body: withA(text), bodyType: 'application/x-www-form-urlencoded' }],
    ['beside a merge patch', { rawBody: true, body: withA(text), bodyType: 'application/merge-patch+json' }],
    ['beside a schema, larger', { rawBody: true, body: withA(text), maxBodyBytes: 6_000_000 }],
    ['with idempotency keys', { ...bytes, idempotency: true }],
  ])('%s is valid', (_, options) => {
    expect(of(options)).toEqual([]);
  });

  it('of a webhook is valid', () => {
    const webhook = Webhook.github('hooks');
    expect(
      faultsOf({ routes: { list: post('/x', { webhook, rawBody: true, bodyType: 'text/plain', ...ok }) } }),
    ).toEqual([]);
  });

  it.each([
    ['false', { ...bytes, rawBody: false }, at('raw-body-invalid', 'rawBody')],
    ['a string', { ...bytes, rawBody: 'yes' }, at('raw-body-invalid', 'rawBody')],
    ['null', { ...bytes, rawBody: null }, at('raw-body-invalid', 'rawBody')],
    ['nothing beside it', { rawBody: true }, at('raw-body-invalid', 'bodyType')],
    ['no types', { rawBody: true, bodyType: [] }, at('raw-body-invalid', 'bodyType')],
    ['bodyRequired alone', { rawBody: true, bodyRequired: false }, at('raw-body-invalid', 'bodyType')],
    ['every type', { rawBody: true, bodyType: '*/*' }, at('body-type-invalid', 'bodyType')],
    ['every image', { rawBody: true, bodyType: ['text/csv', 'image/*'] }, at('body-type-invalid', 'bodyType.1')],
    ['a parameter', { rawBody: true, bodyType: 'text/csv; charset=utf-8' }, at('body-type-invalid', 'bodyType')],
    ['upper case', { rawBody: true, bodyType: 'Image/PNG' }, at('body-type-invalid', 'bodyType')],
    ['a form with files', { rawBody: true, bodyType: 'multipart/form-data' }, at('body-type-invalid', 'bodyType')],
    ['no media type', { rawBody: true, bodyType: 'bytes' }, at('body-type-invalid', 'bodyType')],
    ['a line break', { rawBody: true, bodyType: 'image/png\r\nx: y' }, at('body-type-invalid', 'bodyType')],
    ['a number as type', { rawBody: true, bodyType: [7] }, at('body-type-invalid', 'bodyType.0')],
    [
      'a type twice',
      { rawBody: true, bodyType: ['a/b', 'a/b'] },
      at('body-type-invalid', 'bodyType.0').concat(at('body-type-invalid', 'bodyType.1')),
    ],
    ['a size past an event', { ...bytes, maxBodyBytes: 4_620_289 }, at('raw-body-invalid', 'maxBodyBytes')],
    [
      'files',
      { rawBody: true, upload: { field: 'file', maxBytes: 9, types: { 'image/png': ['.png'] } } },
      at('raw-body-invalid', 'rawBody'),
    ],
    [
      'a type of bytes beside a schema',
      { rawBody: true, body: withA(text), bodyType: 'image/png' },
      at('body-type-invalid', 'bodyType'),
    ],
  ])('with %s is a fault at its location', (_, options, faults) => {
    expect(of(options)).toEqual(faults);
  });

  it.each(['GET', 'DELETE'] as const)('on %s is a fault, although bodyRequired is false', (method) => {
    const list = { ...get('/notes', read), method, options: { ...read, ...bytes, bodyRequired: false } };
    expect(faultsOf({ routes: { list } })).toEqual(at('body-not-allowed', 'rawBody'));
  });

  it('counts the size that the API sets for all routes', () => {
    const faults = faultsOf({ ...withRoute({ ...read, ...bytes }), input: { maxBodyBytes: 6_000_000 } });
    expect(faults).toEqual(at('raw-body-invalid', 'maxBodyBytes'));
  });

  it('says what to write instead', () => {
    const fixOf = (options: object) => wholeFaultsOf(withRoute({ ...read, ...options }))[0]?.fix;
    expect(fixOf({ rawBody: true })).toContain("bodyType: 'application/octet-stream'");
    expect(fixOf({ rawBody: true, bodyType: 'Text/CSV; charset=utf-8' })).toContain("'text/csv'");
    expect(fixOf({ rawBody: true, bodyType: 'multipart/form-data' })).toContain('upload');
    expect(fixOf({ rawBody: true, bodyType: 'image/*' })).toContain('wildcard');
  });

  it('is part of the normalized body: bytes pass in base64, JSON and forms never', () => {
    const types = ['application/json', 'image/png', 'application/x-www-form-urlencoded', 'model/gltf+json', 'text/csv'];
    const options = { ...read, rawBody: true, bodyType: types } as const;
    const api = defineApi({ ...base, routes: { list: post('/notes', options as never) } });
    expect(api.routes.list.body).toEqual({
      types,
      required: true,
      raw: true,
      binaryTypes: ['image/png', 'text/csv'],
    });
  });
});
