import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';

const run = promisify(execFile);
const data = mkdtempSync(join(tmpdir(), 'local-certificates-'));
afterAll(() => rmSync(data, { recursive: true, force: true }));

/** Whether a process that reads the certificate of a data directory loads the library that makes certificates. */
async function loadsGenerator(): Promise<boolean> {
  const certificates = new URL('../../services/certificates.ts', import.meta.url).href;
  const source = `
    import { registerHooks } from 'node:module';
    let isLoaded = false;
    registerHooks({ load: (url, context, next) => { isLoaded ||= url.includes('@peculiar/x509'); return next(url, context); } });
    const { localTls } = await import(${JSON.stringify(certificates)});
    await localTls(${JSON.stringify(data)});
    console.log(isLoaded);
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', source]);
  return JSON.parse(stdout) as boolean;
}

it('loads the library that makes certificates when it makes one, and not to read it at the next start', async () => {
  expect(await loadsGenerator()).toBe(true);
  expect(await loadsGenerator()).toBe(false);
});
