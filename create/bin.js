#!/usr/bin/env node
// From the package the bundle runs, also on Node 20; from a source checkout the TypeScript itself (Node 24 strips the types).
import { existsSync } from 'node:fs';

const source = new URL('main.ts', import.meta.url);
const compiled = new URL('dist/main.js', import.meta.url);
const { main } = await import(existsSync(source) ? source.href : compiled.href);
process.exitCode = await main(process.argv.slice(2));
