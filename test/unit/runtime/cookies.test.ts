import { describe, expect, it } from 'vitest';
import { outcome, plain, sendInput, session, silenceTelemetry, type TestRequest } from './support.ts';

silenceTelemetry();

describe('cookies', () => {
  const withCookie = (cookie: string | readonly string[]): TestRequest => ({ ...session, headers: { Cookie: cookie } });

  it('are rejected by a route without cookies', async () => {
    expect(await outcome({ ...plain, headers: { ...plain.headers, Cookie: 'sid=abc' } })).toEqual([
      400,
      'invalid-request',
      'cookie unexpected',
    ]);
  });

  it('reach the handler as values when declared', async () => {
    expect((await sendInput(withCookie('sid=abc; n=5'))).json['seen']).toEqual({ sid: 'abc', n: 5 });
    expect((await sendInput(withCookie(['sid="abc"', 'n=5']))).json['seen']).toEqual({ sid: 'abc', n: 5 });
  });

  it.each([
    ['sid=a', ['cookie too-short']],
    ['sid=abc; n=1e3', ['cookie type']],
    ['sid=abc; other=1', ['cookie unknown']],
    ['sid=abc; sid=abd', ['cookie repeated']],
    ['sid=abc;', ['cookie malformed']],
    ['sid', ['cookie malformed', 'cookie required']],
    ['sid="abc', ['cookie malformed', 'cookie required']],
    ['sid=a b', ['cookie malformed', 'cookie required']],
  ])('are rejected: %s', async (cookie, faults) => {
    const [status, , ...errors] = await outcome(withCookie(cookie));
    expect(status).toBe(400);
    expect(errors[0]).toBe(faults[0]);
  });

  it('are required where the route declares them so', async () => {
    expect(await outcome(session)).toEqual([400, 'invalid-request', 'cookie required']);
  });
});
