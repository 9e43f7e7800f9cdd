import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Api } from '../definition/api.ts';
import type { WarmKeys } from '../definition/tokenIssuer.ts';
import { build, type Outputs } from './build.ts';
import { checkHandlers, checkUnusedHandlers } from './checkHandlers.ts';
import { authorizerEntry, type EntryFiles, groupEntries, pretokenEntry, rotationEntry, usageEntry } from './entries.ts';
import { findHandlers } from './handlerFiles.ts';
import { sourceName } from './selfContained.ts';

/** A bundled function: a directory that holds `index.mjs`. */
export interface Bundle {
  readonly directory: string;
  readonly bytes: number;
  /** Bytes of each file in it: packages from `node_modules/` on, other files relative to the folder of the app. */
  readonly inputs: Readonly<Record<string, number>>;
}

/** All functions of an API, bundled. */
export interface Bundles {
  readonly authorizer: Bundle;
  /** The trigger of a user pool. */
  readonly pretoken: Bundle;
  /** Reports the use of quotas. */
  readonly usage: Bundle;
  /** Rotates the secret of the API keys. */
  readonly rotation: Bundle;
  /** By group, in the order of the definition. */
  readonly groups: ReadonlyMap<string, Bundle>;
  /** Removes the build directory. */
  remove(): void;
}

/** What is compiled into the functions besides the definition. */
export interface BundleOptions {
  /** Keys that the authorizer starts with, by the address they come from. */
  readonly warmKeys?: Readonly<Record<string, WarmKeys>>;
  /** Address that problem types start with. @default - the project's own */
  readonly problemTypeBase?: string;
  /** Present where responses have the headers of cross-origin requests. */
  readonly cors?: object;
}

const AUTHORIZER = 'authorizer';
const PRETOKEN = 'pretoken';
const USAGE = 'usage';
const ROTATION = 'rotation';
/** Groups have their own folder, because one of them can be called `authorizer`. */
const GROUPS = 'groups';

/**
 * Bundles the authorizer, the trigger, the scheduled functions and every group in one esbuild pass. The same sources give the
 * same bytes on every machine: no path of the machine is in the output, so neither are the hashes of the assets.
 *
 * @throws {ConfigError} `handlers-…` and `handler-…` for handler files, `bundle-failed` with the messages of esbuild,
 * `handler-imports-cdk`, `bundle-needs-files`.
 */
export function bundleFunctions(
  api: Api,
  handlersDirectory: string,
  { warmKeys = {}, problemTypeBase, cors }: BundleOptions = {},
): Bundles {
  const handlers = findHandlers(api, handlersDirectory);
  checkHandlers(handlers);
  const groups = groupEntries(api, handlers, { problemTypeBase, cors });
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'secure-api-bundle-')));
  const remove = () => rmSync(root, { recursive: true, force: true });
  try {
    const entries = new Map([
      [AUTHORIZER, authorizerEntry(api, warmKeys)],
      [PRETOKEN, pretokenEntry()],
      [USAGE, usageEntry(api)],
      [ROTATION, rotationEntry()],
    ]);
    for (const [group, files] of groups) entries.set(join(GROUPS, group), files);
    for (const [name, files] of entries) writeEntry(join(root, 'in', name), files);
    const outputs = build(root, [...entries.keys()], handlers);
    const sources = Object.values(outputs).flatMap(({ inputs }) => Object.keys(inputs));
    checkUnusedHandlers(handlersDirectory, Object.keys(handlers), new Set(sources.map((path) => resolve(root, path))));
    const bundles = [...groups.keys()].map((group) => [group, bundleOf(root, join(GROUPS, group), outputs)] as const);
    return {
      authorizer: bundleOf(root, AUTHORIZER, outputs),
      pretoken: bundleOf(root, PRETOKEN, outputs),
      usage: bundleOf(root, USAGE, outputs),
      rotation: bundleOf(root, ROTATION, outputs),
      groups: new Map(bundles),
      remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function writeEntry(folder: string, files: EntryFiles): void {
  for (const [name, source] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, source);
  }
}

function bundleOf(root: string, name: string, outputs: Outputs): Bundle {
  const output = outputs[`out/${name.replaceAll('\\', '/')}/index.mjs`];
  const inputs = Object.entries(output?.inputs ?? {}).map(([path, { bytesInOutput }]) => [
    path.startsWith('../') || path.includes('node_modules/') ? sourceName(root, path) : path,
    bytesInOutput,
  ]);
  return { directory: join(root, 'out', name), bytes: output?.bytes ?? 0, inputs: Object.fromEntries(inputs) };
}
