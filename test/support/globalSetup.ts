import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { packInto } from '../../examples/pack.ts';
import { BUILD_FOLDER } from '../../lib/bundle/buildFolder.ts';
import { root, temporaryFolder } from './folders.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL below which {@link SharedFolder} names return their folder. */
    readonly sharedFolders: string;
  }
}

/** What a run makes once, when the first test asks for it. */
const SHARED = {
  /** The cloud assembly of the sample. */
  'sample-assembly': synthesize,
  /** The packages of this workspace, as they would be published. */
  tarballs: pack,
} as const;

export type SharedFolder = keyof typeof SHARED;

/**
 * Vitest's global setup: an endpoint of the main process that makes a shared folder at its first request and returns
 * the folder to every worker. A run of tests that need none makes none. Temporary folders of the run, those
 * of the product included, are in one folder that goes with the run.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const scratch = temporaryFolder();
  process.env['TMPDIR'] = scratch;
  // Every command that a test starts compiles the same files.
  process.env['NODE_COMPILE_CACHE'] = join(scratch, 'compile-cache');
  // The CDK's own check of templates takes more than half of a synth; `test/synth/variants` has it on.
  process.env['CDK_VALIDATION'] = 'false';
  // Most synths have the same functions. Tests of the bundler itself switch it off. Nothing from before this run is used.
  process.env[BUILD_FOLDER] = join(scratch, 'bundles');
  // The compiler and the bundler are Go programs that end soon: they need not collect often.
  process.env['GOGC'] = '400';
  const made = new Map<string, Promise<string>>();
  // Watch mode runs again in this process, with sources that changed.
  project.onTestsRerun(() => made.clear());
  const server = createServer(({ url = '' }, response) => {
    const name = url.slice(1) as SharedFolder;
    const folder = made.get(name) ?? SHARED[name]();
    made.set(name, folder);
    folder.then(
      (path) => response.end(path),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  project.provide('sharedFolders', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return async () => {
    server.close();
    server.closeAllConnections();
    // Not in one go: while it lasts, Vitest would not see that its workers end, and report a timeout.
    await rm(scratch, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  };
}

async function synthesize(): Promise<string> {
  const folder = temporaryFolder();
  const options = { cwd: root, env: { ...process.env, CDK_OUTDIR: folder } };
  await promisify(execFile)(process.execPath, ['bin/app.ts'], options);
  return folder;
}

async function pack(): Promise<string> {
  const folder = temporaryFolder();
  await packInto(folder);
  return folder;
}
