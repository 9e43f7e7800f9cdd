import { describe, expect, it } from 'vitest';
import { create, expectRejected, outcome, plain, silenceTelemetry } from './support.ts';

silenceTelemetry();

describe('the size of a request', () => {
  it('is limited for the URL and the headers, before anything else is checked', async () => {
    expect(await outcome({ ...plain, query: { name: 'x'.repeat(80) } })).toEqual([414, 'uri-too-long']);
    const headers = { ...plain.headers, 'X-Other': 'x'.repeat(600) };
    expect(await outcome({ ...plain, headers, authorizer: null })).toEqual([431, 'headers-too-large']);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-${i}`, 'abcdef']));
    expect(await outcome({ ...plain, headers: { ...plain.headers, ...many } })).toEqual([431, 'headers-too-large']);
  });

  it('is limited for the body, in bytes', async () => {
    await expectRejected({ ...create, raw: `"${'ä'.repeat(100)}"` }, 413, 'payload-too-large');
  });
});
