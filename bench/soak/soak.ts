import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchAssembly } from '../assembly.ts';
import { deployedFunction } from '../deployedFunction.ts';
import { HANDLER } from '../functions.ts';
import type { Day } from './authorizerDay.ts';
import { chooseCloud } from './chooseCloud.ts';
import type { DayResult, DaySize } from './day.ts';
import type { PipelineDay } from './pipelineDay.ts';

/** A day of authorizer and pipeline, at the same time, each in its own process. */
export async function soakFunctions(
  size: DaySize,
): Promise<{ readonly authorizer: DayResult; readonly pipeline: DayResult }> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-soak-'));
  try {
    const { cloud, environment } = await chooseCloud(scratch);
    const assembly = benchAssembly(scratch, cloud.issuer, { props: { revocation: true, clients: true } });
    const [authorizer, handler] = [
      deployedFunction(assembly, 'ApiAuthorizerFunction'),
      deployedFunction(assembly, HANDLER),
    ];
    const authorizerDay: Day = { ...size, module: authorizer.module, cloud };
    const pipelineDay: PipelineDay = { ...size, module: handler.module };
    const [ofAuthorizer, ofPipeline] = await Promise.all([
      dayInProcess('authorizerDay.ts', authorizerDay, { ...authorizer.environment, ...environment }),
      dayInProcess('pipelineDay.ts', pipelineDay, { ...handler.environment, ...environment }),
    ]);
    return { authorizer: ofAuthorizer, pipeline: ofPipeline };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Lets a day pass in its own process. What it logs goes to `/dev/null`. */
export function dayInProcess(
  file: 'authorizerDay.ts' | 'pipelineDay.ts',
  day: Day | PipelineDay,
  environment: Readonly<Record<string, string>>,
): Promise<DayResult> {
  return new Promise((done, fail) => {
    const child = fork(join(import.meta.dirname, file), [], {
      env: { ...environment },
      execArgv: ['--expose-gc'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child.once('message', (result) => done(result as DayResult));
    child.once('error', fail);
    child.once('exit', (code) => fail(new Error(`bench/soak/${file} ended with ${code}`)));
    child.send(day);
  });
}
