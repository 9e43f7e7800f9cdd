/**
 * `npm run docs`: writes what is generated from the sample's definition. With `--check` it writes nothing and fails when
 * a committed file differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { documents } from '../lambdas/documents/api.ts';
import { accessMatrix, matrixMarkdown } from '../lib/access/index.ts';
import { publicOpenApi } from '../lib/openapi/index.ts';

/** Every generated page with its text. */
export function generatedDocs(): Readonly<Record<string, string>> {
  return {
    'access-matrix.md': ended(matrixMarkdown(accessMatrix(documents))),
    'openapi.json': ended(JSON.stringify(publicOpenApi(documents), null, 2)),
  };
}

function ended(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(generatedDocs())) {
    const path = join(import.meta.dirname, name);
    if (!process.argv.includes('--check')) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      process.stderr.write(`docs/${name} is not what the definition says: run npm run docs\n`);
      process.exitCode = 1;
    }
  }
}
