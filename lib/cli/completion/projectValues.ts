import { readFileSync } from 'node:fs';
import { dirname, join, resolve, sep } from 'node:path';
import type { Api } from '../../definition/api.ts';
import { loadReviewable } from '../loadDefinition.ts';
import type { ProjectKind, ProjectValues } from './candidates.ts';

/** The person who pressed Tab waits for it. */
const LONGEST_MS = 3_000;

/** Returns the values that the project in the current folder has, for the words of a command line. */
export function projectValues(words: readonly string[]): ProjectValues {
  let loading: Promise<Api | undefined> | undefined;
  return async (kind) => {
    if (kind === 'stack') return stacksOf(given(words, '--assembly') ?? 'cdk.out');
    loading ??= isOwnCommand() ? loaded(given(words, '--definition') ?? given(words, '-d')) : undefined;
    const api = await loading;
    return api === undefined ? [] : [...new Set(namesIn(api)[kind])];
  };
}

/**
 * Whether the command is installed in the current folder or above. Reading a definition runs its code, and pressing Tab must not run
 * the code of any folder. The code of a project that has the command itself runs with each command anyway.
 */
function isOwnCommand(): boolean {
  const command = resolve(process.argv[1] ?? '');
  const [before = '', inPackages] = command.split(`${sep}node_modules${sep}`);
  const base = inPackages === undefined ? dirname(dirname(command)) : before;
  return `${process.cwd()}${sep}`.startsWith(`${base}${sep}`);
}

/** The definition, if it loads in time. The command itself reports what is wrong with it. */
async function loaded(choice: string | undefined): Promise<Api | undefined> {
  const { promise, resolve: giveUp } = Promise.withResolvers<undefined>();
  const timer = setTimeout(giveUp, LONGEST_MS, undefined);
  const api = await Promise.race([loadReviewable(choice).catch(() => undefined), promise]);
  clearTimeout(timer);
  return api;
}

function namesIn(api: Api): Readonly<Record<Exclude<ProjectKind, 'stack'>, readonly string[]>> {
  return {
    role: Object.keys(api.roles.byName),
    tier: Object.keys(api.tiers),
    scope: Object.keys(api.scopes),
    route: Object.keys(api.routes),
    permission: Object.values(api.roles.byName).flatMap(({ can }) => can),
  };
}

function given(words: readonly string[], flag: string): string | undefined {
  const joined = words.find((word) => word.startsWith(`${flag}=`));
  return joined?.slice(flag.length + 1) ?? (words.includes(flag) ? words[words.indexOf(flag) + 1] : undefined);
}

/** The stacks of a cloud assembly, by their names in CloudFormation. */
function stacksOf(assembly: string): readonly string[] {
  return Object.entries(artifactsOf(join(assembly, 'manifest.json')))
    .filter(([, { type }]) => type === 'aws:cloudformation:stack')
    .map(([id, { properties }]) => properties?.stackName ?? id);
}

/** What a manifest lists; nothing for one that is missing or half written. */
function artifactsOf(manifest: string): Readonly<Record<string, Artifact>> {
  try {
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { artifacts?: Record<string, Artifact> }).artifacts ?? {};
  } catch {
    return {};
  }
}

interface Artifact {
  readonly type?: string;
  readonly properties?: { readonly stackName?: string };
}
