import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { build } from '../../lib/bundle/build.ts';
import { BUILD_FOLDER } from '../../lib/bundle/buildFolder.ts';
import { root, temporaryFolder } from '../support/folders.ts';

/** The folder of a CDK app with a handler and a dependency, the current folder of each test. */
export interface CacheProject {
  readonly folder: string;
  /** Where its synth keeps bundles. */
  readonly kept: string;
  readonly write: (name: string, content: string) => void;
  /** Copies a file of this repository. */
  copy(name: string): void;
  /** Sets the time of the last use of something that is kept. */
  age(name: string, days: number): void;
  /** The entry of a bundle with a file of the project. */
  entry(file: string): string;
  /** Bundles a file of the project, and returns the code. */
  bundled(file: string): string;
}

/** Makes the project before each test, and removes it afterwards. */
export function cacheProject(): CacheProject {
  let folder = '';
  const write = (name: string, content: string) => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  };
  beforeEach(() => {
    folder = temporaryFolder();
    write('cdk.json', '{}');
    write(
      'main.ts',
      "import { text } from './text.js';\nimport { name } from 'dependency';\nexport const handler = () => text + name;\n",
    );
    write('text.ts', "export const text = 'first';\n");
    write('node_modules/dependency/package.json', '{ "name": "dependency", "version": "1.0.0", "main": "index.js" }');
    write('node_modules/dependency/index.js', "exports.name = 'dependency-1';\n");
    mkdirSync(join(folder, '.secure-api'));
    waitAMoment();
    vi.spyOn(process, 'cwd').mockReturnValue(folder);
    vi.stubEnv('CI', undefined);
    vi.stubEnv(BUILD_FOLDER, undefined);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  const entry = (file: string) => `export { handler } from ${JSON.stringify(join(folder, file))};\n`;
  return {
    get folder() {
      return folder;
    },
    get kept() {
      return join(folder, '.secure-api/build');
    },
    write,
    copy: (name) => write(name, readFileSync(join(root, name), 'utf8')),
    age: (name, days) => {
      const time = new Date(Date.now() - days * 86_400_000);
      utimesSync(join(folder, '.secure-api/build', name), time, time);
    },
    entry,
    bundled: (file) => {
      const output = temporaryFolder();
      build(output, { main: { 'index.mjs': entry(file) } }, {});
      const code = readFileSync(join(output, 'out/main/index.mjs'), 'utf8');
      rmSync(output, { recursive: true });
      return code;
    },
  };
}

/** What is written in the moment of a build is not known to be the state that was built. */
export function waitAMoment(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 40);
}

/** Runs a script with the Node.js of the tests; its exit code. */
export function exitOf(args: readonly string[]): Promise<unknown> {
  return new Promise((done) => spawn(process.execPath, args, { stdio: 'inherit' }).once('exit', done));
}
