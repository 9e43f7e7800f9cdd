/**
 * One function in a process of its own, as a Lambda environment is: reads `{ module, events }` from stdin, responds to the first
 * event, says so, makes warm calls and prints the microseconds of one.
 */
import { text } from 'node:stream/consumers';
import { CALLS, FIRST_RESPONSE, type Job, WARM_UP } from './job.ts';

const { module, events } = JSON.parse(await text(process.stdin)) as Job;
const { handler } = (await import(module)) as { handler: (event: unknown, context: object) => Promise<unknown> };
const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 10_000 };
const write = process.stdout.write.bind(process.stdout);

let next = 0;
const call = async (count: number): Promise<unknown> => {
  let response: unknown;
  for (let i = 0; i < count; i++) response = await handler(events[next++ % events.length], context);
  return response;
};

requireSuccess(await call(1));
write(`${FIRST_RESPONSE}\n`);
// What functions log is made, as on Lambda, but not sent through this pipe.
process.stdout.write = () => true;
await call(WARM_UP);
const started = performance.now();
const last = await call(CALLS);
const warmUs = ((performance.now() - started) * 1000) / CALLS;
requireSuccess(last);
write(`${warmUs}\n`, () => process.exit(0));

/** A rejection is faster than a response, and would measure nothing. */
function requireSuccess(response: unknown): void {
  const { statusCode, policyDocument } = response as {
    readonly statusCode?: number;
    readonly policyDocument?: { readonly Statement: readonly { readonly Effect: string }[] };
  };
  const denied = policyDocument?.Statement.some(({ Effect }) => Effect === 'Deny') ?? false;
  if (Number(statusCode ?? 200) >= 400 || denied) throw new Error(JSON.stringify(response));
}
