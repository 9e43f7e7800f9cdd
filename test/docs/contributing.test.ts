import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GAPS } from '../deploy/gaps.ts';
import { root } from '../support/folders.ts';

const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
const FOLDERS = /`((?:lib|lambdas|local|test|docs|build|bench|examples)(?:\/[\w./*<>-]+)?)`/g;

describe('CONTRIBUTING.md', () => {
  it('names files and folders that exist', () => {
    const named = [...page.matchAll(FOLDERS)].map(([, path = '']) => path.replace(/<\w+>/, '*'));
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((path) => globSync(path, { cwd: root }).length === 0)).toEqual([]);
  });

  it('lists what the emulator cannot create', () => {
    const listed = [...page.matchAll(/^\| `(AWS::\w+::\w+)`(?: with `(\w+)`)? \|/gm)].map(([, ...names]) => names);
    expect(listed).toEqual(GAPS.map(({ type, property }) => [type, property]));
  });

  it('names scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: object };
    const named = [...page.matchAll(/npm run ([a-z:]+)/g)].map(([, name = '']) => name);
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});
