import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { ConfigError } from '../definition/errors.ts';
import { progress } from './output.ts';

const ASSEMBLY = 'cdk.out';

/** Values of the CDK context by their keys. */
export type Context = Readonly<Record<string, string>>;

/**
 * Runs the app of `cdk.json` and returns the path of its cloud assembly. It starts the app as the CDK CLI does (the command
 * in a shell, `CDK_OUTDIR` and the context in its environment), but without the CLI, which takes seconds and checks for
 * notices on the network.
 *
 * @param given Context values of the command line. They override those of `cdk.json`, which override the lookups in
 * `cdk.context.json`.
 * @throws {ConfigError} `file-unreadable` when the current folder has no `cdk.json` with an app.
 */
export async function synthesize(given: Context): Promise<string> {
  const { app, context: written = {} } = readCdkJson();
  const context = { ...readObject('cdk.context.json'), ...written, ...given };
  const outdir = resolve(ASSEMBLY);
  progress(`Synthesizing (${app})`);
  // `node` in the app's command is the Node.js that runs this command.
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH: path, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) };
  await new Promise<void>((done, fail) => {
    // Its stdout is for people, and ours holds only results, so it goes to stderr.
    const child = spawn(app, { shell: true, env, stdio: ['ignore', 2, 2] });
    child.once('error', fail);
    child.once('exit', (code) => (code === 0 ? done() : fail(new Error(`The CDK app ended with exit code ${code}.`))));
  });
  return outdir;
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
    expected: 'a JSON object that the CDK CLI can read',
    fix: 'Fix the file; the CDK CLI cannot read it either.',
  });
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    throw unreadable;
  }
  throw unreadable;
}
