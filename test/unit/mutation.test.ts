import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { modulesBelow, sectionOf, withSections } from '../mutation/report.ts';
import { type ReportedMutant, scoreOf } from '../mutation/score.ts';
import config from '../mutation/vitest.config.ts';

const mutant = (status: string, line = 1): ReportedMutant => ({
  status,
  mutatorName: 'StringLiteral',
  location: { start: { line } },
});
const module = {
  folder: 'lib/access',
  report: { files: { 'lib/access/a.ts': { mutants: [mutant('Killed'), mutant('Timeout'), mutant('Survived', 9)] } } },
};

describe('the score of the tests', () => {
  it('is the share of mutants that were detected, those that did not run aside', () => {
    const statuses = ['Killed', 'Timeout', 'Survived', 'NoCoverage', 'RuntimeError', 'Ignored'];
    expect(scoreOf(statuses.map((status) => mutant(status)))).toEqual({
      killed: 1,
      timeout: 1,
      survived: 1,
      uncovered: 1,
      percent: 50,
    });
    expect(scoreOf([]).percent).toBe(100);
  });

  it('is written by file and by module, with what is left', () => {
    const section = sectionOf(module, '2026-11-25');
    expect(section).toMatch(/^### lib\/access\n\nMeasured 2026-11-25\.\n/);
    expect(section).toContain('| `a.ts` | 1 | 1 | 1 | 0 | 66.7 % |');
    expect(section).toContain('| **lib/access** | 1 | 1 | 1 | 0 | 66.7 % |');
    expect(section).toContain('- `a.ts`: 9 StringLiteral');
    const untried = { 'lib/access/a.ts': { mutants: [mutant('Killed'), mutant('Ignored')] } };
    expect(sectionOf({ ...module, report: { files: untried } }, 'now')).toContain('Not tried: 1 mutants');
  });

  it('replaces what was measured of the same module, and keeps the others', () => {
    const marked = (...sections: string[]) =>
      `a\n<!-- measured: start -->\n${sections.join('\n\n')}\n<!-- measured: end -->\nb\n`;
    const page = marked('### lambdas/b\n\nold b', '### lib/c\n\nold c');
    expect(withSections(page, ['### lib/c\n\nnew c', '### lambdas/d\n\nnew d'])).toBe(
      marked('### lambdas/b\n\nold b', '### lambdas/d\n\nnew d', '### lib/c\n\nnew c'),
    );
  });

  it('of a module may be too low', () => {
    expect(modulesBelow([module], 90)).toEqual(['lib/access']);
    expect(modulesBelow([module], 66)).toEqual([]);
  });
});

describe('the measurement', () => {
  it.each(config.test?.include ?? [])('runs tests that exist: %s', (pattern) => {
    expect(globSync(pattern, { cwd: new URL('../..', import.meta.url).pathname })).not.toEqual([]);
  });
});
