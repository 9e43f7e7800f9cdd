import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { type Api, DefinitionError, defineApi, defineRoles, object, post } from '../../../lib/definition/index.ts';
import { validatorSources } from '../../../lib/validators/index.ts';

/** The faults of examples of a route with this request and response. */
function faultsOf(options: object, response?: object): readonly string[] {
  const route = { permission: 'order:write', responses: { 200: { description: 'Done', body: response } }, ...options };
  const api = defineApi(
    {
      name: 'orders',
      version: '1.0.0',
      roles: defineRoles({ clerk: { can: ['order:write'] } }, { reviewed: '2026-11-01' }),
      tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
      routes: { add: post('/orders', route as never) },
    } as never,
    { today: new Date('2026-11-10') },
  ) as unknown as Api;
  try {
    validatorSources(Object.values(api.routes));
    return [];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return error.faults.map(({ code, location, found }) => `${code} ${location.replace('routes.add.', '')}: ${found}`);
  }
}

const note = (...examples: readonly unknown[]) => Type.String({ maxLength: 3, examples });

describe('an example', () => {
  it('that its schema accepts is no fault, with defaults filled in', () => {
    const body = {
      ...object({ note: note('a', 'abc'), n: Type.Optional(Type.Integer({ default: 1 })) }),
      examples: [{ note: 'a' }],
    };
    expect(faultsOf({ body, query: object({ n: Type.Integer({ examples: [1] }) }) }, body)).toEqual([]);
    expect(faultsOf({ body: object({ note: note() }) })).toEqual([]);
  });

  it('that its schema rejects is reported with its location, in requests and responses', () => {
    const body = object({ note: note('a', 'abcd') });
    expect(faultsOf({ body }, body)).toEqual([
      'example-invalid body.properties.note.examples.1: "abcd", which fails maxLength',
      'example-invalid responses.200.body.properties.note.examples.1: "abcd", which fails maxLength',
    ]);
    expect(faultsOf({ query: object({ n: Type.Integer({ examples: ['1'] }) }) })).toHaveLength(1);
    expect(
      faultsOf({ body: { ...body, examples: [{ note: 5 }, {}] } }).filter((fault) => fault.includes(' body.examples')),
    ).toEqual([
      'example-invalid body.examples.0: {"note":5}, which fails type at /note',
      'example-invalid body.examples.1: {}, which fails required',
    ]);
  });

  it('of a request keeps the rules for text', () => {
    expect(faultsOf({ body: object({ note: note('a\u0000') }) })).toHaveLength(1);
    expect(faultsOf({}, object({ note: note('a\u0000') }))).toEqual([]);
  });
});
