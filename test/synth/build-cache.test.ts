import { spawn } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { build } from '../../lib/bundle/build.ts';
import { BUILD_FOLDER, keepingOf } from '../../lib/bundle/buildFolder.ts';
import { bundleFunctions } from '../../lib/bundle/bundle.ts';
import { keptValidators } from '../../lib/bundle/keptValidators.ts';
import { validatorSources } from '../../lib/validators/index.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { generatedApi, writeHandlers } from '../support/generated.ts';
import { smallApi } from './support.ts';

const { esbuild } = vi.hoisted(() => ({ esbuild: { calls: 0 } }));
vi.mock('esbuild', async (load) => {
  const real = await load<typeof import('esbuild')>();
  const buildSync: typeof real.buildSync = (options) => {
    esbuild.calls += 1;
    return real.buildSync(options);
  };
  return { ...real, buildSync };
});

let project = '';
let kept = '';
beforeEach(() => {
  project = temporaryFolder();
  kept = join(project, '.secure-api/build');
  write('cdk.json', '{}');
  write(
    'main.ts',
    "import { text } from './text.js';\nimport { name } from 'dependency';\nexport const handler = () => text + name;\n",
  );
  write('text.ts', "export const text = 'first';\n");
  write('node_modules/dependency/package.json', '{ "name": "dependency", "version": "1.0.0", "main": "index.js" }');
  write('node_modules/dependency/index.js', "exports.name = 'dependency-1';\n");
  vi.spyOn(process, 'cwd').mockReturnValue(project);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(project, { recursive: true, force: true });
});

describe('a second build', () => {
  it('of unchanged sources takes the bundles of the first, byte by byte', () => {
    const first = bundled();
    expect(first.calls).toBe(1);
    expect(bundled()).toEqual({ ...first, calls: 0 });
  });

  it.each<readonly [string, () => void, string]>([
    ['a changed file', () => write('text.ts', "export const text = 'second';\n"), 'second'],
    ['a file that takes precedence', () => write('text.js', "export const text = 'second';\n"), 'second'],
    [
      'a dependency that changed without a change of its size and time',
      () => {
        const file = join(project, 'node_modules/dependency/index.js');
        const { atime, mtime } = statSync(file);
        write('node_modules/dependency/index.js', "exports.name = 'dependency-2';\n");
        utimesSync(file, atime, mtime);
      },
      'dependency-2',
    ],
    [
      'another entry of a dependency',
      () => {
        write('node_modules/dependency/other.js', "exports.name = 'dependency-3';\n");
        write(
          'node_modules/dependency/package.json',
          '{ "name": "dependency", "version": "1.0.0", "main": "other.js" }',
        );
      },
      'dependency-3',
    ],
    [
      'a dependency that is installed nearer',
      () => {
        write('src/node_modules/dependency/index.js', "exports.name = 'dependency-4';\n");
      },
      'dependency-4',
    ],
    [
      'settings of TypeScript that lead a name elsewhere',
      () => {
        write('mapped.ts', "export const name = 'mapped';\n");
        write('tsconfig.json', '{ "compilerOptions": { "paths": { "dependency": ["./mapped.ts"] } } }');
      },
      'mapped',
    ],
  ])('bundles again after %s', (_, change, expected) => {
    write('src/main.ts', readFileSync(join(project, 'main.ts'), 'utf8').replace('./text', '../text'));
    bundled('src/main.ts');
    change();
    const changed = bundled('src/main.ts');
    expect(changed).toMatchObject({ calls: 1, code: expect.stringContaining(expected) });
    vi.stubEnv(BUILD_FOLDER, 'off');
    expect(changed.code).toBe(bundled('src/main.ts').code);
  });

  it('finds a file that a mapped name leads to from then on', () => {
    write(
      'tsconfig.json',
      '{ "compilerOptions": { "paths": { "dependency": ["./first/*", "./later.ts", "./mapped.ts"] } } }',
    );
    write('mapped.ts', "export const name = 'mapped';\n");
    expect(bundled().code).toContain('mapped');
    write('later.ts', "export const name = 'later';\n");
    expect(bundled()).toMatchObject({ calls: 1, code: expect.stringContaining('later') });
  });

  it.each(['builds', 'code'])('does not use what is damaged: %s', (kind) => {
    const first = bundled();
    for (const name of readdirSync(join(kept, kind), { recursive: true, encoding: 'utf8' })) {
      const path = join(kept, kind, name);
      if (statSync(path).isFile()) appendFileSync(path, kind === 'code' ? '\nprocess.exit();' : ' ');
    }
    expect(bundled()).toEqual(first);
    expect(bundled()).toEqual({ ...first, calls: 0 });
  });

  it('uses nothing that is kept when it is switched off', () => {
    const first = bundled();
    vi.stubEnv(BUILD_FOLDER, 'off');
    expect(bundled()).toEqual(first);
  });
});

