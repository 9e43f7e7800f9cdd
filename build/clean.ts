/** Removes what an earlier build has left in `dist` of the current folder, so that nothing stale is packed. */
import { rmSync } from 'node:fs';

rmSync('dist', { recursive: true, force: true });
