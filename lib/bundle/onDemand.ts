import type { Metafile, OutputFile } from 'esbuild';
import type { EntryFiles } from './entryFiles.ts';
import { ownModule } from './ownModule.ts';
import { sha256 } from './sha256.ts';

type Output = Metafile['outputs'][string];

/** The file beside the bundle of a function that it loads when it first needs it (ADR 77). */
export interface OnDemandFile {
  /** With the hash of its content, so that the code of a bundle says which one it loads. */
  readonly name: string;
  readonly code: Uint8Array;
  readonly bytes: number;
  /** Bytes of each file in it. */
  readonly inputs: Output['inputs'];
}

/** Stands for the hash, and is as long, so that source maps stay right. */
const PLACEHOLDER = '0'.repeat(16);
const fileName = (hash: string) => `onDemand-${hash}.mjs`;
/** Loads the file at once, whatever the current folder is. */
const LOADER = `const secureApiOnDemand=()=>process.getBuiltinModule('node:module').createRequire(import.meta.url)('./${fileName(PLACEHOLDER)}');`;
/** A bundle with this module loads the file. */
const USE = /(?:^|\/)lambdas\/shared\/onDemand\.[jt]s$/;

/** Of bundles that can load a file on demand. */
export const ON_DEMAND = { banner: LOADER, define: { SECURE_API_ON_DEMAND: 'true' } } as const;

/** The entry of the file: what finds secrets, and for functions with handlers Powertools. */
export function onDemandEntry(hasHandlers: boolean): EntryFiles {
  const lines = [
    `export { secretSearch } from ${JSON.stringify(ownModule('shared/secretSearch'))};`,
    ...(hasHandlers ? [`export { powertools } from ${JSON.stringify(ownModule('runtime/powertools'))};`] : []),
  ];
  return { 'index.mjs': `${lines.join('\n')}\n` };
}

/** Whether a bundle loads the file: some of ours log nothing. */
export function loadsOnDemand({ inputs }: Output): boolean {
  return Object.entries(inputs).some(([path, { bytesInOutput }]) => bytesInOutput > 0 && USE.test(path));
}

/** The file that esbuild has made of its entry. It names itself, because what is in it can log, too. */
export function onDemandFile({ contents }: OutputFile, { bytes, inputs }: Output): OnDemandFile {
  const name = fileName(sha256(contents).slice(0, PLACEHOLDER.length));
  return { name, code: loading(contents, name), bytes, inputs };
}

/** The code of a bundle that loads this file, or nothing. No line and no column of what follows the banner changes. */
export function loading(code: Uint8Array, name: string | undefined): Uint8Array {
  const bytes = Buffer.from(code);
  if (name === undefined) return without(bytes, LOADER);
  const at = bytes.indexOf(fileName(PLACEHOLDER));
  if (at >= 0) bytes.write(name, at);
  return bytes;
}

function without(bytes: Buffer, part: string): Uint8Array {
  const at = bytes.indexOf(part);
  return at < 0 ? bytes : Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + Buffer.byteLength(part))]);
}

/** Whether the content of such a file is the one that its name says. */
export function isIntact(name: string, code: Uint8Array): boolean {
  const withPlaceholder = Buffer.from(code);
  const at = withPlaceholder.indexOf(name);
  if (at >= 0) withPlaceholder.write(fileName(PLACEHOLDER), at);
  return fileName(sha256(withPlaceholder).slice(0, PLACEHOLDER.length)) === name;
}
