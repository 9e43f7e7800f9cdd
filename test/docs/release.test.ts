import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../support/folders.ts';

const run = promisify(execFile);
const PARTS = [
  'package.json',
  'package-lock.json',
  'local/package.json',
  'create/package.json',
  'CHANGELOG.md',
  '.changeset',
];
const PROBE = '---\n"secure-api-local": minor\n---\n\nA change that only this test makes.\n';

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/** What a release reads of this checkout, in its own repository: the result does not depend on branches or remotes. */
let scratch: string;

const git = (...args: readonly string[]) =>
  run('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: scratch });
const changeset = (...args: readonly string[]) =>
  run(process.execPath, [join(root, 'node_modules/@changesets/cli/bin.js'), ...args], { cwd: scratch });
const manifest = (path: string) => JSON.parse(readFileSync(join(scratch, path), 'utf8')) as Manifest;

beforeAll(async () => {
  scratch = temporaryFolder();
  for (const part of PARTS) cpSync(join(root, part), join(scratch, part), { recursive: true });
  writeFileSync(join(scratch, '.changeset/probe.md'), PROBE);
  await git('init', '--quiet', '--initial-branch', 'main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message', 'Add a change');
});

describe('the release', () => {
  it('has changesets of existing packages only, and bumps all packages (npx changeset status)', async () => {
    await changeset('status', '--output', 'plan.json');
    const plan = JSON.parse(readFileSync(join(scratch, 'plan.json'), 'utf8')) as { readonly releases: Manifest[] };
    expect(plan.releases.map(({ name }) => name).toSorted()).toEqual([
      'create-secure-api',
      'secure-api',
      'secure-api-local',
    ]);
  });

  it('gives all packages one version and writes their changelogs (npx changeset version)', async () => {
    await changeset('version');
    const [main, local] = [manifest('package.json'), manifest('local/package.json')];
    expect([local.version, manifest('create/package.json').version]).toEqual([main.version, main.version]);
    expect(main.version).not.toBe((JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest).version);
    expect(main.peerDependencies).toMatchObject({ 'secure-api-local': local.version });
    expect(readFileSync(join(scratch, 'CHANGELOG.md'), 'utf8')).toMatch(
      new RegExp(`^# Changelog\\n\\n## ${main.version}\\n[^]*- secure-api-local@${local.version}\\n`),
    );
    const changes = readFileSync(join(scratch, 'local/CHANGELOG.md'), 'utf8');
    expect(changes).toMatch(new RegExp(`^# secure-api-local\\n\\n## ${local.version}\\n`));
    expect(changes).toContain('A change that only this test makes.');
  });
});
