import type { InitResult } from './initProject.ts';

/** What was written and what is next, for people. */
export function reportOf({ folder, name, created, added, app, next, notes }: InitResult): string {
  const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  return [
    `Wrote the API ${name}: ${created.length} files in ${folder}`,
    ...(added.length === 0 ? [] : ['Added:', ...indented(added)]),
    ...notes,
    '',
    ...(app === undefined ? [] : [`Add to ${app.file ?? 'your app'}:`, ...indented(app.lines), '']),
    'Next:',
    ...indented(next),
  ].join('\n');
}
