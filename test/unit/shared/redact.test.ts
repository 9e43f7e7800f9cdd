import { describe, expect, it } from 'vitest';
import { loggedUserAgent, redactString } from '../../../lambdas/shared/redact.ts';
import { redact } from '../../../lambdas/shared/secretSearch.ts';

const logged = (value: unknown) => JSON.parse(JSON.stringify(value, redact)) as unknown;
const words = (names: string) => names.trim().split(/\s+/);

describe('a value by its name', () => {
  it.each(
    words(`authorization Proxy-Authorization Cookie set-cookie sessionCookie token access_token idToken refresh_token
      sessionToken AccessTokenValue password newPassword passwordConfirmation password2 userpassword passwd pwd passphrase
      passwordHash secret clientSecret client_secret SecretKey secretKey secretkey apiKey apikey API_KEY api__key
      x-api-key APIKey privateKey private_key signingKey accessKey secretAccessKey clientKey credential Credentials
      credentials PIN cvv ssn otp jwt signature code_verifier connectionString cardNumber recoveryCode
      authorization_code`),
  )('is hidden, whatever its type: %s', (name) => {
    for (const value of ['string', 7, true, ['a'], { a: 1 }])
      expect(logged({ [name]: value })).toEqual({ [name]: '[redacted]' });
    expect([redact(name, null), redact(name, undefined)]).toEqual([null, undefined]);
  });

  it.each(words('tokens cookies apiKeys api_keys private_keys passwords secrets'))(
    'is hidden as a list, and shown as a count: %s',
    (name) => {
      expect(logged({ [name]: ['a', 'b'] })).toEqual({ [name]: '[redacted]' });
      expect(logged({ [name]: 'a, b' })).toEqual({ [name]: '[redacted]' });
      expect(logged({ [name]: 7 })).toEqual({ [name]: 7 });
    },
  );

  it.each(
    words(`reauthorizations authorizationDetails cookieName passwordAge password_hint passwd_file secretName secretArn
      tokenUse token_type tokenCount apiKeyId keyId kid publicKey primaryKey sortKey key code status statusCode
      privateKeyId credentialsAge secretary monkey author expiresAt shipping span company requestId sub jti sessionId`),
  )('is shown: %s', (name) => {
    expect(redact(name, 'value')).toBe('value');
  });
});

describe('a list', () => {
  const FRAMES = ['    at read (file:///var/task/index.mjs:3:14)', '    at async /var/task/index.mjs:9:1'];

  it.each([
    [['Error: Missing environment variable DB_PASSWORD', ...FRAMES, '    at Promise.all (index 0)']],
    [['Error: Missing environment variable DB_PASSWORD', FRAMES[0]]],
    [['Error: Missing DB_PASSWORD', '  set it to what the table has', ...FRAMES, '    at f (<anonymous>)']],
    [['Error: --password', FRAMES[0]]],
  ])('of the lines of a stack keeps its frames and its message: %j', (stack) => {
    expect(logged({ stack })).toEqual({ stack });
  });

  it('of the lines of a stack is still searched, line by line and by names', () => {
    const withSecrets = ['Error: token=hunter2', '    at f (https://u:hunter2@h/a.mjs:1:1)', '    at g (a.mjs:1:1)'];
    expect(JSON.stringify(logged(withSecrets))).not.toContain('hunter2');
    expect(logged(['password', 'hunter2', ...FRAMES])).toEqual(['password', '[redacted]', ...FRAMES]);
    expect(logged(['Error: no', FRAMES[0], '--password', 'hunter2', 'x'])).not.toContain('hunter2');
  });

  it.each([
    [['Authorization', 'Bearer x1']],
    [['x-api-key', 'abc', 'accept', 'a/b']],
    [['run', '--password', 'x']],
    [['the password is', 'hunter2']],
    [['Your new password', 'hunter2', 'Your name', 'Ada']],
    [['password', ' at home 12']],
    [['password', 'at f (a.mjs:1:1)']],
  ])('of names and values hides these of secrets: %j', (list) => {
    const at = list.findIndex((item) => /authorization|key|password/i.test(item)) + 1;
    expect(logged(list)).toEqual(list.with(at, '[redacted]'));
  });
});

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-_09';

