import { createRequire, Module } from 'node:module';
import type dynalite from 'dynalite';
import { SqliteLevel } from './sqliteLevel.ts';

/** The two as one file in a release (build/vendor.ts), so that nobody installs the native module of `level`. */
const RELEASED = '../../vendor/dynalite.cjs';

/** dynalite with {@link SqliteLevel} in the place of `level`. */
export function loadDynalite(): typeof dynalite {
  const require = createRequire(import.meta.url);
  if (!import.meta.url.endsWith('.ts')) return require(RELEASED);
  const file = createRequire(require.resolve('dynalite')).resolve('level');
  require.cache[file] = Object.assign(new Module(file), { exports: { Level: SqliteLevel }, loaded: true });
  return require('dynalite');
}
