import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { documents } from '../lambdas/documents/api.ts';
import { bundleFunctions } from '../lib/bundle/bundle.ts';
import { benchAssembly } from './assembly.ts';
import { deployedFunction } from './deployedFunction.ts';
import { type Row, row } from './row.ts';

const BYTES_OF_A_KB = 1_000;

/**
 * The size of the code that Lambda loads before a first response, against the maximum: of the authorizer for issuers of all kinds (ADR 81) and for the issuer of the sample, which
 * publishes its keys, and of the smallest handler, which is all ours. Rows of the whole asset also count the file that is loaded on demand (ADR 77), which few first requests need.
 */
export async function benchBundles(): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
  const ofAllKinds = bundleFunctions(documents, join(import.meta.dirname, '../lambdas/documents'));
  try {
    const props = { revocation: true, clients: true };
    const assembly = benchAssembly(scratch, 'https://login.example.com', { props });
    const deployed = (id: string) => sizesIn(deployedFunction(assembly, id).folder);
    const [published, health] = [deployed('ApiAuthorizerFunction'), deployed('ApiHandlershealthFunction')];
    const all = sizesIn(ofAllKinds.authorizer.directory);
    const sized = (name: string, kilobytes: number, maximum: number) =>
      row(`bundle of ${name}, against its maximum`, 'KB', kilobytes, maximum, 1);
    return [
      sized('the authorizer for issuers of all kinds', all.loaded, 64),
      sized('the authorizer for issuers of all kinds with what it loads on demand', all.whole, 64),
      sized('the authorizer for published keys', published.loaded, 64),
      sized('GET /health', health.loaded, 80),
      sized('GET /health with what it loads on demand', health.whole, 80),
    ];
  } finally {
    ofAllKinds.remove();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What is loaded before a first response, and the whole asset, in kilobytes. */
function sizesIn(folder: string): { readonly loaded: number; readonly whole: number } {
  const sizeOf = (name: string) => statSync(join(folder, name)).size / BYTES_OF_A_KB;
  return { loaded: sizeOf('index.mjs'), whole: readdirSync(folder).reduce((sum, name) => sum + sizeOf(name), 0) };
}
