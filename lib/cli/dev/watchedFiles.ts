import { type Dirent, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { EXTENSIONS } from '../../bundle/handlerFiles.ts';
import type { Plan } from '../../bundle/plans.ts';
import type { Watched } from './fileWatcher.ts';

interface Sources {
  /** Files of the app. */
  readonly app: readonly string[];
  readonly plans: readonly Plan[];
  /** Whether the last change could not be built. */
  readonly isBroken: boolean;
}

/** Endings of files that a project imports. */
const SOURCES = [...EXTENSIONS, '.json'];
/** Names of files that editors write for a moment. */
const NO_SOURCE = /^\.|~$|^\d+$/;
/** Folders of packages, of tools and of what is built. */
const NO_SOURCES = /^\.|^(node_modules|cdk\.out|dist|coverage)$/;
/** More than a project has; a home directory has more. */
const MOST_DIRECTORIES = 300;

/**
 * What to watch: all files that were built, and the directories of handlers. While something is broken, what fixes it can be a file that
 * nothing has loaded yet, so all sources beside those files and in the project are watched, too.
 */
export function watchedFiles({ app, plans, isBroken }: Sources): Watched {
  const files = [...app, ...plans.flatMap((plan) => plan.files)];
  const ofHandlers = plans.map(({ handlersDirectory }) => handlersDirectory);
  const project = isBroken ? directoriesBelow(process.cwd()) : [];
  const beside = isBroken ? [...files.map((file) => dirname(file)), ...project] : [];
  const directories = new Map([...ofHandlers, ...beside].map((directory) => [directory, sourcesIn(directory)]));
  const named = [...directories].flatMap(([directory, names]) => names.map((name) => join(directory, name)));
  const others = isBroken ? named : [];
  return { files: [...new Set([...files, ...others])], directories };
}

/** A directory with those below it, the nearest first, without what tools write. */
function directoriesBelow(root: string): readonly string[] {
  const found = [root];
  for (const directory of found) {
    if (found.length > MOST_DIRECTORIES) break;
    for (const entry of entriesOf(directory)) {
      if (entry.isDirectory() && !NO_SOURCES.test(entry.name)) found.push(join(directory, entry.name));
    }
  }
  return found;
}

function entriesOf(directory: string): readonly Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** The names of the source files in a directory. */
export function sourcesIn(directory: string): readonly string[] {
  const names = entriesOf(directory).map(({ name }) => name);
  return names.filter((name) => !NO_SOURCE.test(name) && SOURCES.includes(extname(name)));
}
