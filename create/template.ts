import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The content of files, by their paths below a folder, with `/`. */
export type Files = Readonly<Record<string, string>>;

/** npm leaves files of this name out of packages, so the template has another. */
const RENAMED: Files = { gitignore: '.gitignore' };

/** Reads the template: the files of a project whose name is `my-api`, with a user pool and without a domain. */
export function readTemplate(): Files {
  const folder = fileURLToPath(new URL('template', import.meta.url));
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  return Object.fromEntries(
    paths.sort().map((path) => {
      const name = path.replaceAll('\\', '/');
      return [RENAMED[name] ?? name, readFileSync(join(folder, path), 'utf8')];
    }),
  );
}
