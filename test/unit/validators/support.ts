import { defineApi, defineRoles, post, type Route } from '../../../lib/definition/index.ts';
import { compileValidator } from '../../../lib/validators/index.ts';

export const ID = '7b0e1f38-3f0c-4e0b-9d5a-1c2d3e4f5a6b';

/** A route that takes this body. */
export function routeOf(body: object): Route {
  const add = post('/things', {
    permission: 'thing:write',
    body,
    responses: { 200: { description: 'Fine' } },
  } as never);
  const api = defineApi(
    {
      name: 'one',
      version: '1.0.0',
      roles: defineRoles({ user: { can: ['thing:write'] } }, { reviewed: '2026-11-01' }),
      tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
      routes: { add },
    },
    { today: new Date('2026-11-10') },
  );
  return api.routes.add;
}

/** A predicate that validates values as the body of a route. */
export function accepts(body: object): (value: unknown) => boolean {
  const validate = compileValidator(routeOf(body));
  return (value) => validate({ path: {}, query: {}, headers: {}, body: value });
}
