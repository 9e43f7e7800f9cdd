import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BUILD_FOLDER, keepingOf } from '../../lib/bundle/buildFolder.ts';
import { keptValidators } from '../../lib/bundle/keptValidators.ts';
import { removeOldBuilds } from '../../lib/bundle/removeOldBuilds.ts';
import { validatorSources } from '../../lib/validators/index.ts';
import { root } from '../support/folders.ts';
import { generatedApi } from '../support/generated.ts';
import { cacheProject, exitOf } from './cacheProject.ts';
import { counted } from './countedBuilds.ts';

const disk = vi.hoisted(() => ({ fault: undefined as string | undefined }));
vi.mock('esbuild', async (load) => (await import('./countedBuilds.ts')).countingBuilds(await load()));
vi.mock('../../lib/validators/index.ts', async (load) =>
  (await import('./countedBuilds.ts')).countingRoutes(await load()),
);
/** A disk that takes a part of each file of the cache, or none, while `disk.fault` says so. */
vi.mock('node:fs', async (load) => {
  const real = await load<typeof import('node:fs')>();
  const failing = <A extends readonly unknown[], R>(call: (...args: A) => R, before: (path: string) => void) =>
    ((...args: A) => {
      const path = String(args[0]);
      if (disk.fault === undefined || !path.includes('.secure-api')) return call(...args);
      before(path);
      throw Object.assign(new Error(disk.fault), { code: disk.fault });
    }) as typeof call;
  const half = (path: string) => {
    if (disk.fault === 'ENOSPC') real.writeFileSync(path, 'ha');
  };
  return {
    ...real,
    writeFileSync: failing(real.writeFileSync, half),
    utimesSync: failing(real.utimesSync, () => undefined),
  };
});

const project = cacheProject();
const { write } = project;
afterEach(() => {
  disk.fault = undefined;
});

describe('in CI', () => {
  it.each(['true', '1', 'yes', 'TRUE'])('(CI=%s) nothing is kept or used, unless it is asked for', (value) => {
    const first = bundled();
    vi.stubEnv('CI', value);
    expect(bundled()).toEqual(first);
    expect(keepingOf({})).toBeUndefined();
    vi.stubEnv(BUILD_FOLDER, 'on');
    expect(keepingOf({})?.folder).toBe(project.kept);
    expect(bundled()).toEqual({ ...first, calls: 0 });
  });

  it.each(['', '0', 'false', 'False'])('(CI=%s) is not meant', (value) => {
    vi.stubEnv('CI', value);
    expect(keepingOf({})?.folder).toBe(project.kept);
  });
});

describe('a fault of the disk', () => {
  const routes = Object.values(generatedApi(3).routes);

  it.each(['ENOSPC', 'EROFS', 'EACCES', 'ENOENT'])('%s fails no synth, and leaves nothing half written', (fault) => {
    keepingOf({});
    disk.fault = fault;
    const first = bundled();
    expect(first.calls).toBe(1);
    expect(bundled()).toEqual(first);
    expect(keptValidators(routes)).toEqual(validatorSources(routes));
    const names = readdirSync(project.kept, { recursive: true, encoding: 'utf8' });
    expect(names.filter((name) => /\.json|\.mjs/.test(name))).toEqual([]);
  });

  it('when something is read does not keep it from being used', () => {
    const first = bundled();
    const validators = keptValidators(routes);
    counted.compiledRoutes = 0;
    disk.fault = 'EROFS';
    expect(bundled()).toEqual({ ...first, calls: 0 });
    expect(keptValidators(routes)).toEqual(validators);
    expect(counted.compiledRoutes).toBe(0);
  });

  it.each(['builds', 'code', 'validators'])('such as a file in place of the folder %s fails no synth', (kind) => {
    write(`.secure-api/build/${kind}`, 'a file');
    expect(bundled().calls).toBe(1);
    expect(bundled().code).toContain('first');
    expect(keptValidators(routes)).toEqual(validatorSources(routes));
    removeOldBuilds(project.kept);
  });
});

describe('what is removed', () => {
  const files = () => readdirSync(join(project.kept, 'validators')).sort();

  it('is what was not used for 30 days, or for longest beyond the total size, whatever its number', () => {
    for (let index = 0; index < 300; index += 1) write(`.secure-api/build/validators/${index}.json`, 'x'.repeat(10));
    project.age('validators/1.json', 29);
    project.age('validators/2.json', 31);
    removeOldBuilds(project.kept);
    expect(files()).toHaveLength(299);
    expect(files()).not.toContain('2.json');
    removeOldBuilds(project.kept, { maxBytes: 2_980, minAgeMs: 0 });
    expect(files()).toHaveLength(298);
    expect(files()).not.toContain('1.json');
  });

  it('is nothing that a synth has used within the hour', () => {
    const routes = Object.values(generatedApi(3).routes);
    bundled();
    keptValidators(routes);
    for (const name of readdirSync(project.kept, { recursive: true, encoding: 'utf8' })) project.age(name, 40);
    bundled();
    keptValidators(routes);
    removeOldBuilds(project.kept, { maxBytes: 0 });
    counted.compiledRoutes = 0;
    expect(bundled().calls).toBe(0);
    keptValidators(routes);
    expect(counted.compiledRoutes).toBe(0);
  });
});

it('two processes that keep, use and remove the same files at once fail neither', async () => {
  const script = join(project.folder, 'removing.ts');
  writeFileSync(
    script,
    `import { mkdirSync } from 'node:fs';
     process.chdir(${JSON.stringify(project.folder)});
     const { build } = await import(${JSON.stringify(join(root, 'lib/bundle/build.ts'))});
     const { removeOldBuilds } = await import(${JSON.stringify(join(root, 'lib/bundle/removeOldBuilds.ts'))});
     const { keptValidators } = await import(${JSON.stringify(join(root, 'lib/bundle/keptValidators.ts'))});
     const { generatedApi } = await import(${JSON.stringify(join(root, 'test/support/generated.ts'))});
     const routes = Object.values(generatedApi(5).routes);
     for (let round = 0; round < 8; round += 1) {
       const output = process.argv[2] + round;
       mkdirSync(output);
       build(output, { main: { 'index.mjs': ${JSON.stringify(project.entry('main.ts'))} } }, {});
       keptValidators(routes);
       removeOldBuilds(${JSON.stringify(project.kept)}, { maxBytes: 0, minAgeMs: 0 });
     }`,
  );
  const codes = await Promise.all(['one', 'other'].map((output) => exitOf([script, join(project.folder, output)])));
  expect(codes).toEqual([0, 0]);
});

/** Bundles a file of the project: its code, and how often esbuild ran. */
function bundled(file = 'main.ts'): { readonly code: string; readonly calls: number } {
  counted.builds = 0;
  return { code: project.bundled(file), calls: counted.builds };
}
