#!/usr/bin/env node
// From the package the compiled command runs; from a source checkout the TypeScript itself (Node 24 strips the types).
import { existsSync } from 'node:fs';

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
const compiled = new URL('../dist/lib/cli/main.js', import.meta.url);
const { main } = await import(existsSync(source) ? source.href : compiled.href);
await main(process.argv);
