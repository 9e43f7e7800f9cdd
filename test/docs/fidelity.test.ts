import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sourceFiles } from '../architecture/sources.ts';

const root = new URL('../..', import.meta.url).pathname;
const page = readFileSync(join(root, 'docs/fidelity.md'), 'utf8');
const PAGES = /https:\/\/docs\.aws\.amazon\.com\/[\w./-]+\.html/g;
const pagesOf = (text: string) => [...new Set([...text.matchAll(PAGES)].map(([url]) => url))].sort();

it('docs/fidelity.md names exactly the AWS pages that the code of the local gateway follows', () => {
  const code = sourceFiles(join(root, 'local')).map((file) => readFileSync(file, 'utf8'));
  expect(pagesOf(page)).toEqual(pagesOf(code.join('\n')));
});

it('every source of docs/fidelity.md stands at a behaviour, and every behaviour has its source defined', () => {
  const defined = [...page.matchAll(/^\[([a-z-]+)\]: /gm)].map((match) => match[1]);
  const used = [...page.matchAll(/\]\[([a-z-]+)\]/g)].map((match) => match[1]);
  expect([...new Set(used)].sort()).toEqual(defined.toSorted());
});
