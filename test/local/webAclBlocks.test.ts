import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../support/client.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

const SECRET = 'planted-3f9c1e77';
/** Bytes in the body of a GET: no route takes one. */
const LARGE = 2_000;
const TIMES = 60;

let gateway: RunningGateway;
beforeAll(async () => {
  gateway = await startGateway({ args: ['--speed', '60'] });
  const call = clientOf(gateway.ready);
  const headers = {
    authorization: `Bearer ${SECRET}`,
    cookie: `session=${SECRET}`,
    'x-api-key': SECRET,
    'x-unheard-of': SECRET,
    'user-agent': SECRET,
  };
  for (let i = 0; i < TIMES; i++) {
    const body = { [SECRET]: SECRET.repeat(LARGE / SECRET.length) };
    const { status } = await call('GET', `/me?token=${SECRET}`, { headers, body });
    expect(status).toBe(413);
  }
}, 120_000);
afterAll(() => gateway?.stop());

const file = (name: string) => {
  try {
    return readFileSync(join(gateway.ready.data, name), 'utf8');
  } catch {
    return '';
  }
};

describe('requests that the web ACL of the sample blocks', () => {
  it('are in its log with rule, address, method and path, and without the secrets of their headers, cookie, query and body', async () => {
    await expect.poll(() => file('logs/web-acl.log').split('\n').length, { timeout: 10_000 }).toBe(TIMES + 1);
    const log = file('logs/web-acl.log');
    expect(log).not.toContain(SECRET);
    const entry = JSON.parse(log.split('\n')[0] ?? '');
    expect(entry).toMatchObject({
      action: 'BLOCK',
      terminatingRuleId: 'oversized-bodies',
      responseCodeSent: 413,
      httpRequest: { clientIp: '127.0.0.1', httpMethod: 'GET', uri: '/me', args: 'REDACTED' },
    });
    const headers = entry.httpRequest.headers as readonly { readonly value: string }[];
    expect(headers.length).toBeGreaterThan(4);
    expect(new Set(headers.map(({ value }) => value))).toEqual(new Set(['REDACTED']));
  });

  it('raise the alarm once, whose message names the rule and the address, and no secret', async () => {
    await expect.poll(() => file('notifications.jsonl'), { timeout: 30_000 }).toContain('waf-blocks');
    const lines = file('notifications.jsonl').trim().split('\n');
    const { text, severity } = JSON.parse(lines.find((line) => line.includes('waf-blocks')) ?? '');
    expect(severity).toBe('ticket');
    expect(text).toMatch(/Blocked rules[\s\S]*oversized-bodies/);
    expect(text).toMatch(/Blocked addresses[\s\S]*127\.0\.0\.1/);
    expect(file('notifications.jsonl')).not.toContain(SECRET);
    expect(gateway.output()).not.toContain(SECRET);
  }, 60_000);
});
