import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BUILD_FOLDER } from '../../bundle/buildFolder.ts';
import { PLANS_FOLDER, type Plan, readPlans } from '../../bundle/plans.ts';
import { APP_FILES } from '../appVariables.ts';
import { type Context, synthesize } from '../synthesize.ts';

/** A synth of the app for the local gateway. */
export interface DevSynth {
  readonly assembly: string;
  readonly plans: readonly Plan[];
}

/** Synthesizes one after the other, each into a new folder below the data directory. */
export interface Synthesizer {
  /** @throws what is wrong with the app; {@link files} then also has those that it had loaded by then. */
  run(signal?: AbortSignal): Promise<DevSynth>;
  /** Files of the project that the app loaded in its runs, and those that change how it is run. */
  files(): readonly string[];
  /** Removes assemblies that are not served any more: all but the given ones. */
  removeOthers(...assemblies: readonly string[]): void;
  /** Removes what the runs have left in the data directory, where it is another gateway's. */
  removeOwn(): void;
}

interface SynthesizerOptions {
  readonly context: Context;
  readonly data: string;
  readonly print: (line: string) => void;
}

/** What changes how the app is run, or what it means. */
const SETTINGS = ['cdk.json', 'cdk.context.json', 'package.json', 'tsconfig.json'];

/** What a process leaves in the folder of the builds. */
const OF_A_PROCESS = /^(plans|files)-\d+$/;

/** Where `secure-api dev` keeps bundles and source maps, below its data directory. */
export function buildFolder(data: string): string {
  return join(resolve(data), 'build');
}

/** Makes the {@link Synthesizer} of an app. */
export function synthesizer({ context, data, print }: SynthesizerOptions): Synthesizer {
  const assemblies = join(data, 'assembly');
  const builds = buildFolder(data);
  // Another command can use the same data directory until it knows better.
  const loaded = join(builds, `files-${process.pid}`);
  const plans = join(builds, `plans-${process.pid}`);
  const seen = new Set<string>(SETTINGS.map((name) => resolve(name)));
  let count = 0;
  return {
    run: async (signal) => {
      for (const folder of [plans, loaded]) rmSync(folder, { recursive: true, force: true });
      mkdirSync(assemblies, { recursive: true, mode: 0o700 });
      mkdirSync(builds, { recursive: true, mode: 0o700 });
      const outdir = join(assemblies, `${process.pid}-${++count}`);
      const environment = {
        // The check of templates by the CDK takes more than half of a synth, and runs again before a deployment.
        CDK_VALIDATION: 'false',
        CDK_DISABLE_STACK_TRACE: '1',
        [BUILD_FOLDER]: builds,
        [PLANS_FOLDER]: plans,
        [APP_FILES]: loaded,
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(builds, 'compiled'),
      };
      try {
        const say = count === 1 ? print : () => undefined;
        const preload = ['dev/recordFiles'];
        const assembly = await synthesize(context, { print: say, outdir, environment, preload, signal });
        return { assembly, plans: readPlans(plans) };
      } catch (error) {
        rmSync(outdir, { recursive: true, force: true });
        throw error;
      } finally {
        for (const file of filesIn(loaded)) seen.add(file);
        rmSync(loaded, { recursive: true, force: true });
      }
    },
    files: () => [...seen],
    removeOwn: () => {
      const made = Array.from({ length: count }, (_, run) => join(assemblies, `${process.pid}-${run + 1}`));
      for (const folder of [plans, loaded, ...made]) rmSync(folder, { recursive: true, force: true });
    },
    removeOthers: (...kept) => {
      for (const name of existsSync(builds) ? readdirSync(builds) : []) {
        const path = join(builds, name);
        if (OF_A_PROCESS.test(name) && path !== plans) rmSync(path, { recursive: true, force: true });
      }
      for (const name of existsSync(assemblies) ? readdirSync(assemblies) : []) {
        const folder = join(assemblies, name);
        if (!kept.includes(folder)) rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

/** What the processes of the app have written. */
function filesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as string[]);
}
