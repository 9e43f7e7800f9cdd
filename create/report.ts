import { escapeInvisible } from '../lib/definition/checks/check.ts';
import type { InitResult } from './initProject.ts';

/** What was written and what is next, for people. */
export function reportOf({ folder, name, created, added, app, next, notes }: InitResult): string {
  const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  return [
    `Wrote the API ${name}: ${created.length} files in ${escapeInvisible(folder)}`,
    ...(added.length === 0 ? [] : ['Added:', ...indented(added)]),
    ...notes,
    '',
    ...(app === undefined ? [] : [`Add to ${escapeInvisible(app.file ?? 'your app')}:`, ...indented(app.lines), '']),
    'Next:',
    ...indented(next),
  ].join('\n');
}

/** The same as JSON. Its strings have no line end, so that every other character can be escaped. */
export function jsonOf(result: InitResult): string {
  return JSON.stringify(result, null, 2).split('\n').map(escapeInvisible).join('\n');
}
