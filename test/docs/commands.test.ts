import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandsOf, faultsOf } from '../support/commandLines.ts';
import { root } from '../support/folders.ts';

const inFolder = (folder: string) =>
  readdirSync(join(root, folder)).flatMap((name) => (name.endsWith('.md') ? [`${folder}/${name}`] : []));
const pages = ['README.md', ...inFolder('docs'), ...inFolder('docs/runbooks')];
/** Each command with the page where it stands, for the name of the test. */
const written = pages.flatMap((page) =>
  commandsOf(readFileSync(join(root, page), 'utf8')).map((words) => ({ page, words })),
);

describe('the commands of the documentation', () => {
  it('are found', () => {
    expect(written.length).toBeGreaterThan(40);
    expect(new Set(written.map(({ page }) => page)).size).toBeGreaterThan(5);
  });

  it.each(written.map(({ page, words }) => [page, words.join(' '), words] as const))(
    'in %s exist, with their options and arguments: secure-api %s',
    (_, __, words) => {
      expect(faultsOf(words)).toEqual([]);
    },
  );

  it.each([
    ['fly', ['no command fly']],
    ['users fly', ['no command fly']],
    ['login', ['missing --stack']],
    ['login --stack A --fast', ['unknown --fast']],
    ['users add --stack A', ['0 arguments']],
    ['users remove a b --stack A', ['2 arguments']],
    ['token --ttl soon', [expect.stringContaining('--ttl')]],
  ])('would be reported: secure-api %s', (line, faults) => {
    expect(faultsOf(line.split(' '))).toEqual(faults);
  });
});
