import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const SKIPPED = new Set(['node_modules', 'dist', 'cdk.out', 'LICENSE']);

/** Every page of the project, from its root. */
function pages(folder = root): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (SKIPPED.has(entry.name) || entry.name.startsWith('.')) return [];
    if (entry.isDirectory()) return pages(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** The anchors of a page: its headings, as GitHub spells them. */
function anchors(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

const targets = (text: string) => [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? '');

function broken(page: string): readonly string[] {
  return targets(readFileSync(page, 'utf8')).filter((target) => {
    if (/^(https?|mailto):/.test(target)) return false;
    const [file = '', anchor] = target.split('#');
    const path = file === '' ? page : join(dirname(page), file);
    if (!existsSync(path)) return true;
    return anchor !== undefined && !anchors(readFileSync(path, 'utf8')).includes(anchor);
  });
}

describe('links between pages', () => {
  it.each(pages().map((page) => [relative(root, page), page]))('%s links to what is there', (_, page) => {
    expect(broken(page)).toEqual([]);
  });

  it('are looked for in the pages that a stranger reads first', () => {
    const read = pages().map((page) => relative(root, page));
    expect(read).toEqual(
      expect.arrayContaining(['README.md', 'SECURITY.md', 'docs/architecture.md', 'docs/fidelity.md']),
    );
    expect(targets(readFileSync(join(root, 'README.md'), 'utf8')).length).toBeGreaterThan(8);
  });
});
