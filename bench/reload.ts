import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { context } from 'esbuild';
import { NOT_BUNDLED } from '../lib/bundle/cdkImports.ts';
import { readPlans } from '../lib/bundle/plans.ts';
import { temporaryFolder, writeFiles } from '../test/support/folders.ts';
import { followQuickStart, type StartedProject } from '../test/support/quickStart.ts';
import { benchCdkSynth } from './cdkSynth.ts';
import { benchDevStart } from './devStart.ts';
import { getJson } from './getJson.ts';
import { withRegistry } from './newProject.ts';
import { median, type Row, row } from './row.ts';
import { inTurns } from './turns.ts';

const ROUNDS = 5;
const POLL_MS = 20;
/** A change that is not served by then never will be. */
const LIMIT_MS = 60_000;
/** What a copy of the project does not need. */
const OWN_FOLDERS = /(node_modules|\.secure-api|cdk\.out)$/;

/** What the files of the project say; each edit changes one of them. */
interface State {
  /** In the handler. */
  word: string;
  /** In the definition. */
  path: string;
  /** In the stack: a variable of the function's environment. */
  release: string;
}

interface Edit {
  readonly name: string;
  readonly file: string;
  /** What a person waits for without noticing, or without leaving. */
  readonly budgetMs: number;
  /** How many of esbuild's rebuilds it takes. */
  readonly buildTarget: number;
  change(state: State, round: number): void;
}

const EDITS: readonly Edit[] = [
  {
    name: 'a handler',
    file: 'handlers/health.ts',
    budgetMs: 1_000,
    buildTarget: 10,
    change: (state, round) => {
      state.word = `word${round}`;
    },
  },
  {
    name: 'the definition',
    file: 'definition.ts',
    budgetMs: 3_000,
    buildTarget: 75,
    change: (state, round) => {
      state.path = `/health/${round}`;
    },
  },
  {
    name: 'the stack',
    file: 'stack.ts',
    budgetMs: 3_000,
    buildTarget: 75,
    change: (state, round) => {
      state.release = `release${round}`;
    },
  },
];

/** The start of `secure-api dev`; `cdk synth`; and from a saved file to the first response of the change, against what people wait for, and against esbuild's own rebuild. */
export function benchReload(): Promise<readonly Row[]> {
  return withRegistry(async (registry) => {
    const project = await followQuickStart(registry);
    try {
      return [await benchDevStart(project), ...(await benchCdkSynth(project)), ...(await measure(project))];
    } finally {
      await project.stop();
    }
  });
}

async function measure(project: StartedProject): Promise<readonly Row[]> {
  const state: State = { word: 'word', path: '/health', release: 'none' };
  const write = filesOf(project.folder);
  for (const { file } of EDITS) write(file, state);
  await served(project, state);
  const rows: Row[] = [];
  const bundle = await bundleOf(project);
  try {
    let count = 0;
    for (const { name, file, budgetMs, buildTarget, change } of EDITS) {
      const edit = async () => {
        change(state, ++count);
        const start = performance.now();
        write(file, state);
        await served(project, state);
        return performance.now() - start;
      };
      const { ours, peer } = await inTurns(ROUNDS, edit, bundle.rebuild);
      const title = `reload: ${name}, from the saved file to the response`;
      rows.push(row(`${title}, against ${budgetMs / 1000} s`, 'ms', median(ours), budgetMs, 1));
      rows.push(row(`${title}, against esbuild`, 'ms', median(ours), median(peer), buildTarget));
    }
  } finally {
    await bundle.dispose();
  }
  return rows;
}

/** Writes a file of the project as a state says. */
function filesOf(folder: string): (file: string, state: State) => void {
  const original = (file: string) => readFileSync(join(folder, file), 'utf8');
  const definition = original('definition.ts').replace("Type.Literal('ok')", 'Type.String({ maxLength: 40 })');
  const stack = original('stack.ts');
  const handler = original('handlers/health.ts');
  const texts: Readonly<Record<string, (state: State) => string>> = {
    'handlers/health.ts': ({ word }) => handler.replace("'ok'", `\`${word} \${process.env['RELEASE']}\``),
    'definition.ts': ({ path }) => definition.replace("'/health'", `'${path}'`),
    'stack.ts': ({ release }) =>
      stack.replace(
        /\n {2}\}\n\}\n$/,
        `\n    secureApi.handler('health').addEnvironment('RELEASE', '${release}');\n  }\n}\n`,
      ),
  };
  return (file, state) => writeFileSync(join(folder, file), texts[file]?.(state) ?? '');
}

/** Asks until the API responds as the files say. */
async function served(project: StartedProject, { word, path, release }: State): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  while (performance.now() < deadline) {
    const { body } = await getJson(project.ready, path);
    if ((body as { readonly status?: unknown }).status === `${word} ${release}`) return;
    await sleep(POLL_MS);
  }
  throw new Error(`The change is not served:\n${project.output()}`);
}

/** esbuild's rebuild of the handler's function, by the entry of the last synth, in a copy of the project. */
async function bundleOf({ folder, ready }: StartedProject) {
  const copy = temporaryFolder();
  cpSync(folder, copy, { recursive: true, filter: (path) => !OWN_FOLDERS.test(path) });
  symlinkSync(join(folder, 'node_modules'), join(copy, 'node_modules'));
  const files = Object.entries(entryOf(ready)).map(([name, text]) => [name, text.replaceAll(folder, copy)]);
  writeFiles(copy, Object.fromEntries(files));
  const built = await context({
    absWorkingDir: copy,
    entryPoints: ['index.mjs'],
    bundle: true,
    write: false,
    minify: true,
    keepNames: true,
    metafile: true,
    external: [...NOT_BUNDLED],
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  });
  const { metafile } = await built.rebuild();
  if (!Object.hasOwn(metafile.inputs, 'handlers/health.ts')) throw new Error('The bundle does not have the handler.');
  return {
    rebuild: async () => {
      const handler = join(copy, 'handlers/health.ts');
      const start = performance.now();
      writeFileSync(handler, `${readFileSync(handler, 'utf8')}\n`);
      await built.rebuild();
      return performance.now() - start;
    },
    dispose: async () => {
      await built.dispose();
      rmSync(copy, { recursive: true, force: true });
    },
  };
}

/** The generated files of the function that has the route `health`. */
function entryOf({ data, pid }: StartedProject['ready']): Readonly<Record<string, string>> {
  const plans = readPlans(join(data, `build/plans-${pid}`));
  const entry = plans
    .flatMap(({ entries }) => Object.values(entries))
    .find((files) => Object.values(files).join().includes('handlers/health.ts'));
  if (entry === undefined) throw new Error('The synth has left no entry of the handler.');
  return entry;
}
