import { describe, expect, it } from 'vitest';
import { redactString } from '../../../lambdas/shared/redact.ts';
import { partsIn, secretsToPlant } from '../../../test/support/plantedSecrets.ts';
import { createTerminal } from '../../serve/terminal.ts';

const ending = { status: 200, bytes: 2, latencyMs: 7 };
const state = (path: string | undefined = '/rooms/{id}') =>
  ({
    request: { requestId: 'r-1', method: 'GET', path: '/rooms/secret-in-path', query: 'token=secret' },
    pathParameters: {},
    route: path === undefined || path === '' ? undefined : { resourcePath: path },
  }) as never;

/** What is printed, without the times. */
function printed(use: (terminal: ReturnType<typeof createTerminal>) => void): string {
  const lines: string[] = [];
  const terminal = createTerminal((line) => lines.push(line), redactString);
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
  it('shows a request in one line, by its path template', () => {
    expect(printed(({ ended }) => ended(state(), ending, undefined))).toBe('GET /rooms/{id} 200 7 ms');
    expect(printed(({ ended }) => ended(state(''), { ...ending, status: 404 }, undefined))).toBe(
      'GET (no route) 404 7 ms',
    );
  });

  it.each<readonly [string, object, string]>([
    ['the code of the function', { message: 'request', code: 'not-found' }, 'not-found'],
    [
      'the reason of the authorizer',
      { message: 'authorizer decision', decision: 'deny', reason: 'expired' },
      'expired',
    ],
    ['the rejection of the gateway', {}, 'WAF_FILTERED'],
  ])('shows why a request is rejected: %s', (_, members, why) => {
    const rejection = { kind: 'rejection', type: 'WAF_FILTERED', message: '' } as never;
    const text = printed(({ logged, ended }) => {
      if ('message' in members) logged('/aws/lambda/f', entry(members));
      ended(state(), { ...ending, status: 403 }, rejection);
    });
    expect(text).toBe(`GET /rooms/{id} 403 7 ms ${why}`);
  });

  it('shows an entry of a handler in one line, with its members', () => {
    const line = entry({ route: 'getRoom', room: 7, service: 'rooms', subject: 's' });
    expect(printed(({ logged }) => logged('/aws/lambda/f', line))).toBe('INFO getRoom: seen {"room":7}');
    expect(printed(({ logged }) => logged('/aws/lambda/f', entry({ level: 'WARN' })))).toBe('WARN f: seen');
  });

  it('shows an error with its name, its message and its first frame outside of Node.js and packages', () => {
    const stack = `TypeError: no x\n    at read (node:fs:1:1)\n    at dep (file:///a/node_modules/d/i.js:1:1)\n    at getRoom (file:///data/asset.1/index.mjs:3:14)\n    at more (file:///b.mjs:1:1)`;
    const error = { name: 'TypeError', message: 'no x', stack };
    const line = entry({ level: 'ERROR', message: 'request failed', route: 'getRoom', error });
    expect(printed(({ logged }) => logged('/aws/lambda/f', line))).toBe(
      'ERROR getRoom: request failed\n  TypeError: no x\n    at getRoom (index.mjs:3:14)',
    );
    const text = entry({ level: 'ERROR', message: 'request failed', error: 'thrown text' });
    expect(printed(({ logged }) => logged('/aws/lambda/f', text))).toBe('ERROR f: request failed\n  thrown text');
  });

  it('shows an event that failed outside of a request', () => {
    const json = JSON.stringify({ errorType: 'Error', errorMessage: 'TABLE is missing', stack: [] });
    const failed = `2026-11-28T00:00:00Z\tr-1\tERROR\tInvoke Error\t${json}`;
    expect(printed(({ logged }) => logged('/aws/lambda/f', failed))).toBe('ERROR f: Error: TABLE is missing');
    const late = '2026-11-28T00:00:00Z r-1 Task timed out after 3.00 seconds';
    expect(printed(({ logged }) => logged('/aws/lambda/f', late))).toBe('ERROR f: Task timed out after 3.00 seconds');
  });

  it('shows no other output, and says once where it is', () => {
    const text = printed(({ logged }) => {
      logged('/aws/lambda/f', 'password=hunter2');
      logged('/aws/lambda/f', 'password=hunter2');
      logged('/aws/lambda/f', '{ broken');
      logged('/aws/lambda/f', JSON.stringify({ _aws: {}, Requests: 1 }));
    });
    expect(text).toMatch(/^f wrote to its output .* only in its log file: use log\.info\(…\)$/);
  });

  it.each(Object.keys(LOGGED).filter((name) => name !== 'message'))(
    'shows no JSON that is no entry of the logger: without %s',
    (name) => {
      for (const value of [undefined, null, 'x', {}, ['INFO'], 7, true]) {
        const isAllowed = name === 'service' ? typeof value === 'string' : name === 'sampling_rate' && value === 7;
        const text = printed(({ logged }) => logged('/aws/lambda/f', entry({ [name]: value, note: 'hunter2' })));
        expect([value, text.includes('hunter2')]).toEqual([value, isAllowed]);
      }
    },
  );

  it('shows no secret, in whatever form a function prints or throws it', () => {
    const forms: readonly ((text: string) => string)[] = [
      (text) => text,
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
          logged('/aws/lambda/f', form(secret.text));
          ended(state(), { ...ending, status: 403 }, undefined);
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
