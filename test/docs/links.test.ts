import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/folders.ts';
import { brokenLinks, pages, targetsOf } from '../support/links.ts';

describe('links between pages', () => {
  it.each(pages(root).map((page) => [relative(root, page), page]))('%s links to what is there', (_, page) => {
    expect(brokenLinks(page, root)).toEqual([]);
  });

  it('are looked for in the pages that a stranger reads first', () => {
    const read = pages(root).map((page) => relative(root, page));
    expect(read).toEqual(
      expect.arrayContaining(['README.md', 'SECURITY.md', 'docs/architecture.md', 'docs/fidelity.md']),
    );
    expect(targetsOf(join(root, 'README.md')).length).toBeGreaterThan(8);
  });
});
