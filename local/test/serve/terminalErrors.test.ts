import { describe, expect, it } from 'vitest';
import { folderOf } from '../../../test/support/folders.ts';
import { sourceNote } from '../../serve/terminal/errorReport.ts';
import { entry, printed } from '../support/terminal.ts';

describe('errors in the terminal', () => {
  it('shows an error with its own frames, the source around the first, and its causes', () => {
    const folder = folderOf({
      'rooms.ts': 'const rooms = [];\n\n  if (!found) throw new TypeError("no x");\nreturn 1;\n',
    });
    const stack = `TypeError: no x\n    at read (node:fs:1:1)\n    at dep (file:///a/node_modules/d/i.js:1:1)\n    at Rooms.getRoom (${folder}/rooms.ts:3:21)\n    at async ${folder}/rooms.ts:4:1`;
    const cause = {
      name: 'Error',
      message: 'why',
      stack: 'Error: why\n    at f (file:///data/asset.1f/index.mjs:3:14)',
    };
    const line = entry({
      level: 'ERROR',
      message: 'request failed',
      route: 'getRoom',
      error: { name: 'TypeError', message: 'no x', stack, cause },
    });
    expect(printed(({ logged }) => logged('/aws/lambda/f', line), { directory: folder })).toBe(
      [
        'ERROR getRoom: request failed',
        '  TypeError: no x',
        '    at Rooms.getRoom (rooms.ts:3:21)',
        '    at rooms.ts:4:1',
        '    (2 more frames)',
        '      1 | const rooms = [];',
        '      2 |',
        '    > 3 |   if (!found) throw new TypeError("no x");',
        '        |                     ^',
        '      4 | return 1;',
        '      5 |',
        '    because of Error: why',
        '      at f (index.mjs:3:14)',
      ].join('\n'),
    );
    const text = entry({ level: 'ERROR', message: 'request failed', error: 'thrown text' });
    expect(printed(({ logged }) => logged('/aws/lambda/f', text))).toBe('ERROR f: request failed\n  thrown text');
  });

  it('shows an event that failed outside of a request', () => {
    const json = JSON.stringify({ errorType: 'Error', errorMessage: 'TABLE is missing', stack: [] });
    const failed = `2026-11-28T00:00:00Z\tr-1\tERROR\tInvoke Error\t${json}`;
    expect(printed(({ logged }) => logged('/aws/lambda/f', failed))).toBe(
      'ERROR f: the function failed\n  Error: TABLE is missing',
    );
    const stack = ['Error: Missing environment variable DB_PASSWORD', '    at read (/project/handlers/a.ts:2:7)'];
    const missing = JSON.stringify({
      errorType: 'Error',
      errorMessage: 'Missing environment variable DB_PASSWORD',
      stack,
    });
    expect(printed(({ logged }) => logged('/aws/lambda/f', failed.replace(json, missing)))).toContain(
      '  Error: Missing environment variable DB_PASSWORD\n    at read (handlers/a.ts:2:7)',
    );
    const late = '2026-11-28T00:00:00Z r-1 Task timed out after 3.00 seconds';
    expect(printed(({ logged }) => logged('/aws/lambda/f', late))).toBe('ERROR f: Task timed out after 3.00 seconds');
  });

  it.each([
    ['/tmp/My Project/handlers/a.ts', 'at fn (/tmp/My Project/handlers/a.ts:2:7)'],
    ['/tmp/web (app)/handlers/a.ts', 'at fn (/tmp/web (app)/handlers/a.ts:2:7)'],
    ['/tmp/web (app)/handlers/a.ts', 'at async /tmp/web (app)/handlers/a.ts:2:7'],
    ['/tmp/My Project/handlers/a.ts', 'at async fn (file:///tmp/My%20Project/handlers/a.ts:2:7)'],
    ['C:\\My Project\\(app)\\a.ts', 'at fn (C:\\My Project\\(app)\\a.ts:2:7)'],
    ['C:\\My Project\\web (app)\\a.ts', 'at async C:\\My Project\\web (app)\\a.ts:2:7'],
  ])('shows the frame of a file in a folder with spaces and parentheses: %s', (file, frame) => {
    const line = entry({
      level: 'ERROR',
      message: 'request failed',
      error: { name: 'Error', message: 'x', stack: `Error: x\n    ${frame}` },
    });
    const text = printed(({ logged }) => logged('/aws/lambda/f', line));
    expect(text).toContain(`${file}:2:7`);
  });

  it('gives the log file the source of an error that it shows, without secrets, and of no more errors than it shows', () => {
    const folder = folderOf({ 'a.ts': "throw new Error('password=hunter2');\n" });
    const stack = `Error: x\n    at fn (${folder}/a.ts:1:1)`;
    const line = entry({ level: 'ERROR', message: 'request failed', error: { name: 'Error', message: 'x', stack } });
    printed(({ logged }) => {
      const notes = Array.from({ length: 301 }, () => logged('/aws/lambda/f', line)).map(
        (report) => report && sourceNote(report),
      );
      expect(notes[0]).toContain('> 1 | throw new Error(');
      expect(notes[0]).not.toContain('hunter2');
      expect(notes.map((note) => note !== undefined)).toEqual([...Array(300).fill(true), false]);
    });
  });

  it('shows no frame and no source of an error that has none of the project', () => {
    const stack = 'Error: x\n    at respond (/p/node_modules/secure-api/dist/lambdas/runtime/response.js:22:9)';
    const line = entry({ level: 'ERROR', message: 'request failed', error: { name: 'Error', message: 'x', stack } });
    const text = printed(({ logged }) => logged('/aws/lambda/f', line));
    expect(text).not.toContain('response.js');
    expect(text).toContain('(1 more frame)');
  });
});
