import { describe, expect, it } from 'vitest';
import { outcome, plain, silenceTelemetry } from './support.ts';

silenceTelemetry();

describe('the media type that a client accepts', () => {
  it.each([
    undefined,
    '*/*',
    'application/json',
    'application/*;q=0.1',
    'APPLICATION/JSON ; q=1.000',
    'text/html, application/xml;q=0.9, */*;q=0.8',
    'text/html, application/json;charset=utf-8',
  ])('is JSON: %s', async (accept) => {
    const headers = { ...plain.headers, ...(accept === undefined ? {} : { Accept: accept }) };
    expect(await outcome({ ...plain, headers })).toEqual([200, undefined]);
  });

  it.each([
    'text/html',
    'application/xml, text/*',
    'application/json;q=0',
    '*/*, application/json;q=0',
    'application/*;q=0, */*',
    'application/json;q=2',
    'json',
    ';;',
  ])('is not JSON: %s', async (accept) => {
    expect(await outcome({ ...plain, headers: { ...plain.headers, Accept: accept } })).toEqual([406, 'not-acceptable']);
  });

  it('matters only for a response with a body', async () => {
    expect(await outcome({ method: 'GET', resource: '/silent', headers: { Accept: 'text/html' } })).toEqual([
      204,
      undefined,
    ]);
  });
});
