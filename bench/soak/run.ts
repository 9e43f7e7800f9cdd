/** `npm run bench:soak`: a day of two million requests, and what it leaves. Exits with 1 where something grew, slowed down or was decided wrongly. */
import { parseArgs } from 'node:util';
import { type Check, checksOfDay, checksOfGateway } from './checks.ts';
import type { DaySize } from './day.ts';
import { soakFunctions } from './soak.ts';
import { soakGateway } from './soakGateway.ts';

const HOURS = 24;
const REQUESTS = 2_000_000;
const GATEWAY = { warmUp: 2, loads: 12, seconds: 3 };
const USAGE = `Usage: npm run bench:soak -- [--hours N] [--requests N] [--help]
  --hours N     of the driven clock, ${HOURS} by default
  --requests N  to the authorizer, and as many to the pipeline; ${REQUESTS} in ${HOURS} hours by default
Exits with 0 if nothing grew, with 1 if something did, slowed down or was decided wrongly, with 2 for an option that is wrong.
`;

/** @returns the exit code. */
async function soak({ hours, requests }: DaySize): Promise<number> {
  const started = performance.now();
  const seconds = () => Math.round((performance.now() - started) / 1000);
  process.stderr.write(`${hours} hours with ${requests} requests to the authorizer, and as many to the pipeline\n`);
  const { authorizer, pipeline } = await soakFunctions({ hours, requests });
  process.stderr.write(`the local gateway (${seconds()} s so far)\n`);
  const gateway = await soakGateway(GATEWAY);
  const checks = [
    ...checksOfDay('authorizer', authorizer),
    ...checksOfDay('pipeline', pipeline),
    ...checksOfGateway(gateway),
  ];
  process.stderr.write(
    `${table({ authorizer: authorizer.tenths, pipeline: pipeline.tenths, gateway: gateway.loads })}\n`,
  );
  const faults = [...authorizer.faults, ...pipeline.faults];
  for (const line of [...checks.map(lineOf), ...faults.map((fault) => `fail  ${fault}`)])
    process.stdout.write(`${line}\n`);
  process.stdout.write(`${authorizer.requests + pipeline.requests} requests in ${seconds()} s\n`);
  return faults.length === 0 && checks.every(({ passes }) => passes) ? 0 : 1;
}

function lineOf({ what, first, last, passes }: Check): string {
  return `${passes ? 'pass' : 'fail'}  ${what}: ${first.toPrecision(4)} at first, ${last.toPrecision(4)} at the end`;
}

/** Every sample, for the reader of a run that fails. */
function table(samples: Readonly<Record<string, readonly object[]>>): string {
  return Object.entries(samples)
    .flatMap(([name, all]) => {
      const columns = Object.keys(all[0] ?? {}) as never[];
      return columns.map(
        (column) => `  ${name}, ${column}: ${all.map((one) => Number(one[column]).toPrecision(4)).join(' ')}`,
      );
    })
    .join('\n');
}

function optionsOf() {
  try {
    const { help, ...given } = parseArgs({
      options: { hours: { type: 'string' }, requests: { type: 'string' }, help: { type: 'boolean' } },
    }).values;
    const hours = Number(given.hours ?? HOURS);
    return { help, hours, requests: Number(given.requests ?? Math.round((REQUESTS * hours) / HOURS)) };
  } catch {
    return { help: false, hours: Number.NaN, requests: Number.NaN };
  }
}

const { help, ...size } = optionsOf();
if (help) process.stdout.write(USAGE);
else if (!Object.values(size).every((value) => Number.isSafeInteger(value) && value >= 1)) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else process.exitCode = await soak(size);
