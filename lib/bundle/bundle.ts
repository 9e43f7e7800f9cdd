import { join, resolve } from 'node:path';
import type { Api } from '../definition/api.ts';
import type { CertificateSettings } from '../definition/bundledTypes.ts';
import type { BundledIssuers, TokenIssuer, WarmKeys } from '../definition/tokenIssuer.ts';
import { outputOf } from './build.ts';
import { type BuiltEntries, buildEntries } from './buildEntries.ts';
import {
  authorizerEntry,
  endpointCheckEntry,
  groupEntries,
  notifierEntry,
  pretokenEntry,
  rotationEntry,
  type TracerName,
  usageEntry,
} from './entries.ts';
import { GROUPS } from './groups.ts';
import { findHandlers } from './handlerFiles.ts';
import { writePlan } from './plans.ts';
import { sourceName } from './selfContained.ts';

/** A bundled function: a directory that holds `index.mjs`, which Lambda loads, and what that loads on demand. */
export interface Bundle extends BundledFile {
  readonly directory: string;
  /** Undefined where nothing is loaded on demand. */
  readonly onDemand?: BundledFile | undefined;
}

/** What is in a file. */
export interface BundledFile {
  readonly bytes: number;
  /** Bytes of each file in it: packages from `node_modules/` on, other files relative to the folder of the app. */
  readonly inputs: Readonly<Record<string, number>>;
}

type Output = BuiltEntries['outputs'][string];

/** All functions of an API, bundled. */
export interface Bundles {
  readonly authorizer: Bundle;
  /** The trigger of a user pool. */
  readonly pretoken: Bundle;
  /** Reports the use of quotas. */
  readonly usage: Bundle;
  /** Rotates the secret of the API keys. */
  readonly rotation: Bundle;
  /** Of the canary. */
  readonly endpointCheck: Bundle;
  /** Tells people about alarms. */
  readonly notifier: Bundle;
  /** By group, in the order of the definition. */
  readonly groups: ReadonlyMap<string, Bundle>;
  /** Removes the build directory. */
  remove(): void;
}

/** What is compiled into the functions besides the definition. */
export interface BundleOptions {
  /** Keys that the authorizer starts with, by the address they come from. */
  readonly warmKeys?: Readonly<Record<string, WarmKeys>>;
  /** The settings of the issuers, for the bundle of the authorizer. @default - they are in its environment */
  readonly issuerSettings?: BundledIssuers;
  /** Whose tokens the authorizer accepts: its bundle has only the code that they need. @default - issuers of any kind */
  readonly issuers?: readonly TokenIssuer[];
  /** What the authorizer knows of client certificates. @default - there is no mutual TLS */
  readonly certificates?: CertificateSettings;
  /** Address that problem types start with. @default - the project's own */
  readonly problemTypeBase?: string;
  /** Present where responses have the headers of cross-origin requests. */
  readonly cors?: object;
  /** What takes the spans of requests. @default - they are not recorded */
  readonly tracer?: TracerName;
  /** Runs once before anything is checked, compiled or bundled, and never where all is kept; what it throws is reported first. */
  readonly before?: () => void;
}

const AUTHORIZER = 'authorizer';
const PRETOKEN = 'pretoken';
const USAGE = 'usage';
const ROTATION = 'rotation';
const ENDPOINT_CHECK = 'endpointCheck';
const NOTIFIER = 'notifier';

/**
 * Bundles the authorizer, the trigger, the scheduled functions and every group. The same sources give the
 * same bytes on every machine: no path of the machine is in the output, so neither are the hashes of the assets.
 *
 * @throws {ConfigError} `handlers-…` and `handler-…` for handler files, `bundle-failed` with the messages of esbuild,
 * `handler-imports-cdk`, `bundle-needs-files`.
 */
export function bundleFunctions(
  api: Api,
  handlersDirectory: string,
  {
    warmKeys = {},
    issuerSettings,
    issuers,
    certificates,
    problemTypeBase,
    cors,
    tracer,
    ...options
  }: BundleOptions = {},
): Bundles {
  const before = once(options.before);
  const handlers = handlersOf(api, handlersDirectory, before);
  const groups = groupEntries(api, handlers, { problemTypeBase, cors, tracer, before });
  const entries = {
    [AUTHORIZER]: authorizerEntry(api, { warmKeys, issuerSettings, issuers, certificates, tracer }),
    [PRETOKEN]: pretokenEntry(),
    [USAGE]: usageEntry(api),
    [ROTATION]: rotationEntry(),
    [ENDPOINT_CHECK]: endpointCheckEntry(api),
    [NOTIFIER]: notifierEntry(api),
    ...Object.fromEntries([...groups].map(([group, files]) => [join(GROUPS, group), files])),
  };
  const toBuild = { entries, handlers, handlersDirectory: resolve(handlersDirectory) };
  const built = buildEntries(toBuild, { before });
  writePlan(toBuild, built);
  const bundles = [...groups.keys()].map((group) => [group, bundleOf(built, join(GROUPS, group))] as const);
  return {
    authorizer: bundleOf(built, AUTHORIZER),
    pretoken: bundleOf(built, PRETOKEN),
    usage: bundleOf(built, USAGE),
    rotation: bundleOf(built, ROTATION),
    endpointCheck: bundleOf(built, ENDPOINT_CHECK),
    notifier: bundleOf(built, NOTIFIER),
    groups: new Map(bundles),
    remove: built.remove,
  };
}

function once(run: () => void = () => undefined): () => void {
  let hasRun = false;
  return () => {
    if (!hasRun) run();
    hasRun = true;
  };
}

function handlersOf(api: Api, directory: string, before: () => void): Readonly<Record<string, string>> {
  try {
    return findHandlers(api, directory);
  } catch (error) {
    before();
    throw error;
  }
}

function bundleOf({ root, outputs, onDemand }: BuiltEntries, name: string): Bundle {
  const shown = ({ bytes, inputs }: Pick<Output, 'bytes' | 'inputs'> = { bytes: 0, inputs: {} }): BundledFile => {
    const entries = Object.entries(inputs).map(([path, { bytesInOutput }]) => [
      path.startsWith('../') || path.includes('node_modules/') ? sourceName(root, path) : path,
      bytesInOutput,
    ]);
    return { bytes, inputs: Object.fromEntries(entries) };
  };
  const beside = onDemand.get(name);
  return {
    directory: join(root, 'out', name),
    ...shown(outputs[outputOf(name)]),
    onDemand: beside && shown(beside),
  };
}
