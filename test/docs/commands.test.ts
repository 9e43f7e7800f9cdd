import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../lib/cli/program.ts';
import { commandsOf, faultsOf } from '../support/commandLines.ts';
import { root } from '../support/folders.ts';

const inFolder = (folder: string) =>
  readdirSync(join(root, folder)).flatMap((name) => (name.endsWith('.md') ? [`${folder}/${name}`] : []));
const pages = ['README.md', ...inFolder('docs'), ...inFolder('docs/runbooks')];
/** Each command with the page where it stands, for the name of the test. */
const written = pages.flatMap((page) =>
  commandsOf(readFileSync(join(root, page), 'utf8')).map((words) => ({ page, words })),
);

const whole = await program();

describe('the commands of the documentation', () => {
  it('are found', () => {
    expect(written.length).toBeGreaterThan(40);
    expect(new Set(written.map(({ page }) => page)).size).toBeGreaterThan(5);
  });

  it.each(written.map(({ page, words }) => [page, words.join(' '), words] as const))(
    'in %s exist, with their options and arguments: secure-api %s',
    async (_, __, words) => {
      expect(await faultsOf(words)).toEqual([]);
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
  ])('would be reported: secure-api %s', async (line, faults) => {
    expect(await faultsOf(line.split(' '))).toEqual(faults);
  });
});

/** Each command that is not a group, with its long options. All have `--help` and `--json`. */
function optionsOf(command: Command, path = ''): readonly (readonly [path: string, options: readonly string[]])[] {
  const children = command.commands.flatMap((child) => optionsOf(child, `${path} ${child.name()}`.trim()));
  if (command.commands.length > 0) return children;
  const options = command.options.flatMap(({ long }) => (long && long !== '--json' ? [`\`${long}\``] : []));
  return [[path, options]];
}

describe('docs/cli.md', () => {
  const page = readFileSync(join(root, 'docs/cli.md'), 'utf8');

  it('lists every option of every command, and no other', () => {
    const rows = optionsOf(whole).map(([path, options]) => `| \`${path}\` | ${options.join(', ') || 'none'} |`);
    expect(page).toContain(['| command | options |', '| --- | --- |', ...rows].join('\n'));
  });

  it('describes no command that does not exist, and each that does', async () => {
    const described = [...page.matchAll(/^\| `secure-api ([a-z -]+?)(?: -.*?|)` \|/gm)].map(([, path = '']) =>
      path.trim(),
    );
    expect(described.sort()).toEqual(expect.arrayContaining(optionsOf(whole).map(([path]) => path)));
    for (const path of described)
      expect(await faultsOf(path.split(' '))).not.toContainEqual(expect.stringContaining('no command'));
  });

  it('describes options only of the command that has them', () => {
    for (const [path, options] of optionsOf(whole)) {
      const [line = ''] = page.match(new RegExp(`^\\| \`secure-api ${path}[ \`].*$`, 'm')) ?? [];
      const named = [...line.matchAll(/`?(--[a-z-]+)/g)].map(([, option]) => `\`${option}\``);
      expect(
        named.filter((option) => option !== '`--json`' && !options.includes(option)),
        path,
      ).toEqual([]);
    }
  });
});

describe('a deployment', () => {
  const files = [
    ...pages,
    'create/template/README.md',
    'create/template/package.json',
    'create/template/.github/workflows/deploy.yml',
  ];

  it.each(files)('in %s names its stacks or takes all, because an API with CloudFront has two', (file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const lines = text.match(/(?:npx |"deploy": ")cdk (?:deploy|destroy)\b(?: "\$\w+")?[^`"\n]*/g) ?? [];
    const isWhole = (line: string) => /(?:deploy|destroy) (?:--all|[\w<]|"\$)/.test(line);
    // The drawing in the README shows the command without its options.
    expect(lines.filter((line) => !isWhole(line) && !line.includes('──'))).toEqual([]);
  });
});
