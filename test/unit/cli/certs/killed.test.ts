import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { root, temporaryFolder } from '../../../support/folders.ts';
import { cli } from '../../../support/gateway.ts';

/** Runs a command and kills it when a file of the CA changes, or after a while. */
async function killed(folder: string, ms: number, ...args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, 'bin/secure-api.js'), 'certs', ...args], { cwd: folder });
  await Promise.race([sleep(ms), once(child, 'exit')]);
  child.kill('SIGKILL');
}

it('a CA stays usable and knows every certificate, whenever its commands are killed', async () => {
  const folder = temporaryFolder();
  await cli(['certs', 'ca'], folder);
  const first = JSON.parse((await cli(['certs', 'issue', 'first', '--json'], folder)).stdout);
  const started = performance.now();
  await cli(['certs', 'issue', 'second'], folder);
  const duration = performance.now() - started;
  for (const share of [0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1]) {
    await killed(folder, duration * share, 'issue', `killed-${share}`);
    await killed(folder, duration * share, 'revoke', first.serial);
  }
  expect((await cli(['certs', 'revoke', first.serial], folder)).code).toBe(0);
  const { stdout, stderr } = await cli(['certs', 'list', '--json'], folder);
  const { certificates } = JSON.parse(stdout) as { readonly certificates: readonly { readonly serial: string }[] };
  const known = certificates.map(({ serial }) => serial);
  const written = readdirSync(join(folder, 'partner-ca/issued')).filter((name) => name.endsWith('.pem'));
  expect(stderr).toBe('');
  expect(known).toEqual(expect.arrayContaining(written.map((name) => name.replace('.pem', '').toUpperCase())));
  expect(readFileSync(join(folder, 'partner-ca/index.json'), 'utf8')).toContain(first.serial);
});
