import { setTimeout as sleep } from 'node:timers/promises';
import { secure } from './secure.ts';

export const handler = secure('failNote', async ({ path }) => {
  if (path.id === 'slow') await sleep(60_000);
  throw new Error('a bug');
});
