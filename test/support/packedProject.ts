import { execFile } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root, temporaryFolder } from './folders.ts';
import { type RunningGateway, startGateway } from './gateway.ts';
import { sharedFolder } from './sampleAssembly.ts';

const run = promisify(execFile);
/** What a person's own use of an example leaves in its folder. */
const LEFT_OVER = /(node_modules|vendor|cdk\.out|\.secure-api)$/;

/** An example in another folder, with the packed packages installed, as another team would have it. */
export interface PackedProject {
  readonly folder: string;
  run(script: string, ...options: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }>;
  /** Runs the app alone, for tests of what it reports: the CDK CLI, which `synth` runs, would start it in the same way. */
  runApp(): Promise<{ readonly stdout: string; readonly stderr: string }>;
  /** Serves what `synth` has made. */
  serve(): Promise<RunningGateway>;
}

/** Copies an example far from this checkout and installs both packages there. */
export async function packedProject(example: string): Promise<PackedProject> {
  const folder = join(temporaryFolder(), example);
  cpSync(join(root, 'examples', example), folder, { recursive: true, filter: (path) => !LEFT_OVER.test(path) });
  cpSync(await sharedFolder('tarballs'), join(folder, 'vendor'), { recursive: true });
  await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder });
  return {
    folder,
    run: (script, ...options) => run('npm', ['run', script, '--', ...options], { cwd: folder }),
    runApp: () =>
      run(process.execPath, ['app.ts'], { cwd: folder, env: { ...process.env, CDK_OUTDIR: temporaryFolder() } }),
    serve: () =>
      startGateway({
        cwd: folder,
        bin: join(folder, 'node_modules/secure-api/bin/secure-api.js'),
        assembly: join(folder, 'cdk.out'),
      }),
  };
}
