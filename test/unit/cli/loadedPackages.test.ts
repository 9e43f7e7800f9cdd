import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root, temporaryFolder } from '../../support/folders.ts';
import { sampleAssembly } from '../../support/sampleAssembly.ts';

/** Prints the name of each package that a command loads, when it ends. */
const HOOKS = `
import { registerHooks } from 'node:module';
const names = new Set();
registerHooks({
  load(url, context, next) {
    const found = /\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url);
    if (found !== null) names.add(found[1]);
    return next(url, context);
  },
});
process.on('exit', () => process.stderr.write(JSON.stringify([...names].sort())));
`;

const hooks = `data:text/javascript,${encodeURIComponent(HOOKS)}`;
const BIN = join(root, 'bin/secure-api.js');

// A library of hundreds of modules takes as long as the rest of the command.
it('a command loads no package that only some commands need', async () => {
  const { stderr } = await promisify(execFile)(process.execPath, ['--import', hooks, BIN, '--help']);
  expect(JSON.parse(stderr)).toEqual(['aws4fetch', 'commander']);
});

it('a gateway loads what issues tokens only when it gets a request for one', async () => {
  const options = ['--assembly', await sampleAssembly(), '--port', '0', '--data', temporaryFolder(), '--quiet'];
  const gateway = spawn(process.execPath, ['--import', hooks, BIN, 'dev', ...options]);
  let printed = '';
  gateway.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
  });
  await expect.poll(() => printed, { timeout: 60_000 }).toMatch(/^Serving /m);
  gateway.kill('SIGTERM');
  await once(gateway, 'close');
  const names = JSON.parse(printed.split('\n').at(-1) ?? '');
  expect(names).toContain('ajv');
  expect(names).not.toContain('oidc-provider');
});
