import { describe, expect, it } from 'vitest';
import { redact } from '../../../lambdas/shared/redact.ts';

describe('a value by its name', () => {
  it.each([
    'passwd',
    'credential',
    'Credentials',
    'private_key',
    'privateKey',
    'client-secret',
    'api__key',
    'sessionCookie',
  ])('is hidden: %s', (name) => {
    expect(redact(name, 'value')).toBe('[redacted]');
  });

  it.each([
    'reauthorization',
    'proxyauthorizations',
    'authorizationDetails',
    'cookieName',
    'passwordAge',
    'passwdAge',
    'secretName',
    'tokenUse',
    'apiKeyId',
    'privateKeyId',
    'credentialsAge',
  ])('is shown: %s', (name) => {
    expect(redact(name, 'value')).toBe('value');
  });

  it.each([null, undefined])('tells that there is none: %s', (value) => {
    expect(redact('token', value)).toBe(value);
  });
});

describe('a text', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-_09';

  it.each([
    [`Bearer ${jwt}`, 'Bearer [redacted]'],
    [`a ${jwt}, b ${jwt}!`, 'a [redacted], b [redacted]!'],
    ['none: eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.', 'none: [redacted]'],
    ['card 4111 1111 1111 1111, paid', 'card [redacted], paid'],
    ['cards 4222222222222 and 6304000000000000001', 'cards [redacted] and 6304000000000000001'],
    ['American 378282246310005', 'American [redacted]'],
    ['eyJab.c.d', 'eyJab.c.d'],
    ['xeyJhbGciOiJub25lIn0.a.b', 'xeyJhbGciOiJub25lIn0.a.b'],
  ])('is shown without what is secret in it: %s', (text, expected) => {
    expect(redact('note', text)).toBe(expected);
  });
});
