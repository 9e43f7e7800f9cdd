/** `npm run example NAME`: packs both packages as they would be published and installs them into an example. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const PACKAGES = [
  { name: 'secure-api', folder: root },
  { name: 'secure-api-local', folder: join(root, 'local') },
];

/** Packs each package to `<vendor>/<name>.tgz`; what npm prints goes to stderr. */
export function packInto(vendor: string): void {
  mkdirSync(vendor, { recursive: true });
  for (const { name, folder } of PACKAGES) {
    const scratch = mkdtempSync(join(tmpdir(), 'pack-'));
    const args = ['pack', '--json', '--pack-destination', scratch];
    const printed = execFileSync('npm', args, { cwd: folder, encoding: 'utf8' });
    const { filename } = (JSON.parse(printed.slice(printed.search(/^[[{]/m))) as { filename: string }[])[0] ?? {};
    if (filename === undefined) throw new Error(`npm pack of ${name} named no file.`);
    copyFileSync(join(scratch, filename), join(vendor, `${name}.tgz`));
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const example = join(root, 'examples', process.argv[2] ?? 'second-stack');
  packInto(join(example, 'vendor'));
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: example, stdio: 'inherit' });
}
