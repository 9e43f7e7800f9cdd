import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The sample's cloud assembly, synthesized once for the whole run. */
    readonly assembly: string;
  }
}

/** Synthesizes the sample once, into a folder of its own, for every test that reads or serves it. */
export function setup(project: TestProject): () => void {
  const assembly = mkdtempSync(join(tmpdir(), 'secure-api-assembly-'));
  const cwd = new URL('../..', import.meta.url).pathname;
  execFileSync(process.execPath, ['bin/app.ts'], { cwd, env: { ...process.env, CDK_OUTDIR: assembly }, stdio: 'pipe' });
  project.provide('assembly', assembly);
  return () => {
    rmSync(assembly, { recursive: true, force: true });
  };
}
