import { describe, expect, it } from 'vitest';
import { redact } from '../../../lambdas/shared/redact.ts';

const logged = (value: unknown) => JSON.parse(JSON.stringify(value, redact)) as unknown;

describe('a log entry', () => {
  it.each([
    'authorization',
    'Proxy-Authorization',
    'Cookie',
    'set-cookie',
    'token',
    'access_token',
    'idToken',
    'password',
    'newPassword',
    'clientSecret',
    'x-api-key',
    'apiKey',
    'API_KEY',
    'credentials',
  ])('hides the value of %s, whatever it is', (name) => {
    for (const value of ['text', 7, ['a'], { a: 1 }])
      expect(logged({ [name]: value })).toEqual({ [name]: '[redacted]' });
  });

  it.each([
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.',
    'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln',
    '4111111111111111',
    '4111-1111-1111-1111',
    'card 5500 0000 0000 0004.',
  ])('hides what is secret inside the text %s', (text) => {
    expect(JSON.stringify(logged({ note: text }))).toMatch(/\[redacted\]/);
    expect(JSON.stringify(logged([text]))).not.toMatch(/eyJ|1111|0004/);
  });

  it.each(['monkey', 'tokens', 'secretary', 'author', 'expiresAt'])('shows %s', (name) => {
    expect(logged({ [name]: 'value' })).toEqual({ [name]: 'value' });
  });

  it.each(['4111111111111112', '1234567890', '0b5e1c9e-4111-4111-8111-111111111111', 'order 4111111111111111a'])(
    'shows %s, which is no card',
    (text) => {
      expect(logged({ note: text })).toEqual({ note: text });
    },
  );
});
