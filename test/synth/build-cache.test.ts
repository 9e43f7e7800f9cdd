import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { BUILD_FOLDER, keepingOf } from '../../lib/bundle/buildFolder.ts';
import { bundleFunctions } from '../../lib/bundle/bundle.ts';
import { keptValidators } from '../../lib/bundle/keptValidators.ts';
import { validatorSources } from '../../lib/validators/index.ts';
import { root } from '../support/folders.ts';
import { generatedApi, writeHandlers } from '../support/generated.ts';
import { cacheProject, exitOf, waitAMoment } from './cacheProject.ts';
import { counted } from './countedBuilds.ts';
import { smallApi } from './support.ts';

vi.mock('esbuild', async (load) => (await import('./countedBuilds.ts')).countingBuilds(await load()));
vi.mock('../../lib/validators/index.ts', async (load) =>
  (await import('./countedBuilds.ts')).countingRoutes(await load()),
);
const project = cacheProject();
const { write } = project;

/** Makes a link of the project, or lets it lead elsewhere. */
function relink(name: string, target: string): void {
  rmSync(join(project.folder, name), { force: true });
  symlinkSync(join(project.folder, target), join(project.folder, name));
}

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
        const file = join(project.folder, 'node_modules/dependency/index.js');
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
    [
      'settings of JavaScript that lead a name elsewhere',
      () => {
        write('mapped.ts', "export const name = 'mapped';\n");
        write('jsconfig.json', '{ "compilerOptions": { "paths": { "dependency": ["./mapped.ts"] } } }');
      },
      'mapped',
    ],
  ])('bundles again after %s', (_, change, expected) => {
    write('src/main.ts', readFileSync(join(project.folder, 'main.ts'), 'utf8').replace('./text', '../text'));
    bundled('src/main.ts');
    change();
    const changed = bundled('src/main.ts');
    expect(changed).toMatchObject({ calls: 1, code: expect.stringContaining(expected) });
    vi.stubEnv(BUILD_FOLDER, 'off');
    expect(changed.code).toBe(bundled('src/main.ts').code);
  });

  it.each<readonly [string, () => void, () => void]>([
    ['a link to an imported file', () => relink('text.ts', 'first/text.ts'), () => relink('text.ts', 'second/text.ts')],
    [
      'a link to the folder of an imported file',
      () => {
        relink('current', 'first');
        write('text.ts', "export { text } from './current/text.js';\n");
      },
      () => relink('current', 'second'),
    ],
    [
      'a link to a handler',
      () => {
        for (const name of ['first', 'second']) write(`${name}.ts`, `export const handler = () => '${name}';\n`);
        relink('main.ts', 'first.ts');
      },
      () => relink('main.ts', 'second.ts'),
    ],
  ])('bundles again what %s now leads to', (_, prepare, change) => {
    for (const name of ['first', 'second']) write(`${name}/text.ts`, `export const text = '${name}';\n`);
    prepare();
    expect(bundled().code).toContain('first');
    change();
    expect(bundled()).toMatchObject({ calls: 1, code: expect.stringContaining('second') });
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

  it('takes the bundles of the first with all files of this package', () => {
    const handlers = join(project.folder, 'handlers');
    mkdirSync(handlers);
    writeHandlers(smallApi(), handlers);
    waitAMoment();
    bundleFunctions(smallApi(), handlers).remove();
    counted.builds = 0;
    bundleFunctions(smallApi(), handlers).remove();
    expect(counted.builds).toBe(0);
  });

  it.each([
    [10, 1],
    [40, 0],
  ])('%i ms after a file was written bundles %i functions again', (ms, calls) => {
    const { mtimeMs } = statSync(join(project.folder, 'text.ts'));
    vi.spyOn(Date, 'now').mockReturnValue(mtimeMs + ms);
    bundled();
    expect(bundled().calls).toBe(calls);
  });

  it.each(['builds', 'code'])('does not use what is damaged: %s', (kind) => {
    const first = bundled();
    for (const name of readdirSync(join(project.kept, kind), { recursive: true, encoding: 'utf8' })) {
      const path = join(project.kept, kind, name);
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

it.each([
  ['ajv', 'node_modules/ajv/package.json'],
  ['ajv-formats', 'node_modules/ajv-formats/package.json'],
  ['this package', 'package.json'],
  ['the code that walks through schemas', 'lib/definition/walkSchema.ts'],
  ['the code that compiles schemas', 'lib/validators/source.ts'],
  ['the code that generates entries', 'lib/bundle/entries.ts'],
])('what another version of %s has made is not found', (_, file) => {
  for (const folder of ['lib/bundle', 'lib/validators', 'lib/definition'])
    cpSync(join(root, folder), join(project.folder, folder), { recursive: true });
  for (const name of ['ajv', 'ajv-formats']) project.copy(`node_modules/${name}/package.json`);
  project.copy('package.json');
  symlinkSync(join(root, 'node_modules/esbuild'), join(project.folder, 'node_modules/esbuild'));
  const made = () => {
    const code = "import { keepingOf } from './lib/bundle/buildFolder.ts'; console.log(keepingOf({}).made);";
    return execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: project.folder,
      encoding: 'utf8',
    });
  };
  const before = made();
  expect(made()).toBe(before);
  const text = readFileSync(join(project.folder, file), 'utf8');
  write(file, file.endsWith('.ts') ? `${text}\n` : text.replace(/"version": "/, '$&9'));
  expect(made()).not.toBe(before);
});

it('nothing is kept outside of the folder of an app, or where it cannot be written', () => {
  rmSync(join(project.folder, 'cdk.json'));
  expect(keepingOf({})).toBeUndefined();
  write('cdk.json', '{}');
  rmSync(join(project.folder, '.secure-api'), { recursive: true });
  write('.secure-api', 'a file');
  expect(keepingOf({})).toBeUndefined();
  expect(bundled().calls).toBe(1);
});

it('what is kept is ignored by Git', () => {
  bundled();
  expect(readFileSync(join(project.kept, '.gitignore'), 'utf8')).toBe('*\n');
});

it('an option of the API changes the functions that it is compiled into', () => {
  const handlers = join(project.folder, 'handlers');
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
  const script = join(project.folder, 'two.ts');
  writeFileSync(
    script,
    `process.chdir(${JSON.stringify(project.folder)});
     const { build } = await import(${JSON.stringify(join(root, 'lib/bundle/build.ts'))});
     build(process.argv[2], { main: { 'index.mjs': ${JSON.stringify(project.entry('main.ts'))} } }, {});`,
  );
  const outputs = [join(project.folder, 'one'), join(project.folder, 'other')];
  for (const output of outputs) mkdirSync(output);
  const codes = await Promise.all(outputs.map((output) => exitOf([script, output])));
  expect(codes).toEqual([0, 0]);
  const [one, other] = outputs.map((output) => readFileSync(join(output, 'out/main/index.mjs'), 'utf8'));
  expect(one).toBe(other);
  expect(bundled()).toMatchObject({ calls: 0, code: one });
});

describe('validators', () => {
  const routes = Object.values(generatedApi(12).routes);
  beforeEach(() => {
    counted.compiledRoutes = 0;
  });

  it('are the same from the compiler and as they are kept, in any order, and are compiled once', () => {
    const compiled = validatorSources(routes);
    const last = validatorSources(routes.slice(5));
    counted.compiledRoutes = 0;
    expect(keptValidators(routes.slice(5))).toEqual(last);
    expect(counted.compiledRoutes).toBe(7);
    expect(keptValidators(routes)).toEqual(compiled);
    expect(counted.compiledRoutes).toBe(12);
    expect(keptValidators([...routes].reverse())).toEqual(compiled);
    expect(counted.compiledRoutes).toBe(12);
  });

  it('are compiled again where they are damaged', () => {
    const compiled = keptValidators(routes);
    const folder = join(project.kept, 'validators');
    const [first = '', ...others] = readdirSync(folder);
    expect(others).toHaveLength(11);
    appendFileSync(join(folder, first), 'x');
    expect(keptValidators(routes)).toEqual(compiled);
    expect(counted.compiledRoutes).toBe(13);
  });
});

/** Bundles a file of the project: its code, and how often esbuild ran. */
function bundled(file = 'main.ts'): { readonly code: string; readonly calls: number } {
  counted.builds = 0;
  return { code: project.bundled(file), calls: counted.builds };
}
