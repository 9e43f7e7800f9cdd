/**
 * `npm run fuzz:contract`: Schemathesis, a fuzzer of contracts, reads the public document of the sample and sends what it makes of it
 * to the local gateway, with a real token. It is not part of `npm test`.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../support/folders.ts';
import { cli, type Ready, startGateway } from '../support/gateway.ts';
import { type PythonTool, pythonTool } from '../support/pythonTool.ts';

const run = promisify(execFile);
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');
/** Below the rate of the premium tier, so that few requests are throttled. */
const RATE = '40/s';
const SECONDS = 180;
/**
 * Checks that do not apply, each with the reason:
 * - a schema cannot express every rule: the text policies, preconditions, endings of file names
 * - API Gateway has no 405: a method without a route is the problem `route-not-found`
 * - an idempotency key that the fuzzer uses twice returns the stored response, whose document may be deleted
 */
const EXCLUDED = ['positive_data_acceptance', 'unsupported_method', 'ensure_resource_availability'];

process.exitCode = await main();

async function main(): Promise<number> {
  const tool = await pythonTool('fuzz', REQUIREMENTS);
  const assembly = join(tool.cache, 'cdk.out');
  await run(process.execPath, [join(root, 'bin', 'app.ts')], {
    cwd: root,
    env: { ...process.env, CDK_OUTDIR: assembly },
  });
  const gateway = await startGateway({ assembly });
  try {
    const token = await gateway.token('admin', { tier: 'premium', ttl: 3600 });
    const document = join(tool.cache, 'openapi.json');
    const { stdout } = await cli(['openapi', '--server', gateway.ready.url]);
    writeFileSync(document, stdout);
    return await fuzz(tool, document, gateway.ready, token);
  } finally {
    await gateway.stop();
  }
}

async function fuzz(
  { cache, command }: PythonTool,
  document: string,
  { url, ca }: Ready,
  token: string,
): Promise<number> {
  // The token is in a file of the user's own, not on the command line.
  const config = join(cache, 'schemathesis.toml');
  writeFileSync(config, `headers = { Authorization = ${JSON.stringify(`Bearer ${token}`)} }\n`, { mode: 0o600 });
  const limits = ['--rate-limit', RATE, '--max-time', String(SECONDS), '--max-examples', '20', '--seed', '1'];
  const checks = ['--exclude-checks', EXCLUDED.join(','), '--continue-on-failure'];
  const options = ['--url', url, '--tls-verify', ca, '--no-color', ...limits, ...checks];
  const args = ['--config-file', config, 'run', document, ...options];
  const child = spawn(command('schemathesis'), args, { cwd: cache, stdio: 'inherit' });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code ?? 1;
  } finally {
    rmSync(config, { force: true });
  }
}
