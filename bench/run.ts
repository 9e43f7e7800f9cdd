/** `npm run bench`: every comparison, with progress on stderr and a table on stdout. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchBundles } from './bundles.ts';
import { benchClientGrowth } from './clientGrowth.ts';
import { benchFirstHour } from './firstHour.ts';
import { benchFunctions } from './functions.ts';
import { benchGateway } from './gateway.ts';
import { benchGrowth } from './growth.ts';
import { exitCodeOf, measureParts } from './measure.ts';
import { benchMemory } from './memory.ts';
import { type Part, SECONDS } from './parts.ts';
import { benchPipeline } from './pipeline.ts';
import { benchReload } from './reload.ts';
import type { Row } from './row.ts';
import { benchSimulate } from './simulate.ts';
import { benchSourceMaps } from './sourceMaps.ts';
import { benchSynth } from './synth.ts';
import { benchValidators } from './validators.ts';

const BENCHES: Readonly<Record<Part, () => Promise<readonly Row[]>>> = {
  functions: () => benchFunctions(),
  bundles: benchBundles,
  pipeline: benchPipeline,
  growth: () => benchGrowth(),
  clients: () => benchClientGrowth(),
  synth: benchSynth,
  dev: benchReload,
  gateway: benchGateway,
  memory: benchMemory,
  'source maps': () => benchSourceMaps(),
  validators: benchValidators,
  simulate: benchSimulate,
  'first hour': benchFirstHour,
};
const USAGE = `Usage: npm run bench -- [--only NAME]... [--json FILE] [--help]
  --only NAME  one measurement: ${Object.keys(BENCHES).join(', ')}
  --json FILE  writes the rows as a list of { name, unit, ours, peer, ratio, target, pass }
The rows of a part that fails are missing, and all others are measured. Exits with 0 if each row reaches its target, with 1 if one misses it,
with 2 for an option that is wrong, with 3 if a part failed.
`;

/** @returns the exit code. */
async function main(): Promise<number> {
  const options = optionsOf();
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${USAGE}`);
    return 2;
  }
  const { help, only = Object.keys(BENCHES), json } = options;
  if (help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const measured = await measureParts(only as readonly Part[], (part) => BENCHES[part](), {
    seconds: SECONDS,
    say: (line) => process.stderr.write(`${line}\n`),
    keep: (rows) => json !== undefined && writeFileSync(json, `${JSON.stringify(rows, null, 2)}\n`),
  });
  process.stdout.write(`${table(measured.rows)}\n`);
  for (const { part, reason } of measured.failed) process.stdout.write(`${part} failed: ${reason.split('\n')[0]}\n`);
  return exitCodeOf(measured);
}

/** @returns what is wrong with the options. */
function optionsOf() {
  try {
    const { values } = parseArgs({
      options: { json: { type: 'string' }, only: { type: 'string', multiple: true }, help: { type: 'boolean' } },
    });
    const unknown = values.only?.find((name) => !Object.hasOwn(BENCHES, name));
    return unknown === undefined ? values : `There is no measurement ${unknown}.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function table(rows: readonly Row[]): string {
  const head = ['what', 'unit', 'ours', 'peer', 'ratio', 'target', ''];
  const cells = rows.map((row) =>
    [row.name, row.unit, row.ours, row.peer, row.ratio, row.target, row.pass ? 'pass' : 'fail'].map(String),
  );
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((line) => line[i]?.length ?? 0)));
  return [head, ...cells].map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
}

process.exitCode = await main();
