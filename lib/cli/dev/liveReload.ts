import { existsSync, readdirSync } from 'node:fs';
import { dirname, extname, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXTENSIONS } from '../../bundle/handlerFiles.ts';
import { wasWrittenSince } from '../../bundle/keptBuilds.ts';
import type { Plan } from '../../bundle/rebuild.ts';
import { buildFolder, type DevSynth, type Synthesizer } from './devSynth.ts';
import { type Changes, fileWatcher } from './fileWatcher.ts';
import { rebuilder } from './rebuilder.ts';
import { changedFunctions, codeDirectories, codeInstead } from './served.ts';

/** What the local gateway serves from now on. */
export interface Update {
  readonly assembly: string;
  readonly code?: Readonly<Record<string, string>>;
}

interface LiveReloadOptions {
  readonly synthesizer: Synthesizer;
  /** What is served at the start. */
  readonly first: DevSynth;
  /** Epoch milliseconds at which the first synth began. */
  readonly since: number;
  readonly data: string;
  readonly update: (update: Update) => Promise<void>;
  readonly print: (line: string) => void;
  readonly failed: (error: unknown) => void;
  /** Whether files are watched; otherwise only {@link LiveReload.reload} serves changes. */
  readonly watches: boolean;
}

/** Serves what is saved, until it is closed. */
export interface LiveReload {
  /** Runs the app again although nothing is known to have changed. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/** Names of files that editors write for a moment, and those that no module is. */
const NO_SOURCE = /^\.|~$|^\d+$|\.(swp|tmp|lock)$/;

/** Builds of files that are written all the time, and the pause between two. */
const MOST_BUILDS = 20;
const PAUSE_MS = 50;
/** A synth takes seconds; one with a compiler takes a few more. */
const HANGS_MS = 10_000;

/**
 * Watches the files of an app and of its handlers. A changed handler is bundled again; any other change runs the app again. What is
 * broken is reported, and the last version that worked is served on.
 */
export function liveReload(options: LiveReloadOptions): LiveReload {
  const { synthesizer, data, update, print, failed } = options;
  const builds = buildFolder(data);
  const handlers = rebuilder(builds);
  let served = options.first;
  let directories = codeDirectories(served.assembly);
  /** The plans of the synth, with the handlers of now. */
  let plans = served.plans;
  let isBroken = false;
  /** Whether the app is broken: then its handlers alone do not make what is wanted. */
  let appIsBroken = false;
  let running: Promise<void> = Promise.resolve();
  /** What was saved while something was built. */
  let waiting: Changes | undefined;
  let run: { readonly ends: AbortController; isHanging: boolean } | undefined;

  const watcher = fileWatcher({
    changed: (changes) => {
      // An app that never ends must not keep its fix from being run.
      if (run?.isHanging) run.ends.abort();
      if (waiting === undefined) inOrder(takeWaiting);
      waiting = together(waiting, changes);
    },
    limited: (reason) => print(limitReached(reason)),
    list: (directory) =>
      listed(
        directory,
        plans.some(({ handlersDirectory }) => handlersDirectory === directory),
      ),
  });
  const takeWaiting = () => {
    const changes = waiting;
    waiting = undefined;
    return attempt(changes);
  };
  const inOrder = (work: () => Promise<void>) => {
    running = running.then(work).catch(failed);
    return running;
  };
  const watchAll = (since: number) => {
    if (!options.watches) return;
    const app = synthesizer.files();
    const folders = plans.map(({ handlersDirectory }) => handlersDirectory);
    // A module that is missing can be anywhere beside those that are there.
    const others = isBroken
      ? [...new Set([...app, ...plans.flatMap(({ files }) => files)].map((file) => dirname(file)))]
      : [];
    const files = [...new Set([...app, ...plans.flatMap((plan) => plan.files)])];
    watcher.watch({ files, directories: [...new Set([...folders, ...others])] }, since);
  };
  const attempt = async (changes: Changes | undefined) => {
    const started = performance.now();
    const since = Date.now();
    try {
      const what = changes !== undefined && isOfHandlers(changes) ? await ofHandlers(changes.files) : await ofApp();
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      print(`${what} (${seconds} s)${isBroken ? '; the error is fixed' : ''}`);
      isBroken = false;
    } catch (error) {
      isBroken = true;
      if (isAbort(error)) return;
      failed(error);
      print('Still serving the last version that worked. Save a fix to go on.');
    }
    watchAll(since);
  };
  const isOfHandlers = ({ files, hasOtherFiles }: Changes) =>
    !hasOtherFiles &&
    !appIsBroken &&
    !files.some((file) => synthesizer.files().includes(file)) &&
    // Somebody can have removed the data directory.
    [served.assembly, builds].every((folder) => existsSync(folder));
  const ofHandlers = async (files: readonly string[]) => {
    const next: Plan[] = [];
    for (const plan of plans) {
      const isChanged = files.some((file) => plan.files.includes(file));
      next.push(isChanged ? await settled(() => handlers.rebuild(plan), filesOf) : plan);
    }
    const changed = next.flatMap((plan, i) => changedFunctions(plans[i] ?? plan, plan));
    const code = codeInstead(directories, { synthesized: served.plans, now: next, builds });
    await update({ assembly: served.assembly, code });
    plans = next;
    const names = files.map((file) => relative(process.cwd(), file)).join(', ');
    return changed.length === 0
      ? `${names}: saved, no function changes`
      : `${names}: serving the new ${changed.join(', ')}`;
  };
  const ofApp = async () => {
    appIsBroken = true;
    const next = await settled(runApp, ({ plans }) => [...synthesizer.files(), ...plans.flatMap(filesOf)]);
    await update({ assembly: next.assembly });
    appIsBroken = false;
    const before = served;
    served = next;
    directories = codeDirectories(next.assembly);
    plans = next.plans;
    // Requests in flight may load functions of the assembly before.
    synthesizer.removeOthers(next.assembly, before.assembly);
    return 'Serving the new version of the app';
  };
  const runApp = async () => {
    const now = { ends: new AbortController(), isHanging: false };
    const notice = setTimeout(() => {
      now.isHanging = true;
      print('The app has not ended for 10 s. The next change that is saved ends it and runs it again.');
    }, HANGS_MS);
    run = now;
    try {
      return await synthesizer.run(now.ends.signal);
    } finally {
      clearTimeout(notice);
      run = undefined;
    }
  };
  watchAll(options.since);
  return {
    reload: () => inOrder(() => attempt(undefined)),
    close: async () => {
      watcher.close();
      run?.ends.abort();
      await running;
      await handlers.close();
    },
  };
}

/**
 * Builds until no file was written meanwhile: one that is being written can be empty for a moment, and an empty file is a module,
 * too. After a few times the result stands, and what was written is built next.
 */
async function settled<Built>(
  build: () => Promise<Built>,
  sources: (built: Built) => readonly string[],
): Promise<Built> {
  for (let times = 1; ; times++) {
    const began = Date.now();
    const built = await build();
    if (times === MOST_BUILDS || !sources(built).some((file) => wasWrittenSince(file, began))) return built;
    await sleep(PAUSE_MS);
  }
}

function filesOf({ files }: Plan): readonly string[] {
  return files;
}

/** The files in a directory that can be modules; of handlers, only those. */
function listed(directory: string, isOfHandlers: boolean): readonly string[] {
  try {
    return readdirSync(directory).filter(
      (name) => !NO_SOURCE.test(name) && (!isOfHandlers || EXTENSIONS.includes(extname(name))),
    );
  } catch {
    return [];
  }
}

function limitReached(reason: string): string {
  const raise = process.platform === 'linux' ? ' Raise the limit: sudo sysctl fs.inotify.max_user_watches=524288.' : '';
  return `The system can watch no more files (${reason}). Saved changes are looked for twice a second instead.${raise}`;
}

function together(before: Changes | undefined, { files, hasOtherFiles }: Changes): Changes {
  if (before === undefined) return { files, hasOtherFiles };
  return {
    files: [...new Set([...before.files, ...files])],
    hasOtherFiles: before.hasOtherFiles || hasOtherFiles,
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
