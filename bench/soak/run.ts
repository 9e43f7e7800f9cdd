/** `npm run bench:soak`: a day of two million requests, and what it leaves. Exits with 1 where something grew, slowed down or was decided wrongly. */
import { parseArgs } from 'node:util';
import type { DayResult } from './day.ts';
import { type GatewayResult, soakFunctions, soakGateway } from './soak.ts';

const DAY_HOURS = 24;
const REQUESTS = 2_000_000;
const GATEWAY = { loads: 6, seconds: 4 };
/** How much of the heap may be added in a day: noise of the collector, and a table that grew once. */
const MAX_HEAP = { ratio: 1.1, mb: 2 };
const MAX_SLOWER = 1.1;
/** Sockets that are open at the moment of the count. */
const MAX_DESCRIPTORS = 8;
const MAX_GATEWAY_MB = 1.25;
const USAGE = 'Usage: npm run bench:soak -- [--requests N] [--help]\n';

type Check = readonly [what: string, first: number, last: number, passes: boolean];

function checksOf(name: string, { first, last, heapMb, descriptors, resources }: DayResult): readonly Check[] {
  const { start, end } = heapMb;
  return [
    [`${name}: heap after a collection, MB`, start, end, end <= start * MAX_HEAP.ratio + MAX_HEAP.mb],
    [
      `${name}: descriptors`,
      descriptors.start,
      descriptors.end,
      descriptors.end <= descriptors.start + MAX_DESCRIPTORS,
    ],
    [`${name}: active resources`, resources.start, resources.end, resources.end <= resources.start + MAX_DESCRIPTORS],
    [`${name}: processor time of a request, µs`, first, last, last <= first * MAX_SLOWER],
  ];
}

function checksOfGateway({ first, last, mb, descriptors }: GatewayResult): readonly Check[] {
  return [
    ['local gateway: resident memory, MB', mb.start, mb.end, mb.end <= mb.start * MAX_GATEWAY_MB],
    [
      'local gateway: descriptors',
      descriptors.start,
      descriptors.end,
      descriptors.end <= descriptors.start + MAX_DESCRIPTORS,
    ],
    ['local gateway: requests a second', first, last, last * MAX_SLOWER >= first],
  ];
}

/** @returns the exit code. */
async function soak(requests: number): Promise<number> {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  process.stderr.write(`a day of ${requests} requests to the authorizer, and as many to the pipeline\n`);
  const { authorizer, pipeline } = await soakFunctions({ hours: DAY_HOURS, requests });
  process.stderr.write(`the local gateway (${seconds()} s so far)\n`);
  const gateway = await soakGateway(GATEWAY.loads, GATEWAY.seconds);
  const checks = [
    ...checksOf('authorizer', authorizer),
    ...checksOf('pipeline', pipeline),
    ...checksOfGateway(gateway),
  ];
  const faults = [...authorizer.faults, ...pipeline.faults];
  for (const [what, first, last, passes] of checks)
    process.stdout.write(
      `${passes ? 'pass' : 'fail'}  ${what}: ${first.toPrecision(4)} at first, ${last.toPrecision(4)} at the end\n`,
    );
  for (const fault of faults) process.stdout.write(`fail  ${fault}\n`);
  process.stdout.write(`${authorizer.requests + pipeline.requests} requests in ${seconds()} s\n`);
  return faults.length === 0 && checks.every(([, , , passes]) => passes) ? 0 : 1;
}

function optionsOf() {
  try {
    const { help, requests = String(REQUESTS) } = parseArgs({
      options: { requests: { type: 'string' }, help: { type: 'boolean' } },
    }).values;
    return { help, requests: Number(requests) };
  } catch {
    return { help: false, requests: Number.NaN };
  }
}

const { help, requests } = optionsOf();
if (help) process.stdout.write(USAGE);
else if (!Number.isSafeInteger(requests) || requests < 1) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else process.exitCode = await soak(requests);
