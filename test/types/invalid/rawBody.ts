import { Type } from 'typebox';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import { object, post } from '../../../lib/definition/index.ts';
import type { files } from '../valid/rawBody.ts';

const kept = { permission: 'note:write', responses: { 204: { description: 'Kept' } } } as const;
const body = object({ text: Type.String({ maxLength: 9 }) });

// @ts-expect-error false, which is the default
post('/files', { ...kept, rawBody: false, bodyType: 'text/csv' });
// @ts-expect-error a misspelt option
post('/files', { ...kept, rawbody: true, body });
// @ts-expect-error no media type
post('/files', { ...kept, rawBody: true, bodyType: 'bytes' });
// @ts-expect-error bytes that the schema cannot describe
post('/files', { ...kept, rawBody: true, body, bodyType: 'image/png' });
// @ts-expect-error bytes without rawBody
post('/files', { ...kept, body, bodyType: 'image/png' });
// @ts-expect-error the same in a list
post('/files', { ...kept, body, bodyType: ['application/json', 'image/png'] });

const secure = handlersOf<typeof files>();

// @ts-expect-error a route without rawBody
secure('plain', ({ rawBody }) => ({ status: rawBody === undefined ? 204 : 204 }));

secure('maybe', ({ rawBody }) => {
  // @ts-expect-error an optional body can be missing
  const all: Uint8Array = rawBody;
  if (all.length > 9) throw new Error('large');
  return { status: 204 };
});
secure('keep', ({ rawBody }) => {
  // @ts-expect-error bytes are no string
  const text: string = rawBody;
  if (text === '') throw new Error('empty');
  return { status: 204 };
});
