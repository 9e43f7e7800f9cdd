import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { benchAssembly } from './assembly.ts';
import { deployedFunction } from './deployedFunction.ts';
import { proxyEvent } from './events.ts';
import { HANDLER } from './functions.ts';
import { median, type Row, row } from './row.ts';
import type { Turns } from './turns.ts';

/** 35 µs, which a POST may take, divided by the 8.1 µs of the peer on the machine where that was decided. */
const TARGET = 4.3;

/** A validated POST in process, log line and metrics included, against a handler of Middy with six middlewares that validates nothing. */
export async function benchPipeline(): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-pipeline-'));
  try {
    const { module, environment } = deployedFunction(benchAssembly(scratch, 'https://login.example.com'), HANDLER);
    const peer = join(scratch, 'peer.mjs');
    buildSync({
      entryPoints: [join(import.meta.dirname, 'sixMiddlewares.ts')],
      outfile: peer,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      logLevel: 'error',
    });
    const event = join(scratch, 'event.json');
    writeFileSync(event, proxyEvent());
    const { ours, peer: others } = await inOneProcess([module, peer, event], environment);
    const name = 'pipeline: POST validated in process, against Middy with six middlewares';
    return [row(name, 'µs', median(ours), median(others), TARGET)];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function inOneProcess(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Turns<number>> {
  return new Promise((done, fail) => {
    const options = {
      env: { ...environment },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'] as ['ignore', 'ignore', 'inherit', 'ipc'],
    };
    const child = fork(join(import.meta.dirname, 'inProcess.ts'), [...args], options);
    child.once('message', (took) => done(took as Turns<number>));
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`bench/inProcess.ts ended with ${code}`)));
  });
}
