import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { root, temporaryFolder } from './folders.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL that returns the folder of the sample's cloud assembly. */
    readonly sampleAssembly: string;
  }
}

/**
 * Vitest's global setup: an endpoint of the main process that synthesizes the sample at its first request and returns
 * the folder to every worker. A run of tests that need no assembly never synthesizes. Temporary folders of the run, those
 * of the product included, are in one folder that goes with the run.
 */
export async function setup(project: TestProject): Promise<() => void> {
  const scratch = temporaryFolder();
  process.env['TMPDIR'] = scratch;
  let assembly: Promise<string> | undefined;
  // Watch mode runs again in this process, with sources that changed.
  project.onTestsRerun(() => {
    assembly = undefined;
  });
  const server = createServer((_, response) => {
    assembly ??= synthesize();
    assembly.then(
      (folder) => response.end(folder),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  project.provide('sampleAssembly', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  return () => {
    server.close();
    server.closeAllConnections();
    rmSync(scratch, { recursive: true, force: true });
  };
}

async function synthesize(): Promise<string> {
  const folder = temporaryFolder();
  const options = { cwd: root, env: { ...process.env, CDK_OUTDIR: folder } };
  await promisify(execFile)(process.execPath, ['bin/app.ts'], options);
  return folder;
}
