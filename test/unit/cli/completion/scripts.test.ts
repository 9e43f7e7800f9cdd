import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SCRIPTS } from '../../../../lib/cli/completion/scripts.ts';
import { definitionOf } from '../../../support/accessCli.ts';
import { folderOf, root, temporaryFolder } from '../../../support/folders.ts';

/** A project in which the command is installed. Its definition prints a line, and leaves a file where it has run. */
function project(): string {
  const head = "import { writeFileSync } from 'node:fs';\nconsole.log('a banner');\nwriteFileSync('ran', '');";
  const artifacts = { Notes: { type: 'aws:cloudformation:stack' }, Tree: { type: 'cdk:tree' } };
  const folder = folderOf({
    'package.json': '{ "type": "module", "secure-api": { "definition": "api.ts" } }',
    'api.ts': definitionOf({ head }),
    'cdk.out/manifest.json': JSON.stringify({ artifacts }),
    'ready one.json': '',
  });
  mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
  symlinkSync(join(root, 'bin/secure-api.js'), join(folder, 'node_modules/.bin/secure-api'));
  return folder;
}

const pathWith = (folder: string) =>
  [join(folder, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(delimiter);

/** What a real bash offers for each line, read by its own script. */
function offered(folder: string, lines: readonly string[], path = pathWith(folder)): readonly string[] {
  const script = `source <(secure-api completion bash)
    for COMP_LINE in "$@"; do
      COMP_POINT=\${#COMP_LINE}
      _secure_api secure-api
      (IFS='|'; echo "\${COMPREPLY[*]}")
    done`;
  const args = ['--norc', '-c', script, 'bash', ...lines];
  const printed = execFileSync('bash', args, { cwd: folder, env: { ...process.env, PATH: path }, encoding: 'utf8' });
  return printed.trimEnd().split('\n');
}

describe('the script of bash', () => {
  it('completes commands, options, choices, names of the project, stacks and files', () => {
    const expected = {
      'secure-api pre': 'preflight',
      'secure-api dev --scan=': 'emulate|hold',
      'secure-api token --role ': 'reader|editor|admin',
      'secure-api access who-can note:': 'read|write|delete',
      'secure-api dev --stack ': 'Notes',
      'secure-api dev --ready-file rea': 'ready one.json',
    };
    expect(offered(project(), Object.keys(expected))).toEqual(Object.values(expected));
  });

  it('runs no code of a folder that did not bring the command', () => {
    const [own, other] = [project(), project()];
    expect(offered(other, ['secure-api token --role ', 'secure-api dev --stack '], pathWith(own))).toEqual([
      '',
      'Notes',
    ]);
    expect(existsSync(join(other, 'ran'))).toBe(false);
  });
});

describe.each(['bash', 'zsh', 'fish'] as const)('the script for %s', (shell) => {
  const isThere = spawnSync(shell, ['-c', 'true']).status === 0;

  it.skipIf(!isThere)('is one that the shell can read', () => {
    const file = join(folderOf({ script: SCRIPTS[shell] }), 'script');
    const { status, stderr } = spawnSync(shell, ['-n', file], { cwd: temporaryFolder(), encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});
