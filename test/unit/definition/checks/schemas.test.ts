import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { object } from '../../../../lib/definition/index.ts';
import { faultsOf, read, withRoute } from '../support.ts';

describe('the check of schemas', () => {
  it.each([
    [
      'a cookie name that is not a token',
      withRoute({ ...read, cookies: object({ 'a b': Type.String({ maxLength: 9 }) }) }),
      'cookie-name-invalid',
      'routes.list.cookies.properties.a b',
    ],
    ['an open string', withRoute({ ...read, body: Type.String() }), 'string-unbounded', 'routes.list.body'],
    ['an open array', withRoute({ ...read, body: Type.Array(Type.Integer()) }), 'array-unbounded', 'routes.list.body'],
    ['an open object', withRoute({ ...read, body: Type.Object({}) }), 'object-open', 'routes.list.body'],
    ['a schema that accepts anything', withRoute({ ...read, body: {} }), 'schema-open', 'routes.list.body'],
    [
      'an open object in a response',
      withRoute({ ...read, responses: { 200: { description: 'x', body: Type.Object({}) } } }),
      'object-open',
      'routes.list.responses.200.body',
    ],
    ['a reference', withRoute({ ...read, body: { $ref: '#/x' } }), 'schema-reference', 'routes.list.body'],
    ['a schema that is not data', withRoute({ ...read, body: 'string' }), 'schema-invalid', 'routes.list.body'],
    [
      'an object as a parameter',
      withRoute({ ...read, query: object({ a: object({}) }) }),
      'parameter-not-scalar',
      'routes.list.query.properties.a',
    ],
    [
      'a credential as a header parameter',
      withRoute({ ...read, headers: object({ authorization: Type.String({ maxLength: 9 }) }) }),
      'header-name-invalid',
      'routes.list.headers.properties.authorization',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });

  it.each([
    ['Set Cookie'],
    [''],
    ['café'],
    ['x:y'],
    ['x'.repeat(65)],
    ['Content-Length'],
    ['transfer-encoding'],
    ['Content-Type'],
    ['x-amzn-requestid'],
  ])('rejects the response header %j, which the runtime or API Gateway does not send', (name) => {
    const responses = { 200: { description: 'Done', headers: { [name]: 'A header' } } };
    const location = `routes.list.responses.200.headers.${name}`;
    expect(faultsOf(withRoute({ ...read, responses }))).toContainEqual({ code: 'header-name-invalid', location });
  });

  it('rejects response headers that differ only in case, and accepts others', () => {
    const codes = (headers: Readonly<Record<string, string>>) =>
      faultsOf(withRoute({ ...read, responses: { 200: { description: 'Done', headers } } })).map(({ code }) => code);
    expect(codes({ Location: 'A', location: 'B' })).toContain('header-name-invalid');
    expect(codes({ Location: 'A', 'set-cookie': 'B', X_Rate: 'C' })).not.toContain('header-name-invalid');
  });
});
