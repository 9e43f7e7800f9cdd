import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { folderOf } from '../../../test/support/folders.ts';

/** A TypeScript handler as a stack has it, minified, with its map beside it. */
export interface BuiltHandler {
  /** Path of the source. */
  readonly source: string;
  readonly asset: string;
  /** Directory of the map. */
  readonly maps: string;
}

/** Bundles `source` as `handlers/rooms.ts` of a new project. */
export function buildHandler(source: string): BuiltHandler {
  const project = folderOf({});
  const file = join(project, 'handlers', 'rooms.ts');
  const [asset, maps] = [join(project, 'asset'), join(project, 'maps')];
  for (const folder of [join(project, 'handlers'), asset, maps]) mkdirSync(folder);
  writeFileSync(file, source);
  const { outputFiles } = buildSync({
    entryPoints: [file],
    outfile: join(maps, 'index.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    minify: true,
    keepNames: true,
    sourcemap: 'external',
    write: false,
  });
  const code = outputFiles.find(({ path }) => path.endsWith('.mjs'))?.text ?? '';
  const map = outputFiles.find(({ path }) => path.endsWith('.map'))?.text ?? '';
  writeFileSync(join(asset, 'index.mjs'), code);
  writeFileSync(join(maps, `${createHash('sha256').update(code).digest('hex')}.map`), map);
  return { source: file, asset, maps };
}
