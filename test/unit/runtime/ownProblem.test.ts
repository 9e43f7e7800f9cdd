import { beforeEach, describe, expect, it, vi } from 'vitest';
import { handlersOf, problem as ours } from '../../../lambdas/runtime/index.ts';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import { type Api, defineApi, defineRoles, post } from '../../../lib/definition/index.ts';
import { publicOpenApi } from '../../../lib/openapi/index.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, serveApi, silenceTelemetry } from './support.ts';

silenceTelemetry();
beforeEach(() => vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO'));

const done = { public: 'for a test', responses: { 204: { description: 'Done' } } } as const;
const orders = defineApi({
  name: 'orders',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['order:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  problems: {
    'order-closed': { status: 409, title: 'The order is closed', description: 'Reopen it.', detail: 'It is closed.' },
    'stock-empty': { status: 409, title: 'Out of stock' },
    'shop-closed': { status: 503, title: 'The shop is closed' },
  },
  routes: {
    change: post('/change', { ...done, problems: [404, 'order-closed', 'shop-closed'] }),
    other: post('/other', { ...done, problems: [409, 'stock-empty'] }),
  },
});
const secure = handlersOf<typeof orders>();
const respond = (handler: RouteHandler, options = {}) =>
  call(serveApi(orders as unknown as Api, [handler], options), { method: 'POST', resource: `/${handler.route}` });

describe('a problem that an API declares', () => {
  it('has its declared status and title, and the detail of the handler', async () => {
    const handler = secure('change', ({ problem }) => {
      throw problem('order-closed', 'It was closed yesterday.');
    });
    expect(await respond(handler, { problemTypeBase: 'https://help.example.com/#' })).toMatchObject({
      statusCode: 409,
      headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      json: {
        type: 'https://help.example.com/#order-closed',
        title: 'The order is closed',
        status: 409,
        detail: 'It was closed yesterday.',
        instance: 'request-1',
        code: 'order-closed',
      },
    });
  });

  it('has the declared detail, or none', async () => {
    const thrown = (code: 'order-closed' | 'shop-closed') =>
      respond(
        secure('change', ({ problem }) => {
          throw problem(code);
        }),
      );
    expect((await thrown('order-closed')).json['detail']).toBe('It is closed.');
    expect((await thrown('shop-closed')).json).not.toHaveProperty('detail');
    expect((await thrown('shop-closed')).headers['retry-after']).toBe('10');
  });

  it('is counted and logged under its code', async () => {
    const lines = await linesOf(() =>
      respond(
        secure('change', ({ problem }) => {
          throw problem('order-closed');
        }),
      ),
    );
    expect(lines.join('\n')).toContain('order-closed');
  });

  it('is thrown only where the route lists it', async () => {
    const wrong = {
      route: 'change',
      fn: ({ problem }: { problem: (code: string) => Error }) => Promise.reject(problem('stock-empty')),
    };
    expect(await respond(wrong as unknown as RouteHandler)).toMatchObject({
      statusCode: 500,
      json: { code: 'internal' },
    });
    let made: Error | undefined;
    await respond(
      secure('change', ({ problem }) => {
        made = problem('order-closed');
        return { status: 204 };
      }),
    );
    const elsewhere = { route: 'other', fn: () => Promise.reject(made) } as unknown as RouteHandler;
    expect(await respond(elsewhere)).toMatchObject({ statusCode: 500, json: { code: 'internal' } });
  });

  it.each([7, {}, ['SECRET'], null])('ignores a detail that is no string: %j', async (detail) => {
    const handler = {
      route: 'change',
      fn: ({ problem }: { problem: (code: string, detail: unknown) => Error }) =>
        Promise.reject(problem('order-closed', detail)),
    };
    expect((await respond(handler as unknown as RouteHandler)).json['detail']).toBe('It is closed.');
  });

  it('stands beside the problems of this project, by status and code', async () => {
    for (const code of [404, 'not-found'] as const) {
      const handler = secure('change', ({ problem }) => {
        throw problem(code, 'None.');
      });
      expect(await respond(handler)).toMatchObject({ statusCode: 404, json: { code: 'not-found', detail: 'None.' } });
    }
    const direct = secure('other', () => {
      throw ours(409);
    });
    expect((await respond(direct)).json['code']).toBe('conflict');
  });
});

describe('the public document', () => {
  it('lists the codes of each status with their descriptions', () => {
    const paths = publicOpenApi(orders as unknown as Api)['paths'] as Record<
      string,
      Record<string, { responses: Record<string, { description: string }> }>
    >;
    const { responses = {} } = paths['/change']?.['post'] ?? {};
    expect(responses['409']?.description).toBe('- `order-closed`: Reopen it.');
    expect(responses['404']).toEqual({ $ref: '#/components/responses/NotFound' });
    expect(paths['/other']?.['post']?.responses['409']?.description).toMatch(
      /^The state .*\n\n- `stock-empty`: Out of stock$/s,
    );
  });
});
