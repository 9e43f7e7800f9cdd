import { describe, expect, it } from 'vitest';
import { redactString } from '../../../lambdas/shared/redact.ts';
import { folderOf } from '../../../test/support/folders.ts';
import { partsIn, secretsToPlant } from '../../../test/support/plantedSecrets.ts';
import { sourceNote } from '../../serve/terminal/errorReport.ts';
import { createTerminal, type TerminalOptions } from '../../serve/terminal/terminal.ts';

const ending = { status: 200, bytes: 2, latencyMs: 7 };
const state = (more: object = {}) =>
  ({
    request: { requestId: 'r-1', method: 'GET', path: '/rooms/7', query: 'token=secret' },
    pathParameters: {},
    route: { resourcePath: '/rooms/{id}' },
    ...more,
  }) as never;
const rejected = (type: string, more: object = {}) => ({ kind: 'rejection', type, message: '', ...more }) as never;

/** What is printed, without the times. */
function printed(
  use: (terminal: ReturnType<typeof createTerminal>) => void,
  more: Partial<TerminalOptions> = {},
): string {
  const lines: string[] = [];
  const terminal = createTerminal({
    print: (line) => lines.push(line),
    redact: redactString,
    nameOf: (group) => group.slice(group.lastIndexOf('/') + 1),
    directory: '/project',
    ...more,
  });
  use(terminal);
  terminal.flush();
  return lines.join('\n').replaceAll(/^\d\d:\d\d:\d\d /gm, '');
}

/** What the logger adds to each entry. */
const LOGGED = {
  level: 'INFO',
  message: 'seen',
  timestamp: '2026-11-28T00:00:00.000Z',
  service: 's',
  sampling_rate: 0,
};
const entry = (members: object) => JSON.stringify({ ...LOGGED, requestId: 'r-1', ...members });

