import { cpSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalModel } from '../localPackage.ts';

/** How functions of the stack are broken: which, and what runs in place of their code. */
export interface Breakage {
  /** A part of their logical ids, or their names. */
  readonly functions: string | readonly string[];
  /** A module of JavaScript; `original.mjs` is the code of the function. */
  readonly code: string;
}

/** The code of functions whose logical ids have a part in common, by the directory of the asset that it replaces. */
export function brokenCode(
  { functions }: LocalModel,
  { functions: wanted, code }: Breakage,
  folder: string,
): Readonly<Record<string, string>> {
  const found = functions.filter(({ logicalId, name }) =>
    typeof wanted === 'string' ? logicalId.includes(wanted) : wanted.includes(name),
  );
  if (found.length === 0) throw new Error(`the stack has no function ${wanted}`);
  const pairs = [...new Set(found.map(({ assetPath }) => assetPath))].map((assetPath) => {
    const copy = mkdtempSync(join(folder, 'broken-'));
    cpSync(assetPath, copy, { recursive: true });
    renameSync(join(copy, 'index.mjs'), join(copy, 'original.mjs'));
    writeFileSync(join(copy, 'index.mjs'), code);
    return [assetPath, copy] as const;
  });
  return Object.fromEntries(pairs);
}

/** A function that fails at each request. */
export const FAILS = `export const handler = async () => { throw new Error('drill'); };\n`;

/** A handler whose result API Gateway cannot make a response of. */
export const MALFORMED = `export const handler = async () => 'drill';\n`;

/** A handler that responds. */
export const WORKS = `export const handler = async () => ({ statusCode: 200, body: '{}' });\n`;

/** The function, four seconds late. */
export const LATE = `const original = await import('./original.mjs');
export const handler = async (...all) => {
  await new Promise((done) => setTimeout(done, 4_000));
  return original.handler(...all);
};
`;

/** A function that fails or is late when its event says so. */
export const OBEYS = `export const handler = async ({ drill }) => {
  if (drill === 'fail') throw new Error('drill');
  if (drill === 'late') await new Promise((done) => setTimeout(done, 4_000));
  return {};
};
`;

/** The function with a changed environment: statements over `process.env`, as `env`. */
export function withEnvironment(statements: string): string {
  return `const { env } = process;\n${statements}\nexport const { handler } = await import('./original.mjs');\n`;
}
