/** `npm run example NAME`: packs the packages as they would be published and installs them into an example. */
import { execFile, execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '..');
const manifest = (folder: string) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const PACKAGES = (manifest(root) as { readonly workspaces: readonly string[] }).workspaces.map((workspace) => {
  const folder = join(root, workspace);
  return { name: (manifest(folder) as { readonly name: string }).name, folder };
});

/** Packs each package to `<vendor>/<name>.tgz`, one after the other: they are built from the same sources. */
export async function packInto(vendor: string): Promise<void> {
  mkdirSync(vendor, { recursive: true });
  for (const { name, folder } of PACKAGES) {
    const scratch = mkdtempSync(join(tmpdir(), 'pack-'));
    const args = ['pack', '--json', '--pack-destination', scratch];
    const { stdout: printed } = await promisify(execFile)('npm', args, { cwd: folder });
    const { filename } = (JSON.parse(printed.slice(printed.search(/^[[{]/m))) as { filename: string }[])[0] ?? {};
    if (filename === undefined) throw new Error(`npm pack of ${name} named no file.`);
    copyFileSync(join(scratch, filename), join(vendor, `${name}.tgz`));
    rmSync(scratch, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const example = join(root, 'examples', process.argv[2] ?? 'second-stack');
  await packInto(join(example, 'vendor'));
  execFileSync('npm', ['install', '--no-audit', '--no-fund'], { cwd: example, stdio: 'inherit' });
}
