import { type FSWatcher, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { stateOf, wasWrittenSince } from '../../bundle/keptBuilds.ts';

/** What to watch. */
export interface Watched {
  /** Files whose content matters. */
  readonly files: readonly string[];
  /**
   * Directories in which a file that is added, renamed or removed matters, each with the names in it when {@link Watched.files} were
   * found: a file that is added after that is a change, even before the directory is watched.
   */
  readonly directories: ReadonlyMap<string, readonly string[]>;
}

/** What has changed since the last report. */
export interface Changes {
  /** Files that were changed or deleted. */
  readonly files: readonly string[];
  /** Whether files were added to a directory, or removed from it. */
  readonly hasOtherFiles: boolean;
}

export interface FileWatcher {
  /**
   * Watches these from now on.
   *
   * @param since epoch milliseconds: a file that is new to the watcher and was written later counts as changed.
   */
  watch(watched: Watched, since: number): void;
  close(): void;
}

interface FileWatcherOptions {
  /** Called once writes have paused. */
  readonly changed: (changes: Changes) => void;
  /** Called once, when the system can watch no more directories: the files are then read again and again. */
  readonly limited: (reason: string) => void;
  /** For tests. @default - `fs.watch` */
  readonly watchDirectory?: typeof watch;
  readonly list: (directory: string) => readonly string[];
}

/** An editor writes a file in several steps, and "save all" several files. */
const PAUSE_MS = 40;
/** A file that is written all the time, such as a log, keeps nothing from being reported. */
const LONGEST_PAUSE_MS = 500;
/** Interval of reading where the system cannot watch. */
const POLL_MS = 500;

/**
 * Watches files by their directories, as editors replace files instead of writing them, and compares contents, so that a file that
 * is only touched is no change.
 */
export function fileWatcher({ changed, limited, watchDirectory = watch, list }: FileWatcherOptions): FileWatcher {
  const watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: number | undefined }>();
  let wanted: readonly string[] = [];
  let states = new Map<string, string>();
  let listings = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let firstEvent: number | undefined;
  let poll: NodeJS.Timeout | undefined;
  let isClosed = false;

  const soon = () => {
    if (isClosed) return;
    clearTimeout(timer);
    firstEvent ??= Date.now();
    timer = setTimeout(report, Date.now() - firstEvent > LONGEST_PAUSE_MS ? 0 : PAUSE_MS);
  };
  const report = () => {
    firstEvent = undefined;
    openAll();
    const files = takeChanges(states, stateOf);
    const directories = takeChanges(listings, listing);
    if (files.length + directories.length > 0) changed({ files, hasOtherFiles: directories.length > 0 });
  };
  const listing = (directory: string) => asState(list(directory));
  const startPolling = (reason: string) => {
    if (poll !== undefined) return;
    limited(reason);
    poll = setInterval(soon, POLL_MS);
  };
  const open = (directory: string) => {
    try {
      const watcher = watchDirectory(directory, { persistent: false }, soon);
      watcher.on('error', (error) => {
        watcher.close();
        watchers.delete(directory);
        // A directory that is removed is no limit.
        if (isLimit(error)) startPolling(error.message);
        soon();
      });
      watchers.set(directory, { watcher, inode: inodeOf(directory) });
    } catch (error) {
      if (isLimit(error)) startPolling((error as Error).message);
    }
  };
  /** A directory that is deleted and made again, as by a change of branches, is another one. Its parent shows that. */
  const openAll = () => {
    if (isClosed) return;
    const existing = new Set(wanted.map(nearestDirectory));
    for (const [directory, { watcher, inode }] of watchers) {
      if (existing.has(directory) && inodeOf(directory) === inode) continue;
      watcher.close();
      watchers.delete(directory);
    }
    for (const directory of existing) if (!watchers.has(directory)) open(directory);
  };
  return {
    watch: ({ files, directories }, since) => {
      // A file that is watched already keeps its state: it can have changed while it was read.
      states = new Map(
        files.map((file) => [file, states.get(file) ?? (wasWrittenSince(file, since + 1) ? '' : stateOf(file))]),
      );
      listings = new Map([...directories].map(([path, names]) => [path, listings.get(path) ?? asState(names)]));
      wanted = [...new Set([...files.map((file) => dirname(file)), ...directories.keys()])];
      openAll();
      soon();
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      clearInterval(poll);
      for (const { watcher } of watchers.values()) watcher.close();
    },
  };
}

function asState(names: readonly string[]): string {
  return names.join('\n');
}

/** The paths whose state is another one now, which is known from now on. */
function takeChanges(states: Map<string, string>, stateNow: (path: string) => string): readonly string[] {
  return [...states].flatMap(([path, before]) => {
    const state = stateNow(path);
    states.set(path, state);
    return state === before ? [] : [path];
  });
}

/** Linux allows a number of watches for each user, every system a number of open files. */
function isLimit(error: unknown): boolean {
  return ['ENOSPC', 'EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '');
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** The directory itself, or what is left of its path. */
function nearestDirectory(path: string): string {
  return inodeOf(path) === undefined && dirname(path) !== path ? nearestDirectory(dirname(path)) : path;
}
