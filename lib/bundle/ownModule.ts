import { fileURLToPath } from 'node:url';

/** In a checkout the functions' own code is TypeScript, in the package it is compiled. */
export function ownModule(path: string): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';
  return fileURLToPath(new URL(`../../lambdas/${path}${extension}`, import.meta.url));
}
