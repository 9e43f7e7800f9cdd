import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { isInteractive } from '../../../create/interactive.ts';
import { redactString } from '../../../lambdas/shared/redact.ts';
import { mapsFolder } from '../../bundle/keptBuilds.ts';
import { removeOldBuilds } from '../../bundle/removeOldBuilds.ts';
import { EXIT } from '../exitCodes.ts';
import { type LocalPackage, loadLocal, type Ready } from '../localPackage.ts';
import { unreadable, usableData } from '../options.ts';
import { print, printError, progress } from '../output.ts';
import { type OutputRules, requireReplaceable, writeOutputs } from '../outputFiles.ts';
import { runbooksFolder } from '../runbooksFolder.ts';
import type { Context } from '../synthesize.ts';
import { buildFolder, type DevSynth, type Synthesizer, synthesizer } from './devSynth.ts';
import { openInspector } from './inspect.ts';
import { CTRL_C, onKeys } from './keys.ts';
import { type LiveReload, liveReload, type Update } from './liveReload.ts';
import { whenNpmEnds } from './npmParent.ts';
import { requestLines, serving } from './serving.ts';

/** The options of `secure-api dev`. */
export interface DevOptions {
  readonly assembly?: string;
  readonly context: Context;
  readonly stack?: string;
  readonly port: number;
  readonly data: string;
  readonly speed: number;
  readonly scan: 'emulate' | 'hold';
  readonly scanDelay: number;
  readonly notifyUrl?: string;
  readonly watch: boolean;
  readonly readyFile?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly inspect?: number;
}

