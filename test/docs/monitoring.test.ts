import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/folders.ts';

const folder = join(root, 'lib/construct/monitoring');
const source = (name: string) => readFileSync(join(folder, name), 'utf8');
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = '']) => found);
const rows = [
  ...readFileSync(join(root, 'docs/monitoring.md'), 'utf8').matchAll(/^\| `(\w+)` \| .* \| (?:`(\w+)`.*)?\|$/gm),
];

describe('docs/monitoring.md', () => {
  it('lists every alarm', () => {
    const files = readdirSync(folder).filter((name) => /Alarms?\.ts$/.test(name));
    const alarms = files.flatMap((name) => matches(source(name), /^\s+id: '(\w+)',$/gm));
    expect(alarms.length).toBeGreaterThan(10);
    expect(rows.map(([, alarm]) => alarm).toSorted()).toEqual(alarms.toSorted());
  });

  it('names every threshold that can be set', () => {
    const thresholds = matches(source('thresholds.ts'), /^\s+readonly (\w+)\?:/gm);
    const named = rows.flatMap(([, , name]) => (name === undefined ? [] : [name]));
    expect(named.filter((name) => name !== 'reviewEveryDays').toSorted()).toEqual(thresholds.toSorted());
  });
});
