import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/folders.ts';

const page = (path: string) => readFileSync(join(root, 'docs', path), 'utf8');

/** The alarms of the generated table, with their severities. */
const severities = page('alarms.md')
  .split('\n')
  .flatMap((line) => {
    const [, name, severity] = /^\| `([a-z-]+)` \|.*\| (page|ticket|info) \|$/.exec(line) ?? [];
    return name === undefined || severity === undefined ? [] : [[name, severity] as const];
  });
const index = page('runbooks/README.md');
const withRunbook = severities.filter(([name]) => index.includes(`(${name}.md)`));

describe('the severity of an alarm', () => {
  it('is in the table of alarms', () => {
    expect(withRunbook.length).toBeGreaterThan(40);
  });

  it.each(withRunbook)('is the same in the runbook of %s, and in the list of runbooks', (name, severity) => {
    expect(page(`runbooks/${name}.md`)).toMatch(new RegExp(`^Alarm \`…-${name}\`: ${severity}\\b`, 'm'));
    expect(index).toMatch(new RegExp(`\\(${name}\\.md\\) \\| ${severity}\\b`));
  });
});
