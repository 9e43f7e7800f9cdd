import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../../lib/cli/main.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

const run = promisify(execFile);
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const commands = readFileSync(join(root, 'docs/cli.md'), 'utf8');

/** The fenced blocks of a language, each with the heading that it stands under. */
function blocks(language: string): readonly { heading: string; code: string }[] {
  return readme.split(/^## /m).flatMap((section) => {
    const heading = section.split('\n')[0] ?? '';
    return [...section.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map((match) => ({
      heading,
      code: match[1] ?? '',
    }));
  });
}

describe('README', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway?.stop());

  it('starts with the two commands and stays under 300 lines', () => {
    expect(blocks('sh')[0]?.code).toBe('npm ci\nnpm start\n');
    expect(readme.split('\n').length).toBeLessThan(300);
  });

  it('shows calls that return the documented statuses', async () => {
    const script = blocks('sh').find((block) => block.heading === 'Call it')?.code ?? '';
    const promised = [...script.matchAll(/# (\d{3}):/g)].map((match) => match[1]);
    expect(promised.length).toBeGreaterThanOrEqual(6);

    // The commands run word for word; only the port and the data directory are this test's.
    const folder = temporaryFolder();
    symlinkSync(gateway.ready.data, join(folder, '.secure-api'));
    const npx = join(folder, 'npx');
    writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, 'bin/secure-api.js')}" "$@"\n`, {
      mode: 0o755,
    });
    const local = script.replace('https://localhost:8443', gateway.ready.url);
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` };
    const { stdout } = await run('bash', ['-eu', '-c', local], { cwd: folder, env });
    expect(stdout.trim().split('\n')).toEqual(promised);
  });

  it('shows the tsconfig and the manifest of the example, which is installed from the package and compiled', () => {
    const example = (name: string) => readFileSync(join(root, 'examples/second-stack', name), 'utf8');
    const shown = blocks('json').find(({ code }) => code.includes('compilerOptions'))?.code;
    expect(JSON.parse(shown ?? '{}')).toEqual(JSON.parse(example('tsconfig.json')));
    const { type, 'secure-api': settings } = JSON.parse(example('package.json'));
    expect([type, Object.keys(settings)]).toEqual(['module', ['definition']]);
    expect(readme).toContain('`"type": "module"`');
    expect(readme).toContain(`\`{ "app": "${JSON.parse(example('cdk.json')).app}" }\``);
  });

  it('leads to the page that has a row for each command, with options that it has', () => {
    const rows = [...commands.matchAll(/^\| `secure-api ([^`]+)` \|(.*)\|$/gm)];
    const leaves = program().commands.flatMap((command) =>
      command.commands.length === 0
        ? [{ path: command.name(), command }]
        : command.commands.map((leaf) => ({ path: `${command.name()} ${leaf.name()}`, command: leaf })),
    );
    const named = rows.map(([, usage = '', rest = '']) => {
      const path = usage.split(' --')[0] ?? '';
      const options = leaves.find((leaf) => leaf.path === path)?.command.options.map((option) => option.long) ?? [];
      const documented = [...`${usage}${rest}`.matchAll(/--[a-z-]+/g)].map(([option]) => option);
      expect(documented.filter((option) => !options.includes(option))).toEqual([]);
      return path;
    });
    expect(named.toSorted()).toEqual(leaves.map(({ path }) => path).toSorted());
  });

  it('names only scripts that exist', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const named = [...readme.matchAll(/npm (?:run )?([a-z:-]+)/g)].map((match) => match[1] ?? '');
    const builtIn = ['ci', 'create', 'install', 'run', 'packages'];
    expect(named.filter((name) => !builtIn.includes(name) && !Object.hasOwn(scripts, name))).toEqual([]);
  });

  it('shows TypeScript that compiles', async () => {
    const folder = mkdtempSync(join(root, 'test/docs/.readme-'));
    const snippets = blocks('ts').map((block) => block.code);
    const [definition = '', handler = '', stack = ''] = snippets;
    expect(snippets).toHaveLength(3);
    try {
      writeFileSync(join(folder, 'notes.ts'), inRepo(definition, '../../../'));
      writeFileSync(join(folder, 'addNote.ts'), inRepo(handler.replace('../notes.ts', './notes.ts'), '../../../'));
      writeFileSync(join(folder, 'stack.ts'), inRepo(stack, '../../../'));
      const config = { extends: '../../../tsconfig.json', include: ['*.ts'], exclude: [] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder]);
    } catch (error) {
      expect.fail((error as { stdout?: string }).stdout ?? String(error));
    } finally {
      await run('rm', ['-rf', folder]);
    }
  });
});

/** The package's names, as this checkout spells them. */
function inRepo(code: string, up: string): string {
  return code
    .replaceAll("'secure-api/runtime'", `'${up}lambdas/runtime/index.ts'`)
    .replaceAll("'secure-api'", `'${up}lib/index.ts'`);
}
