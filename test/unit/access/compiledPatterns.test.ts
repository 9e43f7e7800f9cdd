import { describe, expect, it } from 'vitest';
import { authorizerPolicy } from '../../../lib/access/index.ts';
import { POLICY } from '../authorizer/support/authorizer.ts';

const route = (method: string, path: string, where?: Readonly<Record<string, string>>) => ({
  id: `${method} ${path}`,
  method,
  path,
  access: { kind: 'public' } as const,
  ...(where === undefined ? {} : { where }),
});

describe('the patterns of an API', () => {
  it('are wildcards for several operations, then one of each operation, then those of other callers', () => {
    const routes = [
      route('GET', '/shops/{shop}', { shop: 'shop' }),
      route('PUT', '/shops/{shop}', { shop: 'shop' }),
      route('GET', '/health'),
    ];
    const { patterns } = authorizerPolicy({ ...POLICY, routes });
    // The route of each operation: GET, HEAD and PUT of a shop, GET and HEAD of the health.
    expect(patterns.routes).toEqual([0, 0, 1, 2, 2]);
    const { starts, words } = patterns.reach.touched;
    // The first operation is the last digit.
    const touched = patterns.list
      .split(' ')
      .map((pattern, i) => [pattern, words[starts[i] ?? 0]?.toString(2).padStart(5, '0')]);
    expect(touched).toEqual([
      ['*', '11111'],
      ['?E*', '11011'],
      ['GET/*', '01001'],
      ['HEAD/*', '10010'],
      ['*/health', '11000'],
      ['?E*/health', '11000'],
      ['*/shops/*', '00111'],
      ['?E*/shops/*', '00011'],
      ['*/shops/=shop', '00111'],
      ['?E*/shops/=shop', '00011'],
      ['GET/shops/=shop', '00001'],
      ['HEAD/shops/=shop', '00010'],
      ['PUT/shops/=shop', '00100'],
      ['GET/health', '01000'],
      ['HEAD/health', '10000'],
      ['GET/shops/*', '00001'],
      ['HEAD/shops/*', '00010'],
      ['PUT/shops/*', '00100'],
    ]);
  });
});
