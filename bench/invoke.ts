/**
 * One function in a process of its own, as a Lambda environment is: reads `{ module, events }` from stdin, answers the first
 * event, says so, makes warm calls and prints the microseconds of one.
 */
import { text } from 'node:stream/consumers';

import { ANSWERED, type Job } from './job.ts';

const WARM_UP = 500;
const CALLS = 3_000;

const { module, events } = JSON.parse(await text(process.stdin)) as Job;
const { handler } = (await import(module)) as { handler: (event: unknown, context: object) => Promise<unknown> };
const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 10_000 };
const write = process.stdout.write.bind(process.stdout);

const first = await handler(events[0], context);
// A refusal is faster than an answer, and would be no measurement of one.
if (Number((first as { statusCode?: number }).statusCode ?? 200) >= 400) throw new Error(JSON.stringify(first));
write(`${ANSWERED}\n`);
// What functions log is made, as on Lambda, but not sent through this pipe.
process.stdout.write = () => true;
const call = async (count: number) => {
  for (let i = 0; i < count; i++) await handler(events[i % events.length], context);
};
await call(WARM_UP);
const started = performance.now();
await call(CALLS);
const warmUs = ((performance.now() - started) * 1000) / CALLS;
write(`${warmUs}\n`, () => process.exit(0));
