import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchAssembly } from './assembly.ts';
import { deployedFunction } from './deployedFunction.ts';
import { type Row, row } from './row.ts';

const BYTES_OF_A_KB = 1_000;

/** The size of what Lambda loads before a first response, against the maximum: of the authorizer, and of the smallest handler, which is all ours. */
export async function benchBundles(): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
  try {
    const props = { revocation: true, clients: true };
    const assembly = benchAssembly(scratch, 'https://login.example.com', { props });
    const kilobytes = (id: string) => statSync(deployedFunction(assembly, id).module).size / BYTES_OF_A_KB;
    return [
      row('bundle of the authorizer, against its maximum', 'KB', kilobytes('ApiAuthorizerFunction'), 64, 1),
      row('bundle of GET /health, against its maximum', 'KB', kilobytes('ApiHandlershealthFunction'), 80, 1),
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
