import { describe, expect, it } from 'vitest';
import { read, wholeFaultsOf, withRoute } from '../support.ts';

const schema = { type: 'object', properties: {}, additionalProperties: false };
const withResponse = (response: object, status = 200) =>
  withRoute({ ...read, responses: { [status]: { description: 'Fine', ...response } } });

describe('the check of media types of responses', () => {
  it.each([
    ['text/csv', undefined],
    ['text/html', undefined],
    ['application/pdf', undefined],
    ['application/vnd.ms-excel', undefined],
    ['image/svg+xml', undefined],
    ['application/json', schema],
    ['application/geo+json', schema],
  ])('accepts %s', (contentType, body) => {
    expect(wholeFaultsOf(withResponse({ contentType, body }))).toEqual([]);
  });

  it.each([
    ['a parameter', 'text/csv; charset=utf-8'],
    ['upper case', 'Text/CSV'],
    ['no subtype', 'csv'],
    ['a range', 'image/*'],
    ['a list', 'text/csv, text/plain'],
    ['the type of problems', 'application/problem+json'],
    ['several parts', 'multipart/mixed'],
    ['an unknown tree', 'x/y'],
    ['a line break', 'text/csv\r\nx: y'],
    ['nothing', ''],
    ['a number', 7],
    ['null', null],
    ['a list of types', ['text/csv']],
  ])('rejects %s', (_, contentType) => {
    expect(wholeFaultsOf(withResponse({ contentType }))).toEqual([
      {
        code: 'content-type-invalid',
        location: 'routes.list.responses.200.contentType',
        found: JSON.stringify(contentType),
        expected: 'one media type of a success, in lower case and without parameters, such as text/csv',
        fix: 'Write the type alone; the runtime adds the charset. Throw problems; they have their own type.',
      },
    ]);
  });

  it('wants a schema for JSON, and none for anything else', () => {
    const found = (response: object) => wholeFaultsOf(withResponse(response)).map((fault) => fault.found);
    expect(found({ contentType: 'application/json' })).toEqual(['application/json without a schema']);
    expect(found({ contentType: 'application/geo+json' })).toEqual(['application/geo+json without a schema']);
    expect(found({ contentType: 'text/csv', body: schema })).toEqual(['text/csv with a schema in body']);
  });

  it.each([204, 205])('rejects a body of %i, which has none', (status) => {
    for (const response of [{ contentType: 'text/csv' }, { body: schema }]) {
      const [fault] = wholeFaultsOf(withResponse(response, status));
      expect(fault).toMatchObject({
        code: 'response-missing',
        location: `routes.list.responses.${status}.${Object.keys(response)[0]}`,
      });
    }
  });
});
