import { cpSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalModel } from '../localPackage.ts';

/** How functions of the stack are broken: which, and what runs in place of their code. */
export interface Breakage {
  /** A part of their logical ids. */
  readonly functions: string;
  /** A module of JavaScript; `original.mjs` is the code of the function. */
  readonly code: string;
}

/** The code of functions whose logical ids have a part in common, by the directory of the asset that it replaces. */
export function brokenCode(
  { functions }: LocalModel,
  { functions: part, code }: Breakage,
  folder: string,
): Readonly<Record<string, string>> {
  const found = functions.filter(({ logicalId }) => logicalId.includes(part));
  if (found.length === 0) throw new Error(`the stack has no function ${part}`);
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

/** The function with a changed environment: statements over `process.env`, as `env`. */
export function withEnvironment(statements: string): string {
  return `const { env } = process;\n${statements}\nexport const { handler } = await import('./original.mjs');\n`;
}
