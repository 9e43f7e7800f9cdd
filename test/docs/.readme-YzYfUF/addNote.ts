// handlers/addNote.ts
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import type { notes } from './notes.ts';

const secure = handlersOf<typeof notes>();

export const handler = secure('addNote', async ({ body, caller, log }) => {
  log.info('note added', { subject: caller.subject });
  return { status: 201, body };
});
