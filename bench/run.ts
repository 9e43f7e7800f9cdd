/** `npm run bench [-- --json FILE]`: every comparison, with progress on stderr and a table on stdout. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { benchFirstHour } from './firstHour.ts';
import { benchFunctions } from './functions.ts';
import { benchGateway } from './gateway.ts';
import { benchReload } from './reload.ts';
import type { Row } from './row.ts';
import { benchSimulate } from './simulate.ts';
import { benchSourceMaps } from './sourceMaps.ts';
import { benchSynth } from './synth.ts';
import { benchValidators } from './validators.ts';

const BENCHES: readonly (readonly [string, () => Promise<readonly Row[]>])[] = [
  ['functions', benchFunctions],
  ['source maps', benchSourceMaps],
  ['validators', benchValidators],
  ['synth', benchSynth],
  ['simulate', benchSimulate],
  ['gateway', benchGateway],
  ['first hour', benchFirstHour],
  ['reload', benchReload],
];

const { values } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string', multiple: true }, help: { type: 'boolean' } },
});
const unknown = values.only?.find((name) => !BENCHES.some(([known]) => known === name));
if (values.help) {
  process.stdout.write('Usage: npm run bench [-- --json FILE] [-- --only NAME …]\n');
} else if (unknown !== undefined) {
  process.stderr.write(`No measurement ${unknown}: one of ${BENCHES.map(([name]) => name).join(', ')}\n`);
  process.exitCode = 2;
} else {
  const rows: Row[] = [];
  for (const [name, bench] of BENCHES.filter(([name]) => values.only?.includes(name) ?? true)) {
    process.stderr.write(`measuring ${name}\n`);
    rows.push(...(await bench()));
  }
  process.stdout.write(`${table(rows)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  process.exitCode = rows.every((row) => row.pass) ? 0 : 1;
}

function table(rows: readonly Row[]): string {
  const head = ['what', 'unit', 'ours', 'peer', 'ratio', 'target', ''];
  const cells = rows.map((row) =>
    [row.name, row.unit, row.ours, row.peer, row.ratio, row.target, row.pass ? 'pass' : 'fail'].map(String),
  );
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map((line) => line[i]?.length ?? 0)));
  return [head, ...cells].map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
}
