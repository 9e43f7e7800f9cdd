import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, resolve } from 'node:path';
import { ConfigError } from '../definition/errors.ts';
import { progress } from './output.ts';

const ASSEMBLY = 'cdk.out';

/** Values of the CDK context by their keys. */
export type Context = Readonly<Record<string, string>>;

/**
 * Runs the app of `cdk.json` and gives the path of its cloud assembly. The app is started the way the CDK CLI does it
 * (its command in a shell, `CDK_OUTDIR` and the context in its environment), but without the CLI, which
 * takes seconds and looks for news on the network.
 *
 * @param given context values of the command line; they win over those of `cdk.json`, and these over what lookups have
 * left in `cdk.context.json`
 * @throws {ConfigError} `file-unreadable` when there is no `cdk.json` with an app here.
 */
export async function synthesize(given: Context): Promise<string> {
  const { app, context: written = {} } = readCdkJson();
  const context = { ...readObject('cdk.context.json'), ...written, ...given };
  const outdir = resolve(ASSEMBLY);
  progress(`Synthesizing (${app})`);
  // `node` in the app's command is the Node that runs this command.
  const path = `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH: path, CDK_OUTDIR: outdir, CDK_CONTEXT_JSON: JSON.stringify(context) };
  await new Promise<void>((done, fail) => {
    // Its stdout is news for people; ours holds results alone, so it goes to stderr.
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

/** The object in a JSON file; an empty one where there is none. */
function readObject(file: string): object {
  if (!existsSync(file)) return {};
  const unreadable = new ConfigError({
    code: 'file-unreadable',
    location: file,
    found: 'no JSON object',
    expected: 'what the CDK CLI keeps there',
    fix: 'Repair the file; the CDK CLI cannot read it either.',
  });
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof parsed === 'object' && parsed !== null) return parsed;
  } catch {
    throw unreadable;
  }
  throw unreadable;
}
