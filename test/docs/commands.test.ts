import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { program } from '../../lib/cli/main.ts';
import { root } from '../support/folders.ts';

interface Written {
  /** Where it stands, for the name of the test. */
  readonly page: string;
  /** What comes after `secure-api`. */
  readonly words: readonly string[];
}

const pages = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)].filter((path) =>
  path.endsWith('.md'),
);
const written = pages.flatMap((page) => commandsOf(page, readFileSync(join(root, page), 'utf8')));

/** Every `secure-api …` in the shell blocks of a page, also inside `$(…)`. */
function commandsOf(page: string, text: string): readonly Written[] {
  const lines = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) =>
    block.replaceAll('\\\n', ' ').split('\n'),
  );
  return lines.flatMap((line) =>
    [...line.matchAll(/(?:^|[\s(])secure-api(?= )([^|<>;()#]*)/g)]
      .map(([, rest = '']) => wordsOf(rest))
      .filter(([first = '']) => /^[a-z]/.test(first))
      .map((words) => ({ page, words })),
  );
}

/** The words of a shell command: quotes join what they hold. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replaceAll(/["']/g, ''));
}

/** What is wrong with a command line. Nothing is run. */
function faultsOf(words: readonly string[]): readonly string[] {
  let command: Command = program();
  let rest = words;
  for (let [name = ''] = rest; ; [name = ''] = rest) {
    const child = command.commands.find((one) => one.name() === name);
    if (child === undefined) break;
    [command, rest] = [child, rest.slice(1)];
  }
  if (command.commands.length > 0) return [`no command ${rest[0]}`];
  try {
    const { operands, unknown } = command
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parseOptions([...rest]);
    const names = command.registeredArguments;
    const least = names.filter(({ required }) => required).length;
    const most = names.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : names.length;
    const isMissing = command.options.filter(
      (option) => option.mandatory && command.getOptionValue(option.attributeName()) === undefined,
    );
    return [
      ...unknown.map((word) => `unknown ${word}`),
      ...isMissing.map(({ long }) => `missing ${long}`),
      ...(operands.length < least || operands.length > most ? [`${operands.length} arguments`] : []),
    ];
  } catch (error) {
    return [(error as Error).message];
  }
}

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
    const rows = optionsOf(program()).map(([path, options]) => `| \`${path}\` | ${options.join(', ') || 'none'} |`);
    expect(page).toContain(['| command | options |', '| --- | --- |', ...rows].join('\n'));
  });

  it('describes no command that does not exist, and each that does', () => {
    const described = [...page.matchAll(/^\| `secure-api ([a-z -]+?)(?: -.*?|)` \|/gm)].map(([, path = '']) =>
      path.trim(),
    );
    expect(described.sort()).toEqual(expect.arrayContaining(optionsOf(program()).map(([path]) => path)));
    for (const path of described)
      expect(faultsOf(path.split(' '))).not.toContainEqual(expect.stringContaining('no command'));
  });

  it('describes options only of the command that has them', () => {
    for (const [path, options] of optionsOf(program())) {
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
    const lines = text.match(/(?:npx |"deploy": ")cdk (?:deploy|destroy)\b[^`"\n]*/g) ?? [];
    const isWhole = (line: string) => /(?:deploy|destroy) (?:--all|[\w<])/.test(line);
    // The drawing in the README shows the command without its options.
    expect(lines.filter((line) => !isWhole(line) && !line.includes('──'))).toEqual([]);
  });
});
