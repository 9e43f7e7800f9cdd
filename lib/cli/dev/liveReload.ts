import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Plan } from '../../bundle/plans.ts';
import { type AppRuns, appRuns } from './appRuns.ts';
import { buildFolder, type DevSynth, type Synthesizer } from './devSynth.ts';
import { fileWatcher } from './fileWatcher.ts';
import { rebuilder } from './rebuilder.ts';
import { changedFunctions, codeDirectories, replacedCode } from './served.ts';
import { settled, untilWritten } from './settled.ts';
import { sourcesIn, watchedFiles } from './watchedFiles.ts';
import { together, type Work, workQueue } from './workQueue.ts';

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

const RELOAD: Work = { files: [], hasOtherFiles: false, needsApp: true };

/**
 * Watches the files of an app and of its handlers. A changed handler is bundled again; any other change runs the app again. What is
 * broken is reported, and the last version that worked is served on.
 */
export function liveReload(options: LiveReloadOptions): LiveReload {
  const { synthesizer, print, failed } = options;
  const server = serving(options);
  const queue = workQueue((work) => attempt(work));
  const watcher = fileWatcher({
    changed: (changes) => {
      // An app that never ends must not keep its fix from being run.
      server.runs.endHanging();
      void queue.add({ ...changes, needsApp: false });
    },
    limited: (reason) => print(limitReached(reason)),
    list: sourcesIn,
  });
  /** What is saved, but not served, because it is broken. */
  let unserved: Work | undefined;

  const watch = (since: number) => {
    if (!options.watches) return;
    const isBroken = unserved !== undefined;
    watcher.watch(watchedFiles({ app: synthesizer.files(), plans: server.plans(), isBroken }), since);
  };
  const attempt = async (added: Work) => {
    const wasBroken = unserved !== undefined;
    const work = together(unserved, added);
    const needsApp = work.needsApp || server.needsApp(work);
    const began = Date.now();
    const start = performance.now();
    unserved = { ...work, needsApp };
    try {
      const build = () => (needsApp ? server.runApp() : server.buildHandlers(work.files));
      // Others than those of this work can be written while it is built.
      const sources = () => [...work.files, ...synthesizer.files(), ...server.plans().flatMap(({ files }) => files)];
      const result = await untilWritten(build, sources);
      unserved = undefined;
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      print(`${result} (${seconds} s)${wasBroken ? '; the error is fixed' : ''}`);
    } catch (error) {
      if (!server.runs.isAbort(error)) {
        failed(error);
        print('Still serving the last version that worked. Save a fix to go on.');
      }
    }
    watch(began);
  };
  watch(options.since);
  return {
    reload: () => {
      server.runs.endHanging();
      return queue.add(RELOAD);
    },
    close: async () => {
      watcher.close();
      server.runs.end();
      await queue.close();
      await server.close();
    },
  };
}

interface Serving {
  readonly runs: AppRuns;
  plans(): readonly Plan[];
  /** Whether bundling handlers again does not suffice. */
  needsApp(work: Work): boolean;
  /** Serves the handlers as they are now; gives a line that says so. */
  buildHandlers(files: readonly string[]): Promise<string>;
  /** Serves the app as it is now; gives a line that says so. */
  runApp(): Promise<string>;
  close(): Promise<void>;
}

/** What is served, and how it is replaced. */
function serving({ synthesizer, first, data, update, print }: LiveReloadOptions): Serving {
  const builds = buildFolder(data);
  const handlers = rebuilder(builds);
  const runs = appRuns(synthesizer, print);
  let served = first;
  let directories = codeDirectories(first.assembly);
  /** The plans of the synth, with the handlers as they were bundled last. */
  let plans = first.plans;
  const filesOf = (plan: Plan) => plan.files;
  return {
    runs,
    plans: () => plans,
    needsApp: ({ files, hasOtherFiles }) =>
      hasOtherFiles ||
      files.some((file) => synthesizer.files().includes(file)) ||
      // Somebody can have removed the data directory.
      ![served.assembly, builds].every((folder) => existsSync(folder)),
    buildHandlers: async (files) => {
      const names = files.map((file) => relative(process.cwd(), file)).join(', ');
      const next: Plan[] = [];
      for (const plan of plans) {
        const isChanged = files.some((file) => plan.files.includes(file));
        next.push(isChanged ? await settled(() => handlers.rebuild(plan), filesOf) : plan);
      }
      const changed = changedFunctions(plans, next);
      if (changed.length === 0) return `${names}: saved, no function changes`;
      const code = replacedCode(directories, { synthesized: served.plans, current: next, builds });
      await update({ assembly: served.assembly, code });
      plans = next;
      return `${names}: serving the new ${changed.join(', ')}`;
    },
    runApp: async () => {
      const next = await settled(runs.run, ({ plans }) => [...synthesizer.files(), ...plans.flatMap(filesOf)]);
      await update({ assembly: next.assembly });
      const before = served;
      served = next;
      directories = codeDirectories(next.assembly);
      plans = next.plans;
      // Requests in flight may load functions of the assembly before.
      synthesizer.removeOthers(next.assembly, before.assembly);
      return 'Serving the new version of the app';
    },
    close: handlers.close,
  };
}

function limitReached(reason: string): string {
  const raise = process.platform === 'linux' ? ' Raise the limit: sudo sysctl fs.inotify.max_user_watches=524288.' : '';
  return `The system can watch no more files (${reason}). Saved changes are looked for twice a second instead.${raise}`;
}