describe('a value of another kind', () => {
  it('is shown without its secrets in lists, objects, names of members, numbers, addresses and errors', () => {
    expect(
      logged({
        list: [`x ${JWT}`],
        nested: { pin: 1234, n: 4_111_111_111_111_111, at: 1_795_608_000_123 },
        '4111 1111 1111 1111': 1,
        jwk: { kty: 'EC', d: 'private' },
        url: new URL('https://u:p@host/?code=abc'),
        bytes: Buffer.from('secret'),
        view: new Uint8Array(3),
      }),
    ).toEqual({
      list: ['x [redacted]'],
      nested: { pin: '[redacted]', n: '[redacted]', at: 1_795_608_000_123 },
      '[redacted]': 1,
      jwk: '[redacted]',
      url: 'https://[redacted]@host/?code=[redacted]',
      bytes: '[6 bytes]',
      view: '[3 bytes]',
    });
  });

  it('is the same object each time, so that a logger finds its cycles, until it changes', () => {
    const cyclic: Record<string, unknown> = { 'Bearer abc123': 1 };
    cyclic['self'] = cyclic;
    expect(redact('a', cyclic)).toBe(redact('b', cyclic));
    cyclic['later'] = 2;
    cyclic['Bearer abc123'] = 3;
    expect(redact('a', cyclic)).toEqual({ 'Bearer [redacted]': 3, self: cyclic, later: 2 });
    const pair = { name: 'password', value: 'hunter2' };
    logged(pair);
    pair.name = 'city';
    expect(logged(pair)).toEqual({ name: 'city', value: 'hunter2' });
  });
});

describe('a user agent', () => {
  it.each([
    [{ 'User-Agent': `${'x'.repeat(195)} Bearer abc` }, `${'x'.repeat(195)} Bear`],
    [{ 'user-agent': `${'x'.repeat(180)} 4111 1111 1111 1111` }, `${'x'.repeat(180)} [redacted]`],
    [{}, undefined],
    [null, undefined],
  ])('is redacted, then shortened: %j', (headers, expected) => {
    expect(loggedUserAgent(headers)).toBe(expected);
  });
});

const form = new FormData();
form.set('password', 'hunter2');
form.set('x', '1');

describe('a name and its value that are no member', () => {
  it.each<readonly [unknown, unknown]>([
    [
      ['authorization', 'hunter2'],
      ['authorization', '[redacted]'],
    ],
    [
      ['Host', 'a', 'Cookie', 'hunter2'],
      ['Host', 'a', 'Cookie', '[redacted]'],
    ],
    [
      [
        ['password', 'hunter2'],
        ['x', '1'],
      ],
      [
        ['password', '[redacted]'],
        ['x', '1'],
      ],
    ],
    [
      ['run', '--password', 'hunter2'],
      ['run', '--password', '[redacted]'],
    ],
    [['authorization: hunter2'], ['authorization: [redacted]']],
    [
      { name: 'password', value: 'hunter2' },
      { name: 'password', value: '[redacted]' },
    ],
    [
      { value: 'hunter2', key: 'apiKey' },
      { value: '[redacted]', key: 'apiKey' },
    ],
    [
      { Name: 'client_secret', Value: ['hunter2'] },
      { Name: 'client_secret', Value: '[redacted]' },
    ],
    [
      new Map([
        ['password', 'hunter2'],
        ['x', '1'],
      ]),
      { password: '[redacted]', x: '1' },
    ],
    [new Headers({ authorization: 'hunter2', x: '1' }), { authorization: '[redacted]', x: '1' }],
    [new URLSearchParams({ token: 'hunter2', x: '1' }), { token: '[redacted]', x: '1' }],
    [form, { password: '[redacted]', x: '1' }],
    [
      { message: 'password', extra: 'hunter2' },
      { message: 'password', extra: '[redacted]' },
    ],
    [
      { message: 'the password is', extra: 'hunter2' },
      { message: 'the password is', extra: '[redacted]' },
    ],
    [
      { message: 'password', 0: 'hunter2' },
      { message: 'password', 0: '[redacted]' },
    ],
  ])('is hidden: %j', (value, expected) => {
    expect(logged({ value })).toEqual({ value: expected });
  });

  it.each([
    [['password', 'email', 'name']],
    [['a', 'b']],
    [{ name: 'page', value: '2' }],
    [{ message: 'the token expired', extra: 'later' }],
    [{ field: 'password', message: 'is required', code: 'required' }],
  ])('stays readable: %j', (value) => {
    expect(logged({ value })).toEqual({ value });
  });
});

it.each([
  { path: ['user', 'password'], input: 'hunter2' },
  { input: 'hunter2', path: ['password'] },
  { instancePath: '/user/password', data: 'hunter2' },
  { op: 'replace', path: '/user/password', value: 'hunter2' },
  { kty: 'RSA', qi: 'hunter2' },
])('hides what an error of a schema library, a JSON patch or a key holds, as a value and as text: %j', (value) => {
  for (const text of [
    JSON.stringify(value, redact),
    redactString(JSON.stringify(value)),
    redactString(`x ${JSON.stringify(value)}`),
  ])
    expect(text).not.toContain('hunter2');
});
