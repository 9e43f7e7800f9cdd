import { Type } from 'typebox';
import { expect, it } from 'vitest';
import { bundleFunctions } from '../../lib/bundle/bundle.ts';
import { type Api, defineApi, defineRoles, object, post } from '../../lib/definition/index.ts';
import { writeHandlers } from '../support/generated.ts';
import { withFolder } from './support.ts';

const file = { field: 'file', maxBytes: 1_000, types: { 'text/csv': ['.csv'] } } as const;
const kept = { permission: 'row:write', responses: { 204: { description: 'Kept' } }, isolate: true } as const;
const definition = defineApi(
  {
    name: 'rows',
    version: '1.0.0',
    roles: defineRoles({ writer: { can: ['row:write'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
    tiers: { free: { rate: 10, burst: 20, quota: { requests: 1_000, per: 'DAY' } } },
    routes: {
      importRows: post('/rows', {
        ...kept,
        upload: { ...file, rows: object({ name: Type.String({ maxLength: 9 }) }) },
      }),
      keepFile: post('/files', { ...kept, upload: file }),
      addRow: post('/row', { ...kept, body: object({ name: Type.String({ maxLength: 9 }) }) }),
    },
  },
  { today: new Date('2026-11-10T00:00:00Z') },
) as unknown as Api;

it('a CSV parser is in the bundle of a route with rows only, and costs less than 40 KB', () => {
  withFolder((folder) => {
    writeHandlers(definition, folder);
    const bundles = bundleFunctions(definition, folder);
    const found = [...bundles.groups].map(([id, { inputs, bytes }]) => {
      const names = Object.keys(inputs);
      return {
        id,
        bytes,
        parser: names.some((name) => name.includes('/csv-')),
        writer: names.some((name) => name.endsWith('shared/csv.ts')),
      };
    });
    bundles.remove();
    expect(found.map(({ id, parser }) => [id, parser])).toEqual([
      ['importRows', true],
      ['keepFile', false],
      ['addRow', false],
    ]);
    expect(found.filter(({ writer }) => writer)).toEqual([]);
    expect((found[0]?.bytes ?? 0) - (found[1]?.bytes ?? 0)).toBeLessThan(40_000);
  });
});
