import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { benchAssembly } from '../assembly.ts';
import { load, startGateway } from '../gateway.ts';
import { quarter, referenceMicroseconds } from './reference.ts';
import type { Sample } from './sample.ts';

/** Clock ticks of a second in `/proc`, on every architecture of Linux (proc(5), `sysconf(_SC_CLK_TCK)`). */
const TICKS = 100;
const POLL_MS = 50;
const REFERENCE_MS = 100;
/** After a load, until its connections are closed on both sides. */
const SETTLE_MS = 500;
const LIMIT_MS = 30_000;

/** What each load left in the process of the local gateway. The workers of its functions have their own heaps: those of a day. */
export interface GatewayResult {
  readonly loads: readonly Load[];
}

interface Load extends Sample {
  /** Processor time of a request, in µs. */
  readonly microseconds: number;
  /** The same, in units of a reference that is measured meanwhile: a load during which the machine is slower compares with the others. */
  readonly references: number;
}

/** Several loads of fifty connections on one local gateway, after some that are not counted. Linux only: it reads `/proc`. */
export async function soakGateway({
  warmUp,
  loads,
  seconds,
}: Readonly<Record<'warmUp' | 'loads' | 'seconds', number>>): Promise<GatewayResult> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-soak-gateway-'));
  const file = join(scratch, 'sample.json');
  const gateway = await startGateway(scratch, benchAssembly(scratch, 'https://login.example.com'), {
    flags: ['--expose-gc', '--import', join(import.meta.dirname, 'sampleOnSignal.ts')],
    environment: { BENCH_SAMPLE: file },
  });
  const measured: Load[] = [];
  try {
    for (let i = 0; i < warmUp + loads; i++) {
      const before = processorMicroseconds(gateway.pid);
      const reference: number[] = [];
      const timer = setInterval(() => reference.push(referenceMicroseconds()), REFERENCE_MS);
      const { perSecond } = await load(gateway, '/health', seconds);
      clearInterval(timer);
      const microseconds = (processorMicroseconds(gateway.pid) - before) / (perSecond * seconds);
      // After each load, because a sample collects all garbage, and a load after that takes longer than one before the first sample.
      const sample = await sampleOf(gateway.pid, file);
      if (i >= warmUp) measured.push({ microseconds, references: microseconds / quarter(reference), ...sample });
    }
    return { loads: measured };
  } finally {
    await gateway.end();
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function sampleOf(pid: number, file: string): Promise<Sample> {
  await sleep(SETTLE_MS);
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  for (const deadline = performance.now() + LIMIT_MS; performance.now() < deadline; await sleep(POLL_MS))
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Sample;
  throw new Error('the local gateway wrote no sample');
}

/** Processor time of a process and its threads so far. */
function processorMicroseconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in parentheses, can have spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000_000) / TICKS;
}