const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** `mktemp` makes an empty one. */
const READY_FILE: OutputRules = {
  option: '--ready-file',
  isOwn: (content) => content === '' || /^\{"url":.*"pid":\d+/s.test(content),
};

type Gateway = Awaited<ReturnType<LocalPackage['serve']>>;

/** What is served, and how it was made: nothing is known about how an assembly of `--assembly` was. */
interface Source {
  readonly assembly: string;
  readonly app?: { readonly synthesizer: Synthesizer; readonly first: DevSynth; readonly since: number };
}

/** Serves until it is interrupted, or until the npm that runs it ends. */
export async function dev(options: DevOptions): Promise<void> {
  const stopWatching = whenNpmEnds(() => {
    progress('npm has ended');
    process.kill(process.pid, 'SIGTERM');
  });
  await serveUntilInterrupted(options).finally(stopWatching);
}

async function serveUntilInterrupted(options: DevOptions): Promise<void> {
  if (options.readyFile !== undefined) requireReplaceable(options.readyFile, READY_FILE);
  // Its modules load while the app runs in its own process.
  const loading = loadLocal();
  loading.catch(() => undefined);
  const data = usableData(options.data);
  const inspector = options.inspect === undefined ? undefined : await openInspector(options.inspect);
  const { stack, port, speed, scan, scanDelay, notifyUrl } = options;
  const reserving = loading.then(({ reserve }) => reserve({ data, port }));
  reserving.catch(() => undefined);
  const source = await sourceOf(options, data, reserving);
  const { serve } = await loading;
  (await reserving)();
  const gateway = await serve({
    assembly: source.assembly,
    stack,
    data,
    port,
    speed,
    scan,
    scanDelay,
    notifyUrl,
    runbooks: runbooksFolder(),
    print: progress,
    requests: requestLines(options),
    redact: redactString,
    sourceMaps: mapsFolder(buildFolder(data)),
    isDebugged: inspector !== undefined,
  }).catch((error: unknown) => {
    source.app?.synthesizer.removeOwn();
    throw error;
  });
  // The data directory is this process's from now on.
  source.app?.synthesizer.removeOthers(source.assembly);
  if (source.app !== undefined) removeOldBuilds(buildFolder(data));
  const hasKeys = isInteractive() && options.json !== true;
  let live: LiveReload | undefined;
  // A signal can follow as soon as somebody knows that the gateway serves.
  const interruption = interrupted(hasKeys ? () => live?.reload() : undefined);
  publish(gateway.ready, options);
  if (options.json) print(JSON.stringify(withoutSecret(gateway.ready)));
  else progress(serving(gateway, { ...options, hasKeys, debugger: inspector }));
  if (options.watch || hasKeys) live = reloading(source, gateway, options, data);

  const reason = await interruption;
  progress(`${reason}: finishing open requests`);
  if (options.readyFile !== undefined) rmSync(options.readyFile, { force: true });
  await live?.close();
  await gateway.close();
}

/** @param reserving rejects when what is synthesized cannot be served, which ends the app */
async function sourceOf(options: DevOptions, data: string, reserving: Promise<unknown>): Promise<Source> {
  if (options.assembly !== undefined) {
    if (!existsSync(options.assembly)) throw missingAssembly(options.assembly);
    return { assembly: resolve(options.assembly) };
  }
  const since = Date.now();
  const say = options.json === true || options.quiet === true ? () => undefined : progress;
  const app = synthesizer({ context: options.context, data, print: say });
  const useless = new AbortController();
  reserving.catch(() => useless.abort());
  try {
    const first = await untilInterrupted((signal) => app.run(AbortSignal.any([signal, useless.signal])));
    return { assembly: first.assembly, app: { synthesizer: app, first, since } };
  } catch (error) {
    app.removeOwn();
    await reserving;
    throw error;
  }
}

/** Does work that a signal ends, with the processes that it has started, before the signal ends this process. */
async function untilInterrupted<Done>(work: (signal: AbortSignal) => Promise<Done>): Promise<Done> {
  const ends = new AbortController();
  const stop = (signal: NodeJS.Signals) => {
    ends.abort();
    if (process.exitCode === EXIT.outputClosed) process.exit();
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  try {
    return await work(ends.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, stop);
  }
}

/** Takes changes from now on; those of an assembly only when it is asked to. */
function reloading({ assembly, app }: Source, gateway: Gateway, options: DevOptions, data: string): LiveReload {
  const failed = (error: unknown) => printError(error, options.json === true);
  const update = async (change: Update) => publish(await gateway.update(change), options);
  if (app !== undefined) return liveReload({ ...app, data, update, print: progress, failed, watches: options.watch });
  return {
    reload: () => update({ assembly }).then(() => progress('Serving the assembly as it is now'), failed),
    close: async () => undefined,
  };
}

function publish(ready: Ready, { readyFile }: DevOptions): void {
  if (readyFile !== undefined) writeOutputs({ [readyFile]: JSON.stringify(ready) }, READY_FILE, 0o600);
}

/** Output is often kept in a log. The ready file has the whole environment. */
function withoutSecret(ready: Ready): Ready {
  const { AWS_SECRET_ACCESS_KEY: _, ...environment } = ready.environment;
  return { ...ready, environment };
}

/** Waits for the first signal to stop, or for q; a second one stops at once. With `reload`, r calls it. */
function interrupted(reload: (() => void) | undefined): Promise<string> {
  return new Promise((done) => {
    const stop = (reason: string) => {
      restore();
      for (const signal of SIGNALS) process.removeAllListeners(signal).once(signal, () => process.exit(1));
      done(reason);
    };
    const restore =
      reload === undefined
        ? () => undefined
        : onKeys({ r: reload, q: () => stop('q'), [CTRL_C]: () => stop('SIGINT') });
    for (const signal of SIGNALS) process.once(signal, () => stop(signal));
  });
}

function missingAssembly(assembly: string): Error {
  return unreadable({
    location: '--assembly',
    found: `no directory ${assembly}`,
    expected: 'a cloud assembly, as "cdk synth" writes it',
    fix: 'Run "npx cdk synth", or omit the option to synthesize first.',
  });
}
