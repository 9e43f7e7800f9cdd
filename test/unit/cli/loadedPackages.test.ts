import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from '../../support/folders.ts';

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

// A library of hundreds of modules takes as long as the rest of the command.
it('a command loads no package that only some commands need', async () => {
  const hooks = `data:text/javascript,${encodeURIComponent(HOOKS)}`;
  const { stderr } = await promisify(execFile)(process.execPath, [
    '--import',
    hooks,
    join(root, 'bin/secure-api.js'),
    '--help',
  ]);
  expect(JSON.parse(stderr)).toEqual(['aws4fetch', 'commander']);
});
