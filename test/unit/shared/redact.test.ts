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

  it.each([null, undefined])('is shown when it is %s', (value) => {
    expect(redact('token', value)).toBe(value);
  });
});

describe('a string', () => {
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
  ])('is shown without its secrets: %s', (value, expected) => {
    expect(redact('note', value)).toBe(expected);
  });
});

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
  ])('hides the value of %s, whatever its type', (name) => {
    for (const value of ['string', 7, ['a'], { a: 1 }])
      expect(logged({ [name]: value })).toEqual({ [name]: '[redacted]' });
  });

  it.each([
    'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.',
    'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln',
    '4111111111111111',
    '4111-1111-1111-1111',
    'card 5500 0000 0000 0004.',
  ])('hides the secret in the string %s', (value) => {
    expect(JSON.stringify(logged({ note: value }))).toMatch(/\[redacted\]/);
    expect(JSON.stringify(logged([value]))).not.toMatch(/eyJ|1111|0004/);
  });

  it.each(['monkey', 'tokens', 'secretary', 'author', 'expiresAt'])('shows %s', (name) => {
    expect(logged({ [name]: 'value' })).toEqual({ [name]: 'value' });
  });

  it.each(['4111111111111112', '1234567890', '0b5e1c9e-4111-4111-8111-111111111111', 'order 4111111111111111a'])(
    'shows %s, which is not a card number',
    (value) => {
      expect(logged({ note: value })).toEqual({ note: value });
    },
  );
});

describe('what the log hides', () => {
  it.each([
    'authorization',
    'Proxy-Authorization',
    'set-cookie',
    'id_token',
    'oldPassword',
    'passwd',
    'client_secret',
    'x-api-key',
    'apikey',
    'private_key',
    'credential',
    'credentials',
  ])('is the value of %s', (name) => {
    expect(redact(name, 'x')).toBe('[redacted]');
    expect(redact(name, 7)).toBe('[redacted]');
    expect([redact(name, null), redact(name, undefined)]).toEqual([null, undefined]);
  });

  it.each([
    'authorizations',
    'lastAuthorization',
    'cookies',
    'tokens',
    'password_hint',
    'passwd_file',
    'secretary',
    'api_keys',
    'private_keys',
    'credentials_file',
  ])('is not the value of %s', (name) => {
    expect(redact(name, 'x')).toBe('x');
  });

  it.each([
    ['4111 1111 1111 1111', '[redacted]'],
    ['6011-0009-9013-9424', '[redacted]'],
    ['4111 1111 1111 1112', '4111 1111 1111 1112'],
    ['a eyJhbGciOiJ9.e30.c2ln_-x b', 'a [redacted] b'],
    ['a eyJhbGciOiJ9.e30. b', 'a [redacted] b'],
  ])('in a string: %s', (string, expected) => {
    expect(redact('text', string)).toBe(expected);
  });
});
