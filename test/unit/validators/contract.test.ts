import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { object } from '../../../lib/definition/index.ts';
import { routeContract } from '../../../lib/validators/index.ts';
import { routeOf } from './support.ts';

describe('routeContract', () => {
  it('contains how to parse each parameter, and the responses of the route', () => {
    expect(routeContract(documents.routes.listDocuments).parameters.query).toEqual({
      limit: { type: 'integer', list: false },
      cursor: { type: 'string', list: false },
      status: { type: 'string', list: false },
    });
    expect(routeContract(documents.routes.createDocument)).toMatchObject({
      takesBody: true,
      access: { kind: 'permission', permission: 'document:create' },
      sensitive: [],
      responses: [{ status: 201, body: { type: 'application/json', format: 'json' }, headers: ['Location', 'ETag'] }],
    });
    expect(routeContract(documents.routes.health).access).toEqual({ kind: 'public' });
  });

  it('lists sensitive names at any depth', () => {
    const secret = Type.String({ maxLength: 9, 'x-sensitive': true });
    const body = object({
      pin: secret,
      cards: Type.Array(object({ pan: secret, codes: Type.Array(secret, { maxItems: 2 }) }), { maxItems: 2 }),
      open: Type.Integer(),
    });
    expect(routeContract(routeOf(body)).sensitive).toEqual(['codes', 'pan', 'pin']);
  });

  it('marks repeated parameters', () => {
    const { query } = routeContract({
      ...documents.routes.health,
      request: { query: { type: 'object', properties: { n: { type: 'array', items: { type: 'number' } } } } },
    }).parameters;
    expect(query).toEqual({ n: { type: 'number', list: true } });
  });
});
