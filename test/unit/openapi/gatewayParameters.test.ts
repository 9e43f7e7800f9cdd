import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { object } from '../../../lib/definition/index.ts';
import { gatewayGaps, publicOpenApi } from '../../../lib/openapi/index.ts';
import { gatewayOf, one, type Tree } from './support.ts';

describe('the parameters of the gateway body', () => {
  it('are required, except those allowed to be blank, which the Lambda checks', () => {
    const api = one({
      query: object({ size: Type.Integer(), note: Type.String({ maxLength: 9 }), free: Type.Optional(Type.Integer()) }),
      headers: object({ 'x-kind': Type.Enum(['a', 'b']) }),
    });
    const { parameters } = gatewayOf(api).paths?.['/things']?.post ?? ({} as Tree);
    expect([...(parameters ?? [])].map(({ name, in: location }) => `${location} ${name}`)).toEqual([
      'query size',
      'header x-kind',
    ]);
    const required = gatewayGaps(api).filter(({ keyword }) => keyword === 'required');
    expect(required).toMatchObject([{ location: 'routes.add.query.properties.note' }]);
  });

  it('have a gap for every rule of a parameter or cookie that the gateway cannot check', () => {
    const api = one({
      query: object({ size: Type.Optional(Type.Integer({ maximum: 5, description: 'no rule' })) }),
      cookies: object({ sid: Type.String({ minLength: 1, maxLength: 9, 'x-sensitive': true }) }),
    });
    expect(gatewayGaps(api).map(({ location, keyword }) => `${location} ${keyword}`)).toEqual([
      'routes.add.query.properties.size type',
      'routes.add.query.properties.size maximum',
      'routes.add.cookies.properties.sid required',
      'routes.add.cookies.properties.sid minLength',
      'routes.add.cookies.properties.sid maxLength',
    ]);
    expect(publicOpenApi(api).paths).toMatchObject({
      '/things': {
        post: {
          parameters: [
            { name: 'size', in: 'query' },
            { name: 'sid', in: 'cookie', required: true },
          ],
        },
      },
    });
  });
});
