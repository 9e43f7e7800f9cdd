/** `node build/copyEdgeCode.ts`, a part of prepack: copies the functions of CloudFront to `dist`. They run as they are, so nothing compiles them. */
import { cpSync, globSync } from 'node:fs';
import { join } from 'node:path';

// A compiled file of the same name would be replaced by one that Node.js cannot load.
for (const file of globSync('lib/construct/**/*.js'))
  cpSync(file, join('dist', file), { force: false, errorOnExist: true });
