import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Finding, printable, shellWord } from '../../../lib/preflight/finding.ts';
import { reportJson, reportText } from '../../../lib/preflight/report.ts';

const report = (findings: readonly Finding[]) => ({
  stack: 'Notes',
  account: '123456789012',
  region: 'eu-west-1',
  findings,
});
const problem: Finding = {
  severity: 'error',
  code: 'name-taken',
  check: 'name',
  found: 'f',
  expected: 'e',
  fix: 'one\ntwo',
};
const missing: Finding = {
  severity: 'unchecked',
  code: 'unchecked',
  check: 'quota',
  found: 'x',
  expected: 'y',
  fix: 'z',
};
const fine: Finding = { severity: 'ok', code: 'ok', check: 'type', found: 'known' };

describe('a report', () => {
  it('has errors first, each with what was found, what was expected and the commands', () => {
    expect(reportText(report([fine, missing, problem])).split('\n')).toEqual([
      'Preflight of Notes in account 123456789012, eu-west-1',
      '',
      'error     name-taken: name',
      '  found     f',
      '  expected  e',
      '  fix       one',
      '            two',
      'unchecked quota',
      '  found     x',
      '  expected  y',
      '  fix       z',
      'ok        type: known',
      '',
      '1 error, 0 warnings, 1 unchecked, 1 ok. The deployment would fail, or the API would not work.',
    ]);
  });

  it('does not call an account ready of which it could not check everything', () => {
    expect(reportText(report([fine, missing]))).toContain('not everything could be checked');
    expect(reportText(report([fine]))).toMatch(/Nothing was found that would fail\.$/);
  });

  it('holds no character that controls a terminal, and no added line from a name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const findings = [
          { ...problem, check: text, found: text, expected: text, fix: text },
          { ...fine, check: text, found: text },
        ];
        const lines = reportText(report(findings)).split('\n');
        expect(lines.join('')).not.toMatch(/\p{C}/u);
        const heads = lines.filter((line) => /^(error|ok) {4,}/.test(line));
        expect(heads).toHaveLength(2);
        const json = reportJson(report(findings));
        expect(json).not.toMatch(/[^\P{C}\n]/u);
        expect(JSON.parse(json).findings).toEqual(JSON.parse(JSON.stringify(findings)));
      }),
    );
  });
});

describe('a word for a shell', () => {
  it('is what the shell reads, whatever it contains', () => {
    const texts = ['plain', "it's", '$(id)', '`id`', '--flag', 'a b', '', '!!', '*', '~', '\\', '"', 'ü', ';'];
    const command = `printf '%s\\0' ${texts.map(shellWord).join(' ')}`;
    expect(execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' }).split('\0').slice(0, -1)).toEqual(texts);
  });

  it('stays readable where it can', () => {
    expect(shellWord('arn:aws:sns:eu-west-1:123456789012:alarms')).toBe('arn:aws:sns:eu-west-1:123456789012:alarms');
    expect(printable('ü\u{1f600}\n')).toBe('ü\u{1f600}\n');
  });
});
