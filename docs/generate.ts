/**
 * `npm run docs`: writes what is generated from the sample's definition, from `errors.md` and from the lists of schema constructs. With `--check` it writes nothing and fails when
 * a committed file differs.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documents } from '../lambdas/documents/api.ts';
import { accessMatrix, matrixMarkdown } from '../lib/access/index.ts';
import { publicOpenApi } from '../lib/openapi/index.ts';
import { errorPages } from './errorPages.ts';
import { schemasPage } from './schemasPage.ts';

/** Every generated page with its text. */
export function generatedDocs(): Readonly<Record<string, string>> {
  return {
    'access-matrix.md': ended(matrixMarkdown(accessMatrix(documents))),
    'openapi.json': ended(JSON.stringify(publicOpenApi(documents), null, 2)),
    'schemas.md': ended(schemasPage()),
    ...errorPages(),
  };
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Pages of codes that no longer exist. */
export function stalePages(): readonly string[] {
  const pages = generatedDocs();
  const folder = join(import.meta.dirname, 'errors');
  const found = existsSync(folder) ? readdirSync(folder).map((name) => `errors/${name}`) : [];
  return found.filter((name) => !Object.hasOwn(pages, name));
}

if (import.meta.main) {
  const check = process.argv.includes('--check');
  const pathOf = (name: string) => join(import.meta.dirname, name);
  const wrong = Object.entries(generatedDocs()).filter(([name, text]) => {
    if (check) return !existsSync(pathOf(name)) || readFileSync(pathOf(name), 'utf8') !== text;
    mkdirSync(dirname(pathOf(name)), { recursive: true });
    writeFileSync(pathOf(name), text);
    return false;
  });
  if (!check) for (const name of stalePages()) rmSync(pathOf(name));
  for (const name of [...wrong.map(([page]) => page), ...stalePages()]) {
    process.stderr.write(`docs/${name} is outdated: run npm run docs\n`);
    process.exitCode = 1;
  }
}
