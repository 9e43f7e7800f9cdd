import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync, transformSync } from 'esbuild';
import type { ZodType } from 'zod';
import { shop as typeboxShop } from '../examples/schemas/typebox.ts';
import { shop as zodShop } from '../examples/schemas/zod.ts';
import { documents } from '../lambdas/documents/api.ts';
import { compileValidator, validatorSource } from '../lib/validators/index.ts';
import { median, type Row, row } from './row.ts';

const ROUNDS = 5;
const STARTS = 9;
const MILLISECONDS = 300;
/** What a route's validators may add to its function. */
const BUDGET_KB = 25;
const ORDER = {
  email: 'a@example.com',
  lines: Array.from({ length: 6 }, (_, i) => ({ sku: `ABCD${i}`, quantity: i + 1 })),
  note: 'Please ring twice.',
};

/** What the compiled validators cost: bytes, validations a second, and time of a cold start, beside Zod's. */
export async function benchValidators(): Promise<readonly Row[]> {
  const largest = Math.max(...Object.values(documents.routes).map((route) => minifiedBytes(validatorSource(route))));
  const validate = compileValidator(typeboxShop.routes.placeOrder);
  const schema = zodShop.spec.placeOrder.options.body as ZodType;
  const request = { path: {}, query: {}, headers: {}, body: ORDER };
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(perSecond(() => validate(request)));
    peer.push(perSecond(() => schema.safeParse(ORDER).success));
  }
  const [cold, zodCold] = coldStarts();
  return [
    row('validators of a route: largest of the sample against the budget', 'KB', largest / 1000, BUDGET_KB, 1),
    row('validate an order of 15 values: compiled against Zod', 'validations/s', median(ours), median(peer), 2),
    row('load a validator at cold start: compiled against Zod', 'ms', cold, zodCold, 0.5),
  ];
}

function minifiedBytes({ request, response }: { request: string; response: string }): number {
  const sizes = [request, response].map((code) => transformSync(code, { minify: true, format: 'esm' }).code.length);
  return sizes.reduce((total, bytes) => total + bytes);
}

function perSecond(work: () => boolean): number {
  const end = performance.now() + MILLISECONDS;
  let done = 0;
  while (performance.now() < end) {
    for (let i = 0; i < 100; i++) if (!work()) throw new Error('the order was rejected');
    done += 100;
  }
  return (done * 1000) / MILLISECONDS;
}

/** Milliseconds from the import to the first result, each in its own process, as one bundled file. */
function coldStarts(): readonly [number, number] {
  const folder = mkdtempSync(join(tmpdir(), 'bench-validators-'));
  try {
    writeFileSync(join(folder, 'order.mjs'), validatorSource(typeboxShop.routes.placeOrder).request);
    const request = JSON.stringify({ path: {}, query: {}, headers: {}, body: ORDER });
    const compiled = bundled(
      folder,
      'ours',
      `import validate from './order.mjs'; export default () => validate(${request});`,
    );
    const zod = `
      import { z } from ${JSON.stringify(import.meta.resolve('zod').replace('file://', ''))};
      const Line = z.strictObject({ sku: z.string().regex(/^[A-Z0-9]{4,12}$/).max(12), quantity: z.int().min(1).max(99) });
      const Order = z.strictObject({ email: z.email().max(120), lines: z.array(Line).min(1).max(20), note: z.string().max(200).optional() });
      export default () => Order.safeParse(${JSON.stringify(ORDER)}).success;`;
    const peer = bundled(folder, 'zod', zod);
    const times = { ours: [] as number[], peer: [] as number[] };
    for (let i = 0; i < STARTS; i++) {
      times.ours.push(started(compiled));
      times.peer.push(started(peer));
    }
    return [median(times.ours), median(times.peer)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bundled(folder: string, name: string, source: string): string {
  const outfile = join(folder, `${name}.bundle.mjs`);
  writeFileSync(join(folder, `${name}.mjs`), source);
  buildSync({
    entryPoints: [join(folder, `${name}.mjs`)],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
  });
  return outfile;
}

function started(file: string): number {
  const code = `const start = performance.now();
    const { default: validate } = await import(${JSON.stringify(file)});
    if (!validate()) throw new Error('the order was rejected');
    process.stdout.write(String(performance.now() - start));`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' }));
}
