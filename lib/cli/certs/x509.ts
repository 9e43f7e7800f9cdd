import { createRequire } from 'node:module';

/**
 * @peculiar/x509 and the polyfill that it needs at import. A release brings its own copies (build/vendor.ts): installed, the
 * 21 packages take 5 MB, and only this command uses them.
 */
const MODULES = import.meta.url.endsWith('.ts')
  ? ['reflect-metadata', '@peculiar/x509']
  : ['../../../vendor/reflect-metadata.cjs', '../../../vendor/x509.cjs'];

type X509 = typeof import('@peculiar/x509');

/** Loads the library: only when a certificate is made or read. */
export function loadX509(): X509 {
  const require = createRequire(import.meta.url);
  const [, library] = MODULES.map((module) => require(module) as unknown);
  return library as X509;
}