describe('the terminal', () => {
  it('shows a request in one line, by its path without the query, with its caller', () => {
    expect(printed(({ ended }) => ended(state(), ending, undefined))).toBe('GET /rooms/7 200 7 ms');
    const context = { subject: 'ada', client: 'web-app', roles: 'viewer editor' };
    expect(printed(({ ended }) => ended(state({ grant: { principalId: 'ada', context } }), ending, undefined))).toBe(
      'GET /rooms/7 200 7 ms ada via web-app (viewer, editor)',
    );
    const machine = { subject: 'acme', client: 'acme', roles: 'editor' };
    expect(printed(({ ended }) => ended(state({ grant: { context: machine } }), ending, undefined))).toBe(
      'GET /rooms/7 200 7 ms acme (editor)',
    );
  });

  it.each<readonly [string, object, object, object | undefined, string]>([
    ['the code of the handler', { message: 'request', code: 'not-found' }, {}, undefined, 'handler: not-found'],
    [
      'the reason of the authorizer',
      { message: 'authorizer decision', decision: 'deny', reason: 'expired' },
      {},
      rejected('UNAUTHORIZED'),
      'authorizer: expired',
    ],
    ['no credentials', {}, {}, rejected('UNAUTHORIZED'), 'authorizer: no credentials'],
    [
      'a decision from the cache',
      {},
      { grant: { principalId: '', context: { rejectionCode: 'role-missing' } } },
      rejected('ACCESS_DENIED'),
      'authorizer: role-missing',
    ],
    ['the rule of the web ACL', {}, { wafAction: 'BLOCK', wafRule: 'PerAddress' }, undefined, 'web ACL: PerAddress'],
    [
      'the message of the validator',
      {},
      {},
      rejected('BAD_REQUEST_BODY', { validationError: '[/title: string is too short]' }),
      'validation: [/title: string is too short]',
    ],
    ['a throttle', {}, {}, rejected('THROTTLED'), 'throttle: THROTTLED'],
    ['a quota', {}, {}, rejected('QUOTA_EXCEEDED'), 'quota: QUOTA_EXCEEDED'],
    ['a missing route', {}, { route: undefined }, rejected('MISSING_AUTHENTICATION_TOKEN'), 'route: no such route'],
    [
      'a function that failed',
      {},
      { integrationError: 'Lambda error: RangeError' },
      rejected('INTEGRATION_FAILURE'),
      'function: Lambda error: RangeError',
    ],
  ])('shows which step rejects a request and why: %s', (_, members, more, rejection, why) => {
    const text = printed(({ logged, ended }) => {
      if ('message' in members) logged('/aws/lambda/f', entry(members));
      ended(state(more), { ...ending, status: 403 }, rejection as never);
    });
    expect(text).toBe(`GET /rooms/7 403 7 ms ${why}`);
  });

  it('shows an entry of a handler in one line, with its fields', () => {
    const line = entry({ route: 'getRoom', room: 7, tags: ['a b'], kind: 'small', service: 'rooms', subject: 's' });
    expect(printed(({ logged }) => logged('/aws/lambda/f', line))).toBe(
      'INFO getRoom: seen room=7 tags=["a b"] kind=small',
    );
    expect(printed(({ logged }) => logged('/aws/lambda/f', entry({ level: 'WARN' })))).toBe('WARN f: seen');
  });

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

  it('shows a 401 of an authorizer only in the line of the request', () => {
    const failed = (errorMessage: string) =>
      `2026-11-29T05:00:00.000Z\tr-1\tERROR\tInvoke Error\t${JSON.stringify({ errorType: 'Error', errorMessage, stack: [] })}`;
    expect(printed(({ logged }) => logged('/aws/lambda/authorizer', failed('Unauthorized')))).toBe('');
    expect(printed(({ logged }) => logged('/aws/lambda/authorizer', failed('No key')))).toContain('No key');
  });

  it('shows what a function prints in another form, without metrics', () => {
    const text = printed(({ logged }) => {
      logged('/aws/lambda/f', '{');
      logged('/aws/lambda/f', "  password: 'hunter2',");
      logged('/aws/lambda/f', '}');
      logged('/aws/lambda/f', JSON.stringify({ _aws: {}, Requests: 1 }));
      logged('/aws/lambda/g', 'password=hunter2');
    });
    expect(text).toBe("f | {\nf |   password: '[redacted]',\nf | }\ng | password=[redacted]");
  });

  it('shows no table that names a secret, because its cells are not beside their names', () => {
    const table = ['┌──────────┐', '│ (index)  │', "│ password │ 'hunter2' │"];
    const text = printed(({ logged }) => {
      for (const line of table) logged('/aws/lambda/f', line);
    });
    expect(text).toBe('f | [only in the log file: a table with a secret]');
    const plainTable = printed(({ logged }) => logged('/aws/lambda/f', '│ name │ 7 │'));
    expect(plainTable).toBe('f | │ name │ 7 │');
  });

  it('writes one JSON document a line when asked to', () => {
    const written: string[] = [];
    const text = printed(
      ({ logged, ended }) => {
        logged('/aws/lambda/f', entry({ room: 7 }));
        logged('/aws/lambda/f', 'one\u001b');
        ended(state(), ending, undefined);
      },
      { format: 'json', write: (lines) => written.push(lines) },
    );
    const events = written
      .join('\n')
      .split('\n')
      .map((line) => JSON.parse(line));
    const time = expect.any(String);
    expect([text, events]).toEqual([
      '',
      [
        { event: 'log', time, function: 'f', level: 'INFO', message: 'seen', fields: { room: 7 } },
        { event: 'output', time, function: 'f', lines: ['one\\u001b'] },
        {
          event: 'request',
          time,
          requestId: 'r-1',
          method: 'GET',
          path: '/rooms/7',
          route: '/rooms/{id}',
          status: 200,
          latencyMs: 7,
        },
      ],
    ]);
  });

  it('shows a part of a flood of lines and of a line of 10 MB, and every request', () => {
    const text = printed(({ logged, ended }) => {
      for (let i = 0; i < 100_000; i += 1) logged('/aws/lambda/f', `line ${i}`);
      logged('/aws/lambda/f', entry({ message: 'request', code: 'not-found' }));
      ended(state(), { ...ending, status: 404 }, undefined);
    });
    expect(text.split('\n')).toHaveLength(302);
    expect(text).toContain('\nGET /rooms/7 404 7 ms handler: not-found\n');
    expect(text).toMatch(/\nf \| 99700 more lines, which are only in the log file$/);
    for (const long of ['x'.repeat(1e7), JSON.stringify({ ...LOGGED, note: 'x'.repeat(1e7) })]) {
      expect(printed(({ logged }) => logged('/aws/lambda/f', long)).length).toBeLessThan(1_000);
    }
  });

  it.each(Object.keys(LOGGED).filter((name) => name !== 'message'))(
    'shows JSON that is no entry of the logger as output: without %s',
    (name) => {
      for (const value of [undefined, null, {}, ['INFO']]) {
        const text = printed(({ logged }) => logged('/aws/lambda/f', entry({ [name]: value, note: 'seen' })));
        expect([value, text.startsWith('f | {')]).toEqual([value, true]);
      }
    },
  );

  it('shows no secret, in whatever form a function prints or throws it', () => {
    const forms: readonly ((text: string) => string)[] = [
      (text) => text,
      (text) => `before ${text} after`,
      (text) => JSON.stringify(text),
      (text) => JSON.stringify({ note: text }),
      (text) => JSON.stringify([text]),
      (text) => JSON.stringify({ level: 'INFO', message: text }),
      (text) => entry({ message: text }),
      (text) => entry({ note: text }),
      (text) => entry({ note: { more: [text] } }),
      (text) => entry({ route: text }),
      (text) => entry({ [text]: 1 }),
      (text) => entry({ message: 'request', code: text }),
      (text) => entry({ message: 'authorizer decision', decision: 'deny', reason: text }),
      (text) => entry({ message: 'request failed', error: text }),
      (text) => entry({ error: { name: text, message: text, stack: `Error\n    at ${text}` } }),
      (text) =>
        `2026-11-28T00:00:00Z\tr-1\tERROR\tInvoke Error\t${JSON.stringify({ errorType: 'E', errorMessage: text })}`,
      (text) => `2026-11-28T00:00:00Z\tr-1\tERROR\tInvoke Error\t${JSON.stringify({ errorType: text, stack: [text] })}`,
      (text) => `x\tr\tERROR\tUnhandled Promise Rejection\t${JSON.stringify({ errorMessage: `failed: ${text}` })}`,
      (text) => `${text}\tr-1\tERROR\tInvoke Error\t{}`,
      (text) => `${text} Task timed out after 3.00 seconds`,
    ];
    let runs = 0;
    for (const secret of secretsToPlant(8))
      for (const form of forms) {
        const text = printed(({ logged, ended }) => {
          for (const line of form(secret.text).split('\n')) logged('/aws/lambda/f', line);
          const grant = { principalId: secret.text, context: { roles: secret.text, client: secret.text } };
          const request = { requestId: 'r-1', method: 'GET', path: `/${secret.text}` };
          ended(state({ grant, request }), { ...ending, status: 403 }, undefined);
        });
        expect([secret.kind, String(form), partsIn(text, secret)]).toEqual([secret.kind, String(form), []]);
        runs += 1;
      }
    expect(runs).toBeGreaterThan(1_000);
  });

  it.each([
    [JSON.stringify({ password: 'hunter2' })],
    [entry({ password: 'hunter2' })],
    [entry({ message: 'postgres://u:hunter2@h' })],
    ['t\tr-1\tERROR\tInvoke Error\t{"errorType":"Error","errorMessage":"postgres://u:hunter2@h"}'],
  ])('shows no password: %s', (line) => {
    expect(printed(({ logged }) => logged('/aws/lambda/f', line))).not.toContain('hunter2');
  });

  it('escapes what could change the terminal, and shortens what is long', () => {
    const message = '\u001b[31mred\r\nnew\u009b2J\u202e\u2028';
    const text = printed(({ logged }) => {
      logged('/aws/lambda/f', entry({ message }));
      logged('/aws/lambda/f', entry({ message: 'x'.repeat(10_000) }));
      logged(
        '/aws/lambda/f',
        entry({ level: 'ERROR', error: { name: message, message, stack: `x\n    at ${message}` } }),
      );
    });
    expect(text).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|\u2028/u);
    expect(text).toContain('INFO f: \\u001b[31mred\\u000d\\u000anew\\u009b2J\\u202e\\u2028');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(500);
  });
});
