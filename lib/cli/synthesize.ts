import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { ConfigError, DefinitionError } from '../definition/errors.ts';
import { APP_ERROR_FILE } from './appVariables.ts';

const ASSEMBLY = 'cdk.out';

/** Values of the CDK context by their keys. */
export type Context = Readonly<Record<string, string>>;

/** The option that gives context values to the app. */
export function contextOption(): Option {
  return new Option('-c, --context <key=value>', 'CDK context value, as for "cdk deploy"; repeat it for several')
    .conflicts('assembly')
    .argParser(contextValue)
    .default({}, 'that of cdk.json');
}

/** Adds a value to the context. */
function contextValue(option: string, before: Context): Context {
  const end = option.indexOf('=');
  if (end < 1) throw new InvalidArgumentError('expected a key and its value: key=value.');
  return { ...before, [option.slice(0, end)]: option.slice(end + 1) };
}

/**
 * The context that an app gets: that of the command line overrides `cdk.json`, which overrides the lookups in
 * `cdk.context.json`.
 */
export function contextOf(given: Context): Readonly<Record<string, unknown>> {
  const { context = {} } = readCdkJson();
  return { ...readObject('cdk.context.json'), ...context, ...given };
}

/** What a run of an app can change. */
interface SynthesisOptions {
  readonly print: (line: string) => void;
  /** More variables, such as account and region of the credentials, which the CDK CLI gives to an app, too. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder of the cloud assembly. @default - `cdk.out` */
  readonly outdir?: string;
  /** Modules of this command that are loaded into the app first, such as `dev/recordFiles`. */
  readonly preload?: readonly string[];
  /** Ends the app, with the processes that it has started. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the app of `cdk.json` and returns the path of its cloud assembly. It starts the app as the CDK CLI does (the command
 * in a shell, `CDK_OUTDIR` and the context in its environment), but without the CLI, which takes seconds and checks for
 * notices on the network.
 *
 * @param given Context values of the command line ({@link contextOf}).
 * @throws {ConfigError} `file-unreadable` when the current folder has no `cdk.json` with an app, or a file of JSON is wrong, and
 * what the app reports.
 * @throws {DefinitionError} when the definition of the app is wrong.
 */
export async function synthesize(given: Context, options: SynthesisOptions): Promise<string> {
  const { print, environment } = options;
  const { app } = readCdkJson();
  const context = contextOf(given);
  // With a wrong one, Node.js ends the app and prints a stack.
  readObject('package.json');
  const outdir = resolve(options.outdir ?? ASSEMBLY);
  print(`Synthesizing (${app})`);
  // `node` in the app's command is the Node.js that runs this command.
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  const env = {
    ...process.env,
    ...environment,
    PATH: path,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify(context),
  };
  const folder = mkdtempSync(join(tmpdir(), 'secure-api-app-'));
  try {
    const file = join(folder, 'error.json');
    const code = await run(app, { ...env, ...reporting(file, options.preload) }, options.signal);
    options.signal?.throwIfAborted();
    // An app that ends well is one, whatever a process that it started reported.
    if (code !== 0) throw existsSync(file) ? appError(file) : new Error(`The CDK app ended with exit code ${code}.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (!existsSync(join(outdir, 'manifest.json'))) throw withoutAssembly(app);
  return outdir;
}

function withoutAssembly(app: string): ConfigError {
  return new ConfigError({
    code: 'file-unreadable',
    location: 'cdk.json',
    found: `an app (${app}) that ended well and wrote no cloud assembly to the folder in CDK_OUTDIR`,
    expected: 'an app that synthesizes its stacks',
    fix: 'Remove process.exit() and the prop outdir of new App(), and check that "app" names the right file.',
  });
}

/** Runs the app to its end. Its stdout is for people, and ours holds only results, so it goes to stderr. */
function run(app: string, env: NodeJS.ProcessEnv, signal: AbortSignal | undefined): Promise<number | null> {
  return new Promise((done, fail) => {
    // A group of processes can be ended as one; the terminal's Ctrl-C does not reach it.
    const isGroup = signal !== undefined && process.platform !== 'win32';
    const child = spawn(app, { shell: true, env, stdio: ['ignore', 2, 2], detached: isGroup });
    const end = () => endTree(child);
    signal?.addEventListener('abort', end);
    child.once('error', fail);
    child.once('exit', (code) => {
      signal?.removeEventListener('abort', end);
      done(code);
    });
  });
}

/** Ends a shell with what it has started. */
function endTree({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    if (process.platform === 'win32') execFileSync('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore' });
    else process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/**
 * The environment in which the app writes an error of its definition or props to a file. The modules are required, because with
 * `--import` Node.js starts the app as an ES module, which ts-node does not compile.
 */
function reporting(file: string, preload: readonly string[] = []): Readonly<Record<string, string>> {
  const ending = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const modules = ['reportAppError', ...preload].map((name) => join(import.meta.dirname, `${name}.${ending}`));
  // Node.js splits the variable at spaces that are not in quotes.
  const required = modules.map((path) => `--require="${path.replaceAll(/["\\]/g, '\\$&')}"`);
  return { NODE_OPTIONS: [process.env['NODE_OPTIONS'] ?? '', ...required].join(' ').trim(), [APP_ERROR_FILE]: file };
}

/** The error that the app wrote: one of this package, or the message of another. */
function appError(file: string): Error {
  const { name, faults, message } = JSON.parse(readFileSync(file, 'utf8')) as AppError;
  if (faults === undefined) return new Error(`The CDK app failed: ${message}`);
  const [first, ...others] = faults;
  return name === 'DefinitionError' || first === undefined
    ? new DefinitionError(faults)
    : new ConfigError(first, ...others);
}

interface AppError {
  readonly name?: string;
  readonly faults?: readonly never[];
  readonly message?: string;
}

function readCdkJson(): { app: string; context?: object } {
  const { app, context } = readObject('cdk.json') as { app?: unknown; context?: object };
  if (typeof app === 'string') return { app, context };
  throw new ConfigError({
    code: 'file-unreadable',
    location: 'cdk.json',
    found: existsSync('cdk.json') ? 'no "app" in it' : 'no such file',
    expected: 'a CDK project, or --assembly DIR',
    fix: 'Run the command in the folder of the CDK app, or name a cloud assembly that exists.',
  });
}

/** Returns the object in a JSON file, or an empty object when there is no file. */
function readObject(file: string): object {
  if (!existsSync(file)) return {};
  const unreadable = new ConfigError({
    code: 'file-unreadable',
    location: file,
    found: 'no JSON object',
    expected: 'a JSON object',
    fix: 'Fix the file; the CDK app cannot start with it.',
  });
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    throw unreadable;
  }
  throw unreadable;
}
