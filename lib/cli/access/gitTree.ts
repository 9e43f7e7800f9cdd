import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { ConfigError } from '../../definition/errors.ts';

/**
 * Calls a function with a file as it is at a git ref, among all files of that ref and with the installed packages of the
 * checkout. The tree is written to a temporary folder through its own index, so that the checkout, its index and its
 * worktrees do not change and no hook runs. The folder is removed afterwards.
 *
 * @param file absolute path of the file in the checkout.
 * @throws {ConfigError} `git-ref-unknown` when there is no such ref, or it has no such file.
 */
export async function withTreeAt<T>(ref: string, file: string, use: (path: string) => Promise<T>): Promise<T> {
  const real = realpathSync(file);
  const top = repositoryOf(dirname(real), ref);
  const commit = commitOf(top, ref);
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'secure-api-ref-')));
  try {
    const tree = join(folder, 'tree');
    mkdirSync(tree);
    const index = join(folder, 'index');
    git(top, ['read-tree', commit], index);
    git(top, ['checkout-index', '--all', '--quiet', `--prefix=${tree}/`], index);
    const path = relative(top, real);
    linkPackages(top, tree, dirname(path));
    if (!existsSync(join(tree, path))) throw unknownRef(ref, `no file ${path} in it`, `a commit that has ${path}`);
    return await use(join(tree, path));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function repositoryOf(folder: string, ref: string): string {
  try {
    return realpathSync(git(folder, ['rev-parse', '--show-toplevel']));
  } catch {
    throw unknownRef(ref, 'neither a file nor a git repository', 'a path that exists, or a ref of the repository');
  }
}

/** `--end-of-options`: a ref is never taken for an option of git. */
function commitOf(top: string, ref: string): string {
  try {
    return git(top, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  } catch {
    throw unknownRef(ref, 'neither a file nor a commit', 'a path that exists, or a branch, tag or commit');
  }
}

/** Links the installed packages of the checkout from every folder on the way to the file. */
function linkPackages(top: string, tree: string, folder: string): void {
  for (let at = folder; ; at = dirname(at)) {
    const installed = join(top, at, 'node_modules');
    const link = join(tree, at, 'node_modules');
    if (existsSync(installed) && existsSync(dirname(link)) && !existsSync(link))
      symlinkSync(installed, link, 'junction');
    if (at === '.') return;
  }
}

/** Drops the environment variables of a git hook, in which this can run: they name another repository and index. */
function git(cwd: string, args: readonly string[], index?: string): string {
  const { GIT_DIR: _dir, GIT_WORK_TREE: _tree, GIT_INDEX_FILE: _index, ...rest } = process.env;
  const env = index === undefined ? rest : { ...rest, GIT_INDEX_FILE: index };
  return execFileSync('git', [...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

function unknownRef(ref: string, found: string, expected: string): ConfigError {
  return new ConfigError({
    code: 'git-ref-unknown',
    location: ref,
    found,
    expected,
    fix: 'Fetch the ref (git fetch origin main), or name an assembly or template.',
  });
}
