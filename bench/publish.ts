/**
 * `npm run bench:publish [-- --rows FILE]`: measures everything, or takes the rows that `npm run bench -- --json FILE` wrote, draws the flame
 * graphs of this commit, and writes `docs/performance.md` with what it embeds.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, platform, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Figures, performancePages } from '../docs/performancePage.ts';
import type { Row } from './row.ts';

const DOCS = join(import.meta.dirname, '../docs');
const BYTES_OF_A_GB = 1_000_000_000;
const MS_OF_A_SECOND = 1000;
const USAGE = 'Usage: npm run bench:publish -- [--rows FILE] [--help]\n';

/** Runs a file of the bench, and shows what it says. */
function run(file: string, args: readonly string[], accepted: readonly number[]): void {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, file), ...args], { stdio: 'inherit' });
  if (status === null || !accepted.includes(status)) throw new Error(`bench/${file} ended with ${status}`);
}

function measuredRows(): readonly Row[] {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-publish-'));
  try {
    const json = join(scratch, 'rows.json');
    // 1: a row misses its target. 3: a part failed; the page names the rows that are missing.
    run('run.ts', ['--json', json], [0, 1, 3]);
    return JSON.parse(readFileSync(json, 'utf8')) as readonly Row[];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function machine(): string {
  const memory = Math.round(totalmem() / BYTES_OF_A_GB);
  return `${availableParallelism()} cores (${process.arch}), ${memory} GB, ${platform()}, Node ${process.versions.node}`;
}

/** Runs git in this checkout. */
function git(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: import.meta.dirname, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args[0]} ended with ${status}: ${stderr}`);
  return stdout.trim();
}

/** Rows of a file that is older than the last commit: they and the flame graphs would be of two commits. */
function rowsOf(file: string): readonly Row[] {
  const committed = Number(git('log', '-1', '--format=%ct')) * MS_OF_A_SECOND;
  if (statSync(file).mtimeMs < committed) throw new Error(`${file} is older than the last commit: measure again`);
  return JSON.parse(readFileSync(file, 'utf8')) as readonly Row[];
}

function publish(rows: readonly Row[]): void {
  const commit = git('rev-parse', '--short=12', 'HEAD');
  for (const name of ['authorizer', 'handler']) run('flame.ts', [name], [0]);
  const figures: Figures = { date: new Date().toISOString().slice(0, 10), commit, machine: machine(), rows };
  const files = { 'performance/figures.json': `${JSON.stringify(figures, null, 2)}\n`, ...performancePages(figures) };
  mkdirSync(join(DOCS, 'performance'), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(DOCS, name), text);
  process.stdout.write('docs/performance.md and docs/performance are written.\n');
}

function optionsOf() {
  try {
    return parseArgs({ options: { rows: { type: 'string' }, help: { type: 'boolean' } } }).values;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return undefined;
  }
}

const options = optionsOf();
if (options === undefined || options.help) {
  process[options === undefined ? 'stderr' : 'stdout'].write(USAGE);
  process.exitCode = options === undefined ? 2 : 0;
} else {
  publish(options.rows === undefined ? measuredRows() : rowsOf(options.rows));
}