it('bundles that are made in another way are not found', () => {
  const [one, other] = [{ minify: true }, { minify: false }].map((options) => keepingOf(options)?.made);
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(one).not.toBe(other);
});

it('nothing is kept outside of the folder of an app, or where it cannot be written', () => {
  rmSync(join(project, 'cdk.json'));
  expect(keepingOf({})).toBeUndefined();
  write('cdk.json', '{}');
  write('.secure-api', 'a file');
  expect(keepingOf({})).toBeUndefined();
  expect(bundled().calls).toBe(1);
});

it('what is kept is ignored by Git', () => {
  bundled();
  expect(readFileSync(join(kept, '.gitignore'), 'utf8')).toBe('*\n');
});

it('an option of the API changes the functions that it is compiled into', () => {
  const handlers = join(project, 'handlers');
  mkdirSync(handlers);
  writeHandlers(smallApi(), handlers);
  const codeOf = (problemTypeBase?: string) => {
    const bundles = bundleFunctions(smallApi(), handlers, problemTypeBase === undefined ? {} : { problemTypeBase });
    const [group] = [...bundles.groups.values()].map(({ directory }) =>
      readFileSync(join(directory, 'index.mjs'), 'utf8'),
    );
    bundles.remove();
    return group;
  };
  const plain = codeOf();
  expect(codeOf('https://errors.example.com/')).toContain('https://errors.example.com/');
  expect(codeOf()).toBe(plain);
});

it('two processes at once make the same bundles', async () => {
  const script = join(project, 'two.ts');
  writeFileSync(
    script,
    `process.chdir(${JSON.stringify(project)});
     const { build } = await import(${JSON.stringify(join(root, 'lib/bundle/build.ts'))});
     build(process.argv[2], { main: { 'index.mjs': ${JSON.stringify(entry('main.ts'))} } }, {});`,
  );
  const outputs = [join(project, 'one'), join(project, 'other')];
  const codes = await Promise.all(
    outputs.map(
      (output) =>
        new Promise((done) => {
          mkdirSync(output);
          spawn(process.execPath, [script, output], { stdio: 'inherit' }).once('exit', done);
        }),
    ),
  );
  expect(codes).toEqual([0, 0]);
  const [one, other] = outputs.map((output) => readFileSync(join(output, 'out/main/index.mjs'), 'utf8'));
  expect(one).toBe(other);
  expect(bundled()).toMatchObject({ calls: 0, code: one });
});

describe('validators', () => {
  const routes = Object.values(generatedApi(12).routes);

  it('are the same from the compiler and as they are kept, in any order', () => {
    const compiled = validatorSources(routes);
    expect(keptValidators(routes.slice(5))).toEqual(validatorSources(routes.slice(5)));
    expect(keptValidators(routes)).toEqual(compiled);
    expect(keptValidators([...routes].reverse())).toEqual(compiled);
  });

  it('are compiled again where they are damaged', () => {
    const compiled = keptValidators(routes);
    const folder = join(kept, 'validators');
    for (const name of readdirSync(folder)) appendFileSync(join(folder, name), 'x');
    expect(keptValidators(routes)).toEqual(compiled);
  });
});

function write(name: string, content: string): void {
  const path = join(project, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function entry(file: string): string {
  return `export { handler } from ${JSON.stringify(join(project, file))};\n`;
}

/** Bundles a file of the project: its code, and how often esbuild ran. */
function bundled(file = 'main.ts'): { readonly code: string; readonly calls: number } {
  const output = temporaryFolder();
  esbuild.calls = 0;
  build(output, { main: { 'index.mjs': entry(file) } }, {});
  const code = readFileSync(join(output, 'out/main/index.mjs'), 'utf8');
  rmSync(output, { recursive: true });
  return { code, calls: esbuild.calls };
}
