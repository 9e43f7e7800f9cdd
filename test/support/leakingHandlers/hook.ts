import { secure } from './secure.ts';

export const handler = secure('hook', ({ body, log }) => {
  log.info('received', { body });
  throw new Error(`the order ${body.text} failed`);
});
