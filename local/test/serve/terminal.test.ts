import { describe, expect, it } from 'vitest';
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
  const terminal = createTerminal((line) => lines.push(line));
  use(terminal);
  terminal.flush();
  return lines.join('\n').replaceAll(/^\d\d:\d\d:\d\d /gm, '');
}

const entry = (members: object) => JSON.stringify({ level: 'INFO', message: 'seen', requestId: 'r-1', ...members });

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
    const line = entry({ route: 'getRoom', room: 7, service: 'rooms', timestamp: 'x', subject: 's' });
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
