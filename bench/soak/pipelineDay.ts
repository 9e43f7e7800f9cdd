/** A day of a handler's pipeline, in its own process: valid requests, and invalid ones, which must be rejected. */
import { proxyEvent } from '../events.ts';
import { type DaySize, drivenClock, passDay } from './day.ts';

/** What the process is started with. */
export interface PipelineDay extends DaySize {
  readonly module: string;
}

type Handler = (event: unknown, context: object) => Promise<{ readonly statusCode: number }>;

const CONTEXT = { awsRequestId: 'soak', functionName: 'soak', getRemainingTimeInMillis: () => 10_000 };
/** One of so many requests is invalid. */
const INVALID_EVERY = 20;

process.once('message', async (day: PipelineDay) => {
  const move = drivenClock();
  const { handler } = (await import(day.module)) as { readonly handler: Handler };
  let valid = '';
  let invalid = '';
  const result = await passDay(day, move, {
    async step() {
      valid = proxyEvent();
      invalid = valid.replace('A title', '');
      return [];
    },
    async request(_, i) {
      const isValid = i % INVALID_EVERY !== 0;
      const { statusCode } = await handler(JSON.parse(isValid ? valid : invalid), CONTEXT);
      const expected = isValid ? 201 : 400;
      return statusCode === expected ? undefined : `a request: ${statusCode} instead of ${expected}`;
    },
  });
  process.send?.(result, () => process.exit(0));
});
