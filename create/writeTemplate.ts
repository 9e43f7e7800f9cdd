import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionsOfCheckout } from './versions.ts';

/** Copies the template beside compiled code, with the versions that a project gets. `node create/writeTemplate.ts DIR` does the same. */
export function writeTemplate(out: string): void {
  mkdirSync(out, { recursive: true });
  rmSync(join(out, 'template'), { recursive: true, force: true });
  cpSync(join(import.meta.dirname, 'template'), join(out, 'template'), { recursive: true });
  writeFileSync(join(out, 'versions.json'), `${JSON.stringify(versionsOfCheckout(), null, 2)}\n`);
}

if (import.meta.main && process.argv[2] !== undefined) writeTemplate(process.argv[2]);
