import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchAssembly } from './assembly.ts';
import { deployedFunction } from './deployedFunction.ts';
import { type Row, row } from './row.ts';

const BYTES_OF_A_KB = 1_000;

/**
 * The size of the code that Lambda loads before a first response, against the maximum: of the authorizer, and of the smallest handler, which is all
 * ours. Rows of the whole asset also count the file that is loaded on demand (ADR 77), which few first requests need.
 */
export async function benchBundles(): Promise<readonly Row[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'bench-bundles-'));
  try {
    const props = { revocation: true, clients: true };
    const assembly = benchAssembly(scratch, 'https://login.example.com', { props });
    const sizes = (id: string) => {
      const { folder, module } = deployedFunction(assembly, id);
      const sizeOf = (path: string) => statSync(path).size / BYTES_OF_A_KB;
      const whole = readdirSync(folder).reduce((sum, name) => sum + sizeOf(join(folder, name)), 0);
      return { loaded: sizeOf(module), whole };
    };
    const [authorizer, health] = [sizes('ApiAuthorizerFunction'), sizes('ApiHandlershealthFunction')];
    return [
      row('bundle of the authorizer, against its maximum', 'KB', authorizer.loaded, 64, 1),
      row('bundle of the authorizer with what it loads on demand, against its maximum', 'KB', authorizer.whole, 64, 1),
      row('bundle of GET /health, against its maximum', 'KB', health.loaded, 80, 1),
      row('bundle of GET /health with what it loads on demand, against its maximum', 'KB', health.whole, 80, 1),
    ];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
