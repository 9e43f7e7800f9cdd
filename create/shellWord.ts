import { escapeInvisible, hasInvisible } from '../lib/definition/checks/check.ts';

/**
 * A path as a word that a person can paste into a shell. `cd` reads a first `-` as an option, and zsh a `+` as a number;
 * characters that nobody sees are escaped as bash and zsh read them.
 */
export function shellWord(path: string): string {
  const word = /^[-+]/.test(path) ? `./${path}` : path;
  if (hasInvisible(word)) return `$'${escapeInvisible(word.replaceAll(/[\\']/g, '\\$&'))}'`;
  return quoted(word);
}

/** A string as one word of a POSIX shell, and of zsh, which reads a first `=` as the path of a command. */
export function quoted(text: string): string {
  return /^(?!=)[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
