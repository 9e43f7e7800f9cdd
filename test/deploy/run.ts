/**
 * `npm run deploy:emulated`: the life of the sample's stack, with the real `cdk`, against an emulator of AWS that speaks
 * CloudFormation. Progress on stderr, one line for each step on stdout. It is not part of `npm test`.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from '../support/folders.ts';
import { type Emulator, installEmulator, startEmulator } from './emulator.ts';
import { DIFFERENCES, GAPS } from './gaps.ts';
import { AUDIENCE, type Issuer, startIssuer } from './issuer.ts';
import { Project } from './project.ts';
import { removedTypes, stepsOf } from './scenario.ts';
import { openServices, type Services } from './services.ts';

const CACHE = join(root, '.secure-api', 'deploy');
const LIMIT_MS = 15 * 60_000;
const HELP = `Usage: npm run deploy:emulated [-- options]

Deploys, updates and destroys the sample with the real cdk against an emulator of AWS.

  --oidc   with an OIDC provider in the script, whose tokens the deployed authorizer verifies, instead of a user pool
  --keep   keep the updated stack and the emulator until Ctrl-C, instead of destroying the stack
  --help   print this text

Exit codes: 0 every step succeeded · 1 a step failed · 130 interrupted
`;

interface Options {
  readonly oidc: boolean;
  readonly keep: boolean;
}

const { values } = parseArgs({
  options: { oidc: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = await main({ oidc: false, keep: false, ...values });

async function main({ oidc, keep }: Options): Promise<number> {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupted.abort());
  const signal = AbortSignal.any([interrupted.signal, AbortSignal.timeout(LIMIT_MS)]);
  let emulator: Emulator | undefined;
  let issuer: Issuer | undefined;
  try {
    progress('installing the emulator');
    result('the emulator is installed', await installEmulator(CACHE, signal), 0);
    issuer = oidc ? await startIssuer(CACHE) : undefined;
    emulator = await startEmulator(CACHE);
    await live(emulator, issuer, keep, signal);
    return 0;
  } catch (error) {
    process.stdout.write(`FAIL  ${error instanceof Error ? error.message : String(error)}\n`);
    progress(`${CACHE} has the logs: emulator.log, and functions.log of a step that failed.`);
    return interrupted.signal.aborted ? 130 : 1;
  } finally {
    await emulator?.stop();
    await issuer?.close();
  }
}

async function live(emulator: Emulator, issuer: Issuer | undefined, keep: boolean, signal: AbortSignal): Promise<void> {
  const provider =
    issuer === undefined
      ? []
      : [`issuer=${issuer.url}`, `keys=${issuer.url}/.well-known/jwks.json`, `audience=${AUDIENCE}`];
  const project = new Project(join(CACHE, 'project'), emulator, ['removal=destroy', ...provider], signal);
  const services = openServices(emulator);
  for (const [name, run] of stepsOf({ issuer, emulator, project, services })) {
    if (keep && name === 'cdk destroy') return await wait(emulator, signal);
    signal.throwIfAborted();
    progress(name);
    const start = performance.now();
    try {
      result(name, await run(), performance.now() - start);
    } catch (error) {
      signal.throwIfAborted();
      await writeFunctionLogs(services);
      throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  report(removedTypes(project));
}

/** What the deployed functions have logged, which ends with the emulator. */
async function writeFunctionLogs({ logs }: Services): Promise<void> {
  const { logGroups = [] } = await logs.describeLogGroups({});
  const lines = logGroups.map(async ({ logGroupName = '' }) => {
    const { events = [] } = await logs.filterLogEvents({ logGroupName });
    return events.map(({ message }) => `${logGroupName} ${message?.trimEnd()}\n`).join('');
  });
  writeFileSync(join(CACHE, 'functions.log'), (await Promise.all(lines)).join(''));
}

async function wait(emulator: Emulator, signal: AbortSignal): Promise<void> {
  const lines = Object.entries(emulator.environment).map(([name, value]) => `export ${name}=${value}`);
  progress(`The stack is deployed. Use it with these variables, and stop with Ctrl-C:\n${lines.join('\n')}`);
  if (!signal.aborted) await once(signal, 'abort');
}

function report(removed: readonly string[]): void {
  const lines = [
    `\nNot deployed, because the emulator cannot create it (${removed.length} resources):`,
    ...GAPS.map(({ type, property, reason }) => `- ${type}${property ? ` with ${property}` : ''}: ${reason}`),
    '\nDifferent from AWS in the emulator, and therefore not proved here:',
    ...DIFFERENCES.map((each) => `- ${each}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function result(name: string, found: string, milliseconds: number): void {
  process.stdout.write(`ok    ${name}: ${found} (${(milliseconds / 1000).toFixed(1)} s)\n`);
}
