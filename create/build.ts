/** Before `npm pack`: the command as one file for Node 20 and later, and beside it the template and its versions. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { writeTemplate } from './writeTemplate.ts';

const out = join(import.meta.dirname, 'dist');

await build({
  entryPoints: [join(import.meta.dirname, 'main.ts')],
  outfile: join(out, 'main.js'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
});
writeTemplate(out);
