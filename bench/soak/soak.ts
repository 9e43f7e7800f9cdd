import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localTls } from '../../local/services/certificates.ts';
import { benchAssembly } from '../assembly.ts';
import { deployedFunction } from '../deployedFunction.ts';
import { HANDLER } from '../functions.ts';
import type { Day } from './authorizerDay.ts';
import type { DayResult, DaySize } from './day.ts';
import type { PipelineDay } from './pipelineDay.ts';

/** A day of authorizer and pipeline, at the same time, each in its own process. */
export async function soakFunctions(
  size: DaySize,
): Promise<{ readonly authorizer: DayResult; readonly pipeline: DayResult }> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-soak-'));
  try {
    const tls = await localTls(scratch);
    const [issuerPort = 0, secretsPort = 0, tablesPort = 0] = await freePorts(3);
    const issuer = `https://localhost:${issuerPort}`;
    const assembly = benchAssembly(scratch, issuer, { props: { revocation: true, clients: true } });
    const [authorizer, handler] = [
      deployedFunction(assembly, 'ApiAuthorizerFunction'),
      deployedFunction(assembly, HANDLER),
    ];
    const files = { cert: join(scratch, 'soak.pem'), key: join(scratch, 'soak.key') };
    writeFileSync(files.cert, tls.cert);
    writeFileSync(files.key, tls.key);
    const aws = {
      NODE_EXTRA_CA_CERTS: tls.caPath,
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'soak',
      AWS_SECRET_ACCESS_KEY: 'soak',
      AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${secretsPort}`,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${tablesPort}`,
    };
    const cloud = { issuer, tls: files, secretsPort, tablesPort };
    const authorizerDay: Day = { ...size, module: authorizer.module, cloud };
    const pipelineDay: PipelineDay = { ...size, module: handler.module };
    const [ofAuthorizer, ofPipeline] = await Promise.all([
      dayInProcess('authorizerDay.ts', authorizerDay, { ...authorizer.environment, ...aws }),
      dayInProcess('pipelineDay.ts', pipelineDay, { ...handler.environment, ...aws }),
    ]);
    return { authorizer: ofAuthorizer, pipeline: ofPipeline };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Lets a day pass in a process of its own. What it logs goes to `/dev/null`. */
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

/** Ports that nothing listens on. */
async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((done) =>
          server.listen(0, '127.0.0.1', () => done((server.address() as { readonly port: number }).port)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
