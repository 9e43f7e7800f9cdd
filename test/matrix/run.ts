/**
 * `npm run matrix`: installs the packed packages into a small project with the oldest and the newest of what they run with, and
 * type-checks, synthesizes and serves it with each combination. It is not part of `npm test`: it takes some ten minutes and loads
 * other versions from the registry. `--json` prints the results as JSON; further arguments name the combinations to run.
 */
import { execFile } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { packInto } from '../../examples/pack.ts';
import { clientOf } from '../support/client.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { startGateway } from '../support/gateway.ts';
import { COMBINATIONS, type Combination, PARTS, type Part } from './combinations.ts';

const run = promisify(execFile);
const EXAMPLE = join(root, 'examples', 'second-stack');
const LEFT_OVER = /(node_modules|vendor|cdk\.out|\.secure-api)$/;

interface Result {
  readonly name: string;
  readonly versions: Readonly<Record<Part, string>>;
  /** `passed`, or the step that failed with the end of what it printed. */
  readonly outcome: string;
}

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true });
const chosen = COMBINATIONS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const vendor = temporaryFolder();
packInto(vendor);
const results: Result[] = [];
for (const combination of chosen) {
  const result = await tried(combination);
  results.push(result);
  if (values.json !== true) console.log(row(result));
}
if (values.json === true) console.log(JSON.stringify(results, null, 2));
rmSync(vendor, { recursive: true });
process.exitCode = results.every(({ outcome }) => outcome === 'passed') ? 0 : 1;

/** Takes all steps with one combination, in a new folder. */
async function tried({ name, versions }: Combination): Promise<Result> {
  const folder = temporaryFolder();
  try {
    writeProject(folder, versions);
    const npm = versions.npm === undefined ? ['npm'] : ['npm', 'exec', '--yes', '--', `npm@${versions.npm}`];
    const steps: Readonly<Record<string, () => Promise<unknown>>> = {
      install: () => command(folder, [...npm, 'install', '--prefer-offline', '--no-audit', '--no-fund']),
      'type check': () => command(folder, ['npm', 'run', 'typecheck']),
      synth: () => command(folder, ['npm', 'run', 'synth']),
      request: () => requested(folder),
    };
    for (const [step, take] of Object.entries(steps)) {
      const failure = await take().then(() => undefined, reasonOf);
      if (failure !== undefined) return { name, versions: await found(folder, npm), outcome: `${step}: ${failure}` };
    }
    return { name, versions: await found(folder, npm), outcome: 'passed' };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function writeProject(folder: string, versions: Combination['versions']): void {
  cpSync(EXAMPLE, folder, { recursive: true, filter: (path) => !LEFT_OVER.test(path) });
  cpSync(vendor, join(folder, 'vendor'), { recursive: true });
  const file = join(folder, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, string>>;
  for (const group of ['dependencies', 'devDependencies']) {
    const own = Object.entries(manifest[group] ?? {});
    manifest[group] = Object.fromEntries(own.map(([name, version]) => [name, versions[name as Part] ?? version]));
  }
  writeFileSync(file, JSON.stringify(manifest, null, 2));
}

async function command(folder: string, [name = '', ...args]: readonly string[]): Promise<string> {
  const { stdout } = await run(name, args, { cwd: folder });
  return stdout.trim();
}

/** Serves the assembly with the Node of the project and sends one request. */
async function requested(folder: string): Promise<void> {
  const gateway = await startGateway({
    node: join(folder, 'node_modules/.bin/node'),
    cwd: folder,
    bin: join(folder, 'node_modules/secure-api/bin/secure-api.js'),
    assembly: join(folder, 'cdk.out'),
  });
  try {
    const { status } = await clientOf(gateway.ready)('GET', '/health');
    if (status !== 200) throw new Error(`GET /health returned ${status}`);
  } finally {
    await gateway.stop();
  }
}

/** The versions that were installed. */
async function found(folder: string, npm: readonly string[]): Promise<Result['versions']> {
  const installed = async (part: Part) => {
    if (part === 'npm') return command(folder, [...npm, '--version']);
    return JSON.parse(readFileSync(join(folder, 'node_modules', part, 'package.json'), 'utf8')).version as string;
  };
  const pairs = PARTS.map(async (part) => [part, await installed(part).catch(() => 'none')] as const);
  return Object.fromEntries(await Promise.all(pairs)) as Result['versions'];
}

function reasonOf(error: unknown): string {
  const { stdout = '', stderr = '', message = '' } = error as Readonly<Record<string, string | undefined>>;
  return [message, stdout, stderr].join('\n').trim().slice(-1500);
}

function row({ name, versions, outcome }: Result): string {
  return `| ${[name, ...PARTS.map((part) => versions[part]), outcome].join(' | ')} |`;
}
