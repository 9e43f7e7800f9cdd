/**
 * Two handlers in one process, without a runtime around them: `node bench/inProcess.ts MODULE MODULE EVENT`. They take turns; what they log goes
 * to standard output. Sends the microseconds of processor time of a call, of each batch, to the process that started this one: `{ ours, peer }`.
 */
import { readFileSync } from 'node:fs';

type Handler = (event: unknown, context: object) => Promise<{ readonly statusCode?: number }>;

const WARM_UP = 5_000;
const BATCH = 500;
const BATCHES = 40;
const CONTEXT = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 10_000 };

const [, , ours = '', peer = '', eventFile = ''] = process.argv;
const event = readFileSync(eventFile, 'utf8');
const load = async (module: string) => ((await import(module)) as { readonly handler: Handler }).handler;
const handlers = { ours: await load(ours), peer: await load(peer) };
const took = { ours: [] as number[], peer: [] as number[] };

/** Processor time of a call. Each has its own event, as a runtime parses one for each. */
async function call(handler: Handler, count: number): Promise<number> {
  const events = Array.from({ length: count }, () => JSON.parse(event) as unknown);
  const started = process.cpuUsage();
  let last: Awaited<ReturnType<Handler>> = {};
  for (const each of events) last = await handler(each, CONTEXT);
  const { user, system } = process.cpuUsage(started);
  if (Number(last.statusCode) >= 400) throw new Error(`not served: ${JSON.stringify(last)}`);
  return (user + system) / count;
}

for (const handler of Object.values(handlers)) await call(handler, WARM_UP);
for (let batch = 0; batch < BATCHES; batch++) {
  took.ours.push(await call(handlers.ours, BATCH));
  took.peer.push(await call(handlers.peer, BATCH));
}
process.send?.(took, () => process.exit(0));
