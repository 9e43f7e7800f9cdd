import { escapeInvisible, hasInvisible } from '../lib/definition/checks/check.ts';

/**
 * A path as a word that a person can paste into a shell. `cd` reads a first `-` as an option, and zsh a `+` as a number; characters that
 * nobody sees are escaped as bash and zsh read them.
 */
export function shellWord(path: string): string {
  const word = /^[-+]/.test(path) ? `./${path}` : path;
  if (hasInvisible(word)) return `$'${escapeInvisible(word.replaceAll(/[\\']/g, '\\$&'))}'`;
  return /^[\w@:,./+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
