import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { compileResponseValidator, compileValidator } from '../../../lib/validators/index.ts';
import { ID } from './support.ts';

describe('a compiled validator', () => {
  const validate = compileValidator(documents.routes.createDocument);
  const request = (body: unknown) => ({ path: {}, query: {}, headers: {}, body });

  it('accepts a whole request and reports every fault with its location', () => {
    expect(validate(request({ title: 'T', tags: ['a'] }))).toBe(true);
    expect(validate(request({ title: '', tags: ['A'], role: 'admin' }))).toBe(false);
    expect(validate.errors?.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`).sort()).toEqual([
      '/body additionalProperties',
      '/body/tags/0 pattern',
      '/body/title minLength',
    ]);
  });

  it('requires the parts that the route takes, and rejects others', () => {
    expect(validate({ path: {}, query: {}, headers: {} })).toBe(false);
    expect(validate({ ...request({ title: 'T' }), query: { a: '1' } })).toBe(false);
    expect(validate({ ...request({ title: 'T' }), cookies: {} })).toBe(false);
    expect(validate({ headers: {}, body: { title: 'T' } })).toBe(true);
  });

  it('accepts only an absent body on a route without a body', () => {
    const read = compileValidator(documents.routes.getDocument);
    expect(read({ path: { id: ID }, query: {}, headers: {}, body: undefined })).toBe(true);
    expect(read({ path: { id: ID } })).toBe(true);
    expect(read({ path: { id: ID }, query: {}, headers: {}, body: null })).toBe(false);
  });

  it('coerces nothing, fills in declared defaults and changes no value that is there', () => {
    const list = compileValidator(documents.routes.listDocuments);
    const input = { path: {}, query: { limit: '5' }, headers: {} };
    expect(list(input)).toBe(false);
    const empty = { path: {}, query: {}, headers: {} };
    expect(list(empty)).toBe(true);
    expect(empty.query).toEqual({ limit: 20 });
    expect(input).toEqual({ path: {}, query: { limit: '5' }, headers: {} });
  });

  it('counts characters, not UTF-16 units', () => {
    expect(validate(request({ title: '😀'.repeat(200) }))).toBe(true);
    expect(validate(request({ title: '😀'.repeat(201) }))).toBe(false);
  });
});

describe('a compiled validator of responses', () => {
  it('accepts each declared body by its status, and nothing else', () => {
    const isValid = compileResponseValidator(documents.routes.health);
    expect(isValid({ s200: { status: 'ok' } })).toBe(true);
    expect(isValid({ s200: { status: 'ok', secret: 1 } })).toBe(false);
    expect(isValid.errors).toMatchObject([{ instancePath: '/s200', keyword: 'additionalProperties' }]);
    expect(isValid({ s201: { status: 'ok' } })).toBe(false);
    expect(compileResponseValidator(documents.routes.deleteDocument)({})).toBe(true);
  });
});
