import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync, transformSync } from 'esbuild';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import type { Validate } from '../../../lib/definition/bundledTypes.ts';
import { DefinitionError, object } from '../../../lib/definition/index.ts';
import { withAjv } from '../../../lib/validators/ajv.ts';
import { validatorSource, validatorSources } from '../../../lib/validators/index.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { generatedApi } from '../../support/generated.ts';
import { processorMs } from '../../support/processorTime.ts';
import { routeOf } from './support.ts';

async function bundled(source: string, format: 'esm' | 'cjs'): Promise<Validate> {
  const folder = temporaryFolder();
  const entry = join(folder, 'entry.js');
  writeFileSync(entry, source);
  const outfile = join(folder, format === 'esm' ? 'out.mjs' : 'out.cjs');
  buildSync({ entryPoints: [entry], bundle: true, minify: true, format, outfile, logLevel: 'error' });
  if (format === 'cjs') return createRequire(outfile)(outfile).default;
  return (await import(pathToFileURL(outfile).href)).default;
}

describe('the source of a validator', () => {
  const point = {
    ...object({ x: Type.Integer(), y: Type.Array(Type.Integer(), { maxItems: 9 }) }),
    const: { x: 1, y: [2] },
  };
  const rich = object({
    title: Type.String({ maxLength: 9, title: 'Annotated', description: 'x'.repeat(500) }),
    kind: Type.Enum(['a', 'b']),
    point: Type.Optional(Type.Unsafe<unknown>(point)),
    when: Type.Optional(Type.String({ format: 'date-time', maxLength: 40 })),
    tags: Type.Optional(Type.Array(object({ n: Type.Integer() }), { maxItems: 9, uniqueItems: true })),
  });
  const good = {
    title: '😀',
    kind: 'a',
    point: { y: [2], x: 1 },
    when: '2026-11-24T10:00:00Z',
    tags: [{ n: 1 }, { n: 2 }],
  };
  const bad = { ...good, tags: [{ n: 1 }, { n: 1 }], point: { x: 1, y: [3] } };

  it.each(['esm', 'cjs'] as const)(
    'bundles to %s from any directory, with the same results as the compiled one',
    async (format) => {
      const validate = await bundled(validatorSource(routeOf(rich)).request, format);
      expect(validate({ path: {}, query: {}, headers: {}, body: good })).toBe(true);
      expect(validate({ path: {}, query: {}, headers: {}, body: bad })).toBe(false);
      expect(validate.errors?.map(({ keyword }) => keyword).sort()).toEqual(['const', 'uniqueItems']);
    },
  );

  it('is the same whatever was compiled or rejected before, and the compiler remembers none of it', () => {
    const namesOf = () =>
      withAjv(({ refs, schemas, scope }) => [
        ...[refs, schemas].map((kept) => Object.keys(kept).sort()),
        ...Object.values(Reflect.get(scope, '_values') as Record<string, Map<unknown, unknown>>).map(
          ({ size }) => size,
        ),
      ]);
    const [first, names] = [validatorSource(routeOf(rich)), namesOf()];
    const broken = object({ a: Type.Unsafe<unknown>({ type: 'string', maxLength: 9, pattern: '(' }) });
    expect(() => validatorSource(routeOf(broken))).toThrow(DefinitionError);
    validatorSources(Object.values(documents.routes));
    const named = { $id: 'https://a.example/thing', type: 'string', maxLength: 9 };
    const compileNamed = () => withAjv((ajv) => ajv.compile({ ...named })('a thing that is too long'));
    expect([compileNamed(), compileNamed()]).toEqual([false, false]);
    expect(validatorSource(routeOf(rich))).toEqual(first);
    expect(namesOf()).toEqual(names);
  });

  it('of each route among many is the one of the route alone, also where routes have equal schemas', () => {
    const routes = Object.values(generatedApi(10).routes);
    const sources = validatorSources(routes);
    expect(sources).toEqual(Object.fromEntries(routes.map((route) => [route.id, validatorSource(route)])));
    expect(new Set(Object.values(sources).map(({ request }) => request)).size).toBeLessThan(routes.length);
  });

  it('imports nothing and contains no annotations of the schema', () => {
    const source = validatorSource(routeOf(rich)).request;
    expect(source).not.toMatch(/require\(|\bimport\b|Annotated|xxxx/);
    expect(source).toContain('export default');
  });

  it('is reproducible and small: request and response of a route in 16 KB, minified', () => {
    for (const route of Object.values(documents.routes)) {
      const { request, response } = validatorSource(route);
      expect(validatorSource(route)).toEqual({ request, response });
      const minified = [request, response].map(
        (code) => transformSync(code, { minify: true, format: 'esm' }).code.length,
      );
      expect(minified.reduce((total, bytes) => total + bytes)).toBeLessThan(16_000);
    }
  });

  it('takes a few seconds for 300 routes', async () => {
    const routes = Object.values(generatedApi(300).routes);
    const taken = await processorMs(() => expect(Object.keys(validatorSources(routes))).toHaveLength(300));
    expect(taken).toBeLessThan(10_000);
  });
});
