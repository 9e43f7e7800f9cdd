import { describe, expect, it } from 'vitest';
import { partsIn, secretsToPlant } from '../../../test/support/plantedSecrets.ts';
import { entry, LOGGED, printed } from '../support/terminal.ts';

const ending = { status: 200, bytes: 2, latencyMs: 7 };
const state = (more: object = {}) =>
  ({
    request: { requestId: 'r-1', method: 'GET', path: '/rooms/7', query: 'token=secret' },
    pathParameters: {},
    route: { resourcePath: '/rooms/{id}' },
    ...more,
  }) as never;
const rejected = (type: string, more: object = {}) => ({ kind: 'rejection', type, message: '', ...more }) as never;

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

  it('hides the values of path parameters that have the name of a secret, and no others', () => {
    const of = (path: string, pathParameters: object) =>
      printed(({ ended }) =>
        ended(state({ request: { requestId: 'r-1', method: 'GET', path }, pathParameters }), ending, undefined),
      );
    expect(of('/reset/a1', { token: 'a1' })).toBe('GET /reset/[redacted] 200 7 ms');
    expect(of('/v1/keys/a1/of/a1b/', { apiKey: 'a1', id: 'a1b' })).toBe('GET /v1/keys/[redacted]/of/a1b/ 200 7 ms');
    expect(of('/files/a%20b/$&c', { 'secret+': 'a%20b/$&c' })).toBe('GET /files/[redacted] 200 7 ms');
    expect(of('/notes/a1', { id: 'a1' })).toBe('GET /notes/a1 200 7 ms');
    expect(of('/reset/', { token: '' })).toBe('GET /reset/ 200 7 ms');
  });

  it('explains the reason of the authorizer where it has one on this machine, in text and in JSON', () => {
    const decided = entry({ message: 'authorizer decision', decision: 'reject', reason: 'issuer-unknown' });
    const shown = (format: 'text' | 'json') =>
      printed(
        ({ logged, ended }) => {
          logged('/aws/lambda/authorizer', decided);
          ended(state(), { ...ending, status: 401 }, rejected('UNAUTHORIZED'));
          logged('/aws/lambda/handler', entry({ message: 'request', code: 'issuer-unknown' }));
          ended(state(), { ...ending, status: 409 }, undefined);
        },
        { format, noteOf: (reason) => (reason === 'issuer-unknown' ? 'not here' : undefined) },
      );
    expect(shown('text').split('\n')).toEqual([
      'GET /rooms/7 401 7 ms authorizer: issuer-unknown (not here)',
      'GET /rooms/7 409 7 ms handler: issuer-unknown',
    ]);
    expect(JSON.parse(shown('json').split('\n')[0] ?? '')).toMatchObject({
      reason: 'issuer-unknown',
      note: 'not here',
    });
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
    [
      'a key that was disabled, as its client is named once the decision is no longer cached',
      {},
      { grant: { principalId: '', context: { rejectionCode: 'forbidden', keyRejectionCode: 'client-suspended' } } },
      rejected('INVALID_API_KEY'),
      'API key: client-suspended',
    ],
    ['a key of a caller without a code', {}, {}, rejected('INVALID_API_KEY'), 'API key: INVALID_API_KEY'],
    [
      'a client certificate that the gateway rejected',
      {},
      {},
      rejected('ACCESS_DENIED', { ofGateway: 'client certificate not trusted' }),
      'gateway: client certificate not trusted',
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
