/** The hostile messages of webhooks, for those who send them to a function or to the whole gateway. */
import { bodies } from './cases/webhookBodies.ts';
import { digests } from './cases/webhookDigests.ts';
import { signatures } from './cases/webhookSignatures.ts';
import { ids, times } from './cases/webhookTimes.ts';
import type { MessageCase } from './message.ts';

const CASES: Readonly<Record<string, readonly MessageCase[]>> = { digests, signatures, times, ids, bodies };

/** Category, what arrives, the message, and the expected status of functions and gateway. */
export const MESSAGES = Object.entries(CASES).flatMap(([category, cases]) =>
  cases.map(([what, messageOf, status, byGateway = status]) => {
    return [category, what, messageOf, { status, byGateway }] as const;
  }),
);

/** A valid body that no other case has. */
export function bodyOf(category: string, what: string): string {
  return JSON.stringify({ type: 'paid', id: `${category}: ${what}` });
}

/** What the sender of a rejected message learns: the code, and whatever depends on the message. */
export function learned(problem: string): readonly unknown[] {
  const { type: _, title, status, instance, ...more } = JSON.parse(problem) as Readonly<Record<string, unknown>>;
  return [title, status, typeof instance, more];
}
