import type { InitResult } from './initProject.ts';

/** What was written and what is next, for people. */
export function reportOf({ folder, name, created, next, notes }: InitResult): string {
  return [
    `Wrote the API ${name}: ${created.length} files in ${folder}`,
    ...notes,
    '',
    'Next:',
    ...next.map((command) => `  ${command}`),
  ].join('\n');
}
