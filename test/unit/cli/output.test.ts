import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../../support/folders.ts';

const ESCAPE = '\u001b';
const HOSTILE = `a${ESCAPE}[2Jb\u009b2Jc\u202ed\u2066e\rf\u007fg\u200bh\u2060i\u3164j\u{e0041}k\u200dl`;
const SHOWN = String.raw`a\u001b[2Jb\u009b2Jc\u202ed\u2066e\u000df\u007fg\u200bh\u2060i\u3164j\udb40\udc41k\u200dl`;

/** What a script with the functions of the output writes. */
function written(script: string): { readonly stdout: string; readonly stderr: string } {
  const head = `import { styleText } from 'node:util';
    import { print, printError, progress } from ${JSON.stringify(join(root, 'lib/cli/output.ts'))};
    const hostile = ${JSON.stringify(HOSTILE)};`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', `${head}\n${script}`], {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: undefined },
  });
}

it('shows control characters instead of sending them to the terminal, and keeps line breaks, tabs and colours', () => {
  const { stdout, stderr } = written(`
    const styled = styleText(['bold', 'green'], 'ok', { validateStream: false }) + styleText('dim', '!', { validateStream: false });
    print(hostile + '\\tx\\r\\ny' + styled);
    progress(hostile + styled);
    printError(new Error(hostile + '\\u001b[31m'), false);
    print(JSON.stringify({ hostile }));
    printError(new Error(hostile), true);`);
  const styled = `${ESCAPE}[1m${ESCAPE}[32mok${ESCAPE}[39m${ESCAPE}[22m${ESCAPE}[2m!${ESCAPE}[22m`;
  const [text, end, json] = stdout.split('\n');
  expect([text, end]).toEqual([`${SHOWN}\tx\r`, `y${styled}`]);
  expect(JSON.parse(json ?? '')).toEqual({ hostile: HOSTILE });
  const [progress, error, errorJson] = stderr.split('\n');
  expect(progress).toBe(SHOWN + styled);
  expect(error).toBe(String.raw`${ESCAPE}[31merror${ESCAPE}[39m ${SHOWN}\u001b[31m`);
  expect(JSON.parse(errorJson ?? '').error.message).toBe(HOSTILE);
  expect(json).not.toMatch(/[\u0080-\u009f\u202a-\u202e\u2066-\u2069]/);
});

it('hides the secrets in an error that is not ours, and shows the report that the local gateway has made of it', () => {
  const { stderr } = written(`
    const error = Object.assign(new Error('no table, password=hunter2'), {
      code: 'function-not-loaded',
      report: ['  at a.ts:1:7', "  > 1 | throw new Error('password=hunter2')"],
    });
    printError(error, false);
    printError(error, true);
    printError('thrown: Bearer hunter2', false);`);
  expect(stderr).not.toContain('hunter2');
  const [title, frame, source, json] = stderr.split('\n');
  expect(title).toContain('function-not-loaded: no table, password=[redacted]');
  expect([frame, source]).toEqual(['  at a.ts:1:7', expect.stringContaining('  > 1 | throw new Error(')]);
  expect(JSON.parse(json ?? '').error.report).toEqual([frame, source]);
});

it('leaves emoji, also of several parts, as they are', () => {
  const text = '👩‍💻 👩🏽‍🚀 ❤️‍🔥 👨‍👩‍👧';
  const { stdout, stderr } = written(`
    print(${JSON.stringify(text)});
    progress(${JSON.stringify(text)});`);
  expect([stdout, stderr]).toEqual([`${text}\n`, `${text}\n`]);
});
