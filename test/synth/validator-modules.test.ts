import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { documents } from '../../lambdas/documents/api.ts';
import { validatorModules } from '../../lib/bundle/validatorModules.ts';
import type { Validate } from '../../lib/definition/bundledTypes.ts';
import { validatorSources } from '../../lib/validators/index.ts';
import { evaluate } from '../../lib/validators/standalone.ts';
import { folderOf } from '../support/folders.ts';

const sources = new Map(
  Object.entries(validatorSources(Object.values(documents.routes))).flatMap(([id, { request, response }]) => [
    [`validators/${id}`, request] as const,
    [`responses/${id}`, response] as const,
  ]),
);
const { files, pathOf } = validatorModules(sources);

describe('the modules of validators', () => {
  it('are one for equal sources, named after the first route', () => {
    expect(pathOf('responses/getDocument')).toBe('./responses/getDocument.mjs');
    expect(pathOf('responses/updateDocument')).toBe('./responses/getDocument.mjs');
    expect(pathOf('responses/createDocument')).toBe('./responses/createDocument.mjs');
    expect(files).not.toHaveProperty(['responses/updateDocument.mjs']);
  });

  it('import their helpers, each of which is there once', () => {
    const text = Object.values(files).join('\n');
    const helpers = [...text.matchAll(/function helper_(\w+)/g)].map(([, name]) => name);
    expect(helpers).toContain('text_safe');
    expect(new Set(helpers).size).toBe(helpers.length);
  });

  it('find what the sources alone find', async () => {
    const values = [
      {},
      { path: { id: 'x' }, query: { limit: 0 }, headers: {}, body: { title: '\u0000', tags: ['A'] } },
      { s200: { id: 1, extra: true } },
      { s201: { title: '😀'.repeat(201), tags: 'a' } },
    ];
    const folder = folderOf(files);
    const found = await Promise.all(
      [...sources].map(async ([name, source]) => {
        const module = await import(pathToFileURL(join(folder, pathOf(name))).href);
        return [faultsOf(module.default, values), faultsOf(evaluate(source), values)] as const;
      }),
    );
    expect(found.length).toBe(sources.size);
    for (const [shared, alone] of found) expect(shared).toEqual(alone);
  });
});

function faultsOf(validate: Validate, values: readonly object[]) {
  return values.map((value) => [validate(structuredClone(value)), structuredClone(validate.errors)]);
}
