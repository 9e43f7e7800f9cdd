import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import { stateOf, wasWrittenSince } from '../../bundle/keptBuilds.ts';

/** What to watch. */
export interface Watched {
  /** Files whose content matters. */
  readonly files: readonly string[];
  /** Directories in which a file that is added, renamed or removed matters. */
  readonly directories: readonly string[];
}

/** What has changed since the last report. */
export interface Changes {
  /** Files with other content, or without a file. */
  readonly files: readonly string[];
  /** Whether a directory has files that it had not, or is missing some. */
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
/** Interval of reading where the system cannot watch. */
const POLL_MS = 500;

/**
 * Watches files by their directories, as editors replace files instead of writing them, and compares contents, so that a file that
 * is only touched is no change.
 */
export function fileWatcher({ changed, limited, watchDirectory = watch, list }: FileWatcherOptions): FileWatcher {
  const watchers = new Map<string, FSWatcher>();
  let states = new Map<string, string>();
  let listings = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let poll: NodeJS.Timeout | undefined;
  let isClosed = false;

  const soon = () => {
    clearTimeout(timer);
    if (!isClosed) timer = setTimeout(report, PAUSE_MS);
  };
  const report = () => {
    const files = [...states].filter(([file, state]) => stateOf(file) !== state).map(([file]) => file);
    const others = [...listings].filter(([directory, state]) => listing(directory) !== state);
    if (files.length === 0 && others.length === 0) return;
    for (const file of files) states.set(file, stateOf(file));
    for (const [directory] of others) listings.set(directory, listing(directory));
    changed({ files, hasOtherFiles: others.length > 0 });
  };
  const listing = (directory: string) => list(directory).join('\n');
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
      watchers.set(directory, watcher);
    } catch (error) {
      if (isLimit(error)) startPolling((error as Error).message);
    }
  };
  return {
    watch: ({ files, directories }, since) => {
      // A file that is watched already keeps its state: it can have changed while it was read.
      states = new Map(
        files.map((file) => [file, states.get(file) ?? (wasWrittenSince(file, since + 1) ? '' : stateOf(file))]),
      );
      listings = new Map(directories.map((directory) => [directory, listings.get(directory) ?? listing(directory)]));
      const wanted = new Set([...files.map((file) => dirname(file)), ...directories]);
      for (const [directory, watcher] of watchers) {
        if (wanted.has(directory)) continue;
        watcher.close();
        watchers.delete(directory);
      }
      for (const directory of wanted) if (!watchers.has(directory)) open(directory);
      soon();
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
      clearInterval(poll);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

/** Linux allows a number of watches for each user, every system a number of open files. */
function isLimit(error: unknown): boolean {
  return ['ENOSPC', 'EMFILE', 'ENFILE'].includes((error as NodeJS.ErrnoException).code ?? '');
}
