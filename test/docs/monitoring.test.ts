import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kebabCase } from '../../lib/construct/monitoring/alarmSpec.ts';
import { root } from '../support/folders.ts';

const folders = ['lib/construct/monitoring', 'lib/construct/cloudfront'];
const sources = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => /Alarms?\.ts$/.test(name))
    .map((name) => readFileSync(join(root, folder, name), 'utf8')),
);

it('docs/alarms.md has a row for each alarm that the code makes', () => {
  const ids = sources.flatMap((source) => [...source.matchAll(/\bid: '([A-Z]\w+)'/g)].map(([, id = '']) => id));
  const windows = ['Hour', 'Minutes', 'Hours', 'HalfHour'];
  const rows = [...readFileSync(join(root, 'docs/alarms.md'), 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm)].map(
    ([, name]) => name,
  );
  expect(ids.length).toBeGreaterThan(30);
  expect(ids.filter((id) => !windows.includes(id) && !rows.includes(kebabCase(id)))).toEqual([]);
});
