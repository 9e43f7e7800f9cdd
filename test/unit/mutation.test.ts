import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { measuredPart, modulesBelow, withMeasured } from '../mutation/report.ts';
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
    const part = measuredPart([module], '2026-11-25');
    expect(part).toContain('| `a.ts` | 1 | 1 | 1 | 0 | 66.7 % |');
    expect(part).toContain('| **lib/access** | 1 | 1 | 1 | 0 | 66.7 % |');
    expect(part).toContain('- `a.ts`: 9 StringLiteral');
  });

  it('replaces only what was measured before', () => {
    const page = withMeasured('a\n<!-- measured: start -->\nold\n<!-- measured: end -->\nb\n', 'new');
    expect(page).toBe('a\n<!-- measured: start -->\nnew\n<!-- measured: end -->\nb\n');
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
