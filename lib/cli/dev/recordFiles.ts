/**
 * Preloaded into the CDK app that `secure-api dev` starts: writes which files of the project the app has loaded, so that the
 * command knows when to run it again. Each process of the app writes its own file.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { APP_FILES } from '../appVariables.ts';

const folder = process.env[APP_FILES];
const files = new Set<string>();

if (folder !== undefined) {
  const [, main = ''] = process.argv;
  if (main !== '' && !main.includes('node_modules')) files.add(main);
  registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context);
      // Packages are not edited. Loaders add queries to what they have transformed.
      if (resolved.url.startsWith('file:') && !resolved.url.includes('/node_modules/')) {
        files.add(fileURLToPath(resolved.url.replace(/[?#].*$/, '')));
      }
      return resolved;
    },
  });
  process.on('exit', () => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${process.pid}.json`), JSON.stringify([...files]));
  });
}
