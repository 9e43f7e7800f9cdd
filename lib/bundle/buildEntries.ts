import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Built, build } from './build.ts';
import { checkHandlers, checkUnusedHandlers } from './checkHandlers.ts';
import type { EntryFiles } from './entryFiles.ts';

/** Functions to bundle. */
export interface Entries {
  /** Generated files by the name of the function. */
  readonly entries: Readonly<Record<string, EntryFiles>>;
  /** Handler files by route. */
  readonly handlers: Readonly<Record<string, string>>;
  readonly handlersDirectory: string;
}

/** How {@link buildEntries} bundles. */
export interface EntrySettings {
  /** Where bundles are kept. @default - see {@link keepingOf} */
  readonly folder?: string;
  /** Runs before anything is checked and bundled. */
  readonly before?: () => void;
}

/** Bundled functions, in a new folder. */
export interface BuiltEntries extends Built {
  /** Holds `out/<name>/index.mjs` for each function. */
  readonly root: string;
  /** Removes the folder. */
  remove(): void;
}

/**
 * Checks handler files, and bundles functions. No path of the machine is in the output.
 *
 * @throws {ConfigError} `handler-…`, `bundle-failed` with the messages of esbuild, `handler-imports-cdk`, `bundle-needs-files`.
 */
export function buildEntries(
  { entries, handlers, handlersDirectory }: Entries,
  { folder, before = () => undefined }: EntrySettings = {},
): BuiltEntries {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'secure-api-bundle-')));
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    const check = () => {
      before();
      checkHandlers(handlers);
    };
    const built = build(root, entries, handlers, { folder, check });
    const sources = Object.values(built.outputs).flatMap(({ inputs }) => Object.keys(inputs));
    checkUnusedHandlers(handlersDirectory, Object.keys(handlers), new Set(sources.map((path) => resolve(root, path))));
    return { ...built, root, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
