import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './folders.ts';

const run = promisify(execFile);

/** A program from PyPI, in its own virtual environment. */
export interface PythonTool {
  /** A folder for what the program reads and writes. */
  readonly cache: string;
  /** The path of a command that the packages install. */
  readonly command: (name: string) => string;
}

/**
 * Installs pinned packages into `.secure-api/<name>/venv`, unless they are there already.
 *
 * @param requirements a file of pip with the hash of each package.
 */
export async function pythonTool(name: string, requirements: string): Promise<PythonTool> {
  const cache = join(root, '.secure-api', name);
  const environment = join(cache, 'venv');
  const command = (program: string) => join(environment, 'bin', program);
  // Written at the end, so that an installation that was interrupted starts again.
  const marker = join(environment, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return { cache, command };
  rmSync(environment, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  await run('python3', ['-m', 'venv', environment]);
  const options = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes'];
  await run(command('python'), [...options, '--requirement', requirements]);
  writeFileSync(marker, wanted);
  return { cache, command };
}
