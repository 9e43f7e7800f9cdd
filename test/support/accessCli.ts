import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { root } from './folders.ts';

/** Today, UTC: reviews of this day hold whenever the tests run. */
export const TODAY = new Date().toISOString().slice(0, 10);

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `secure-api access …` to its end. */
export async function access(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<CliResult> {
  const child = spawn(process.execPath, [join(root, 'bin/secure-api.js'), 'access', ...args], {
    cwd: options.cwd ?? root,
    env: { ...process.env, ...options.env },
  });
  // A command that reads no input can end before it is written.
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.input ?? '');
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, stdout, stderr };
}

/** The module of a small definition, as a team would write it; `review` is the code of the review of its roles. */
export function definitionOf(
  parts: {
    readonly editor?: readonly string[];
    readonly review?: string;
    readonly head?: string;
    readonly more?: string;
  } = {},
): string {
  const { editor = ['note:write'], review = `{ reviewed: '${TODAY}' }`, head = '', more = '' } = parts;
  return `import { defineApi, defineRoles, del, get, put } from '${root}/lib/definition/index.ts';
${head}
const done = { responses: { 204: { description: 'Done' } } };
export const notes = defineApi({
  name: 'notes',
  version: '1.0.0',
  roles: defineRoles({
    reader: { can: ['note:read'] },
    editor: { extends: ['reader'], can: ${JSON.stringify(editor)} },
    admin: { extends: ['editor'], can: ['note:delete'] },
  }, ${review}),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: {
    list: get('/notes', { permission: 'note:read', ...done }),
    save: put('/notes', { permission: 'note:write', ...done }),
    drop: del('/notes', { permission: 'note:delete', ...done }),
  },
  ${more}
});
`;
}

/** Makes a folder a git repository whose first commit holds everything in it. */
export function commitAll(folder: string): (args: readonly string[]) => string {
  const git = (args: readonly string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=T', '-c', 'user.email=t@example.com', '-c', 'commit.gpgsign=false', ...args],
      {
        cwd: folder,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
  git(['init', '--quiet', '--initial-branch=main']);
  git(['add', '--all']);
  git(['commit', '--quiet', '--message=first']);
  return git;
}

/** An unsigned token. */
export function tokenOf(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', kid: 'k' })}.${part(claims)}.${Buffer.from('never signed').toString('base64url')}`;
}
