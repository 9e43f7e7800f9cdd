#!/usr/bin/env node
// From the package the compiled command runs; from a source checkout the TypeScript itself (Node 24 strips the types).
import { existsSync } from 'node:fs';
import { url as debuggerUrl } from 'node:inspector';
import { fileURLToPath } from 'node:url';

const NODE_NEEDED = [24, 5];
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor < NODE_NEEDED[1])) {
  console.error(`secure-api needs Node ${NODE_NEEDED.join('.')} or later and was started by ${process.version}.`);
  console.error(
    'Install that version. A project that has the npm package node brings its own: use npm start or npx secure-api ….',
  );
  process.exit(2);
}
const source = new URL('../lib/cli/main.ts', import.meta.url);
const isSource = existsSync(source);
if (process.argv[2] === 'dev') replaceProcess();
const compiled = new URL('../dist/lib/cli/main.js', import.meta.url);
const { main } = await import(isSource ? source.href : compiled.href);
await main(process.argv);

/**
 * Replaces a process that runs for hours by one with the same id that takes less memory: Node.js reads both settings when it starts. A process that
 * a debugger or a parent is connected to stays as it is, and so does every process on Windows, which cannot be replaced.
 */
function replaceProcess() {
  // A young generation of three times as many megabytes; by default 48, most of which a gateway fills and never needs.
  const flag = '--max-semi-space-size=4';
  // V8 takes underscores in place of hyphens.
  const given = `${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS ?? ''}`.replaceAll('_', '-');
  if (process.platform === 'win32' || given.includes('--max-semi-space-size')) return;
  if (debuggerUrl() !== undefined || process.channel) return;
  const env = {
    // Each thread would take its own part of the C heap.
    MALLOC_ARENA_MAX: '2',
    // Compiled modules of an earlier start. Beside the packages, because a user who can write it chooses what runs, as with them: the default folder is for every user.
    NODE_COMPILE_CACHE: fileURLToPath(
      new URL(`${isSource ? '../node_modules' : '../..'}/.cache/secure-api`, import.meta.url),
    ),
    ...process.env,
  };
  process.execve(process.execPath, [process.execPath, flag, ...process.execArgv, ...process.argv.slice(1)], env);
}
