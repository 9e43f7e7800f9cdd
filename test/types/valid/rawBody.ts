import { Type } from 'typebox';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import { defineApi, object, post, put, Webhook } from '../../../lib/definition/index.ts';
import { roles, tiers } from '../api.ts';

const kept = { permission: 'note:write', responses: { 204: { description: 'Kept' } } } as const;
const bytes = { rawBody: true, bodyType: 'application/octet-stream' } as const;

/** Routes whose handlers get the bytes of the body, and one whose handler does not. */
export const files = defineApi({
  name: 'files',
  version: '1.0.0',
  roles,
  tiers,
  routes: {
    keep: put('/files', { ...kept, ...bytes }),
    maybe: post('/maybe', { ...kept, rawBody: true, bodyType: ['image/png', 'text/csv'], bodyRequired: false }),
    both: post('/both', { ...kept, rawBody: true, body: object({ text: Type.String({ maxLength: 9 }) }) }),
    hook: post('/hook', { webhook: Webhook.github('hook'), ...bytes, responses: kept.responses }),
    plain: post('/plain', { ...kept, body: object({ text: Type.String({ maxLength: 9 }) }) }),
  },
});

const secure = handlersOf<typeof files>();
const done = { status: 204 } as const;

export const handlers = [
  secure('keep', ({ rawBody, body }) => {
    const all: Uint8Array = rawBody;
    const nothing: undefined = body;
    if (all.length > 9) throw new Error(String(nothing));
    return done;
  }),
  secure('maybe', ({ rawBody }) => {
    const sent: Uint8Array | undefined = rawBody;
    return sent === undefined ? done : { status: 204 };
  }),
  secure('both', ({ rawBody, body }) => {
    const all: Uint8Array = rawBody;
    const text: string = body.text;
    if (all.length < text.length) throw new Error('impossible');
    return done;
  }),
  secure('hook', ({ rawBody, webhook }) => {
    const all: Uint8Array = rawBody;
    const name: 'hook' = webhook.name;
    if (all.length > name.length) throw new Error('large');
    return done;
  }),
];
