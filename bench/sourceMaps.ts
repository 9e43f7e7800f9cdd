import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BUILD_FOLDER } from '../lib/bundle/buildFolder.ts';
import { benchAssembly } from './assembly.ts';
import { deployedFunction } from './deployedFunction.ts';
import { proxyEvent } from './events.ts';
import { HANDLER } from './functions.ts';
import { median, type Row, row } from './row.ts';
import { inTurns } from './turns.ts';

const ROUNDS = 9;
/** Responds once, and prints the milliseconds of processor time until then. */
const RUNNER = `const { handler } = await import(process.argv[1]);
const { statusCode } = await handler(JSON.parse(process.argv[2]), { awsRequestId: 'bench', getRemainingTimeInMillis: () => 10_000 });
const { user, system } = process.cpuUsage();
if (statusCode !== 201) throw new Error(String(statusCode));
console.log((user + system) / 1000);`;

/**
 * What source maps would cost a cold start on AWS: a fresh process loads the bundle of a handler and responds once, with its map in a file
 * beside it or at its end, against the same bundle without a map. Processor time, because the difference is smaller than what a machine
 * varies by.
 */
export async function benchSourceMaps(rounds = ROUNDS): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-maps-'));
  const before = process.env[BUILD_FOLDER];
  process.env[BUILD_FOLDER] = join(scratch, 'build');
  try {
    const { module: handler } = deployedFunction(benchAssembly(scratch, 'https://login.example.com'), HANDLER);
    const { linked, inline } = withMaps(handler, scratch);
    const compared: readonly (readonly [string, string, number])[] = [
      ['linked', linked, 1.2],
      ['inline', inline, 1.25],
    ];
    const rows: Row[] = [];
    for (const [name, module, target] of compared) {
      const measured = await inTurns(
        rounds,
        () => coldMs(module, ['--enable-source-maps']),
        () => coldMs(handler, []),
      );
      const what = `source maps: processor time of a first response, the map ${name}`;
      rows.push(row(what, 'ms', median(measured.ours), median(measured.peer), target));
    }
    return rows;
  } finally {
    if (before === undefined) delete process.env[BUILD_FOLDER];
    else process.env[BUILD_FOLDER] = before;
    rmSync(scratch, { recursive: true, force: true });
  }
}

function coldMs(module: string, flags: readonly string[]): number {
  const args = [...flags, '--input-type=module', '-e', RUNNER, module, proxyEvent()];
  const env = { PATH: process.env['PATH'], POWERTOOLS_METRICS_NAMESPACE: 'SecureApi', POWERTOOLS_LOG_LEVEL: 'SILENT' };
  const output = execFileSync(process.execPath, args, { env, encoding: 'utf8' });
  return Number(output.trimEnd().split('\n').at(-1));
}

function withMaps(bundle: string, scratch: string): { readonly linked: string; readonly inline: string } {
  const code = readFileSync(bundle, 'utf8');
  const hash = createHash('sha256').update(code).digest('hex');
  const map = readFileSync(join(scratch, 'build', 'maps', `${hash}.map`));
  const paths = { linked: join(scratch, 'linked', 'index.mjs'), inline: join(scratch, 'inline', 'index.mjs') };
  for (const path of Object.values(paths)) mkdirSync(dirname(path));
  writeFileSync(`${paths.linked}.map`, map);
  writeFileSync(paths.linked, `${code}\n//# sourceMappingURL=index.mjs.map\n`);
  const encoded = map.toString('base64');
  writeFileSync(paths.inline, `${code}\n//# sourceMappingURL=data:application/json;base64,${encoded}\n`);
  return paths;
}
