import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../support/folders.ts';
import { type Registry, startRegistry } from '../support/registry.ts';
import { sharedFolder } from '../support/sampleAssembly.ts';

const run = promisify(execFile);
let registry: Registry;
let tarballs: string;

beforeAll(async () => {
  tarballs = await sharedFolder('tarballs');
  registry = await startRegistry(tarballs);
});
afterAll(() => registry?.close());

async function view(name: string): Promise<Readonly<Record<string, string>>> {
  const args = ['view', `${name}@latest`, 'version', 'dist.integrity', '--json'];
  const { stdout } = await run('npm', args, { cwd: temporaryFolder(), env: registry.environment });
  return JSON.parse(stdout);
}

describe('the registry of the tests', () => {
  it('has the packages of this checkout as their latest versions', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const sha512 = createHash('sha512').update(readFileSync(join(tarballs, 'secure-api.tgz')));
    expect(await view('secure-api')).toEqual({ version, 'dist.integrity': `sha512-${sha512.digest('base64')}` });
  });

  it('sends npm to the configured registry for every other package', async () => {
    expect((await view('typebox')).version).toMatch(/^\d+\.\d+\.\d+$/);
  });
});
