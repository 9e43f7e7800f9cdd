import { describe, expect, it } from 'vitest';
import { loggedUserAgent, redact, redactString } from '../../../lambdas/shared/redact.ts';

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

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln-_09';
const PEM = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----';

describe('a string', () => {
  it.each([
    [`Bearer ${JWT}`, 'Bearer [redacted]'],
    [`a ${JWT}, b ${JWT}!`, 'a [redacted], b [redacted]!'],
    [`x${JWT}`, 'x[redacted]'],
    ['cut eyJhbGciOiJSUzI1NiJ9.eyJzdWIi', 'cut [redacted]'],
    ['JWE eyJhbGciOiJkaXIifQ..aXY.Y2lwaGVy.dGFn', 'JWE [redacted]'],
    ['Bearer opaque', 'Bearer [redacted]'],
    ['bearer mF_9.B5f-4.1JqM', 'bearer [redacted]'],
    ['BEARER%20abc123', 'BEARER%20[redacted]'],
    ['Basic dXNlcjpwYXNz', 'Basic [redacted]'],
    ['DPoP aBc', 'DPoP [redacted]'],
    ['ApiKey k1', 'ApiKey [redacted]'],
    ['Authorization: Token abc def\nnext', 'Authorization: [redacted]\nnext'],
    ['Cookie: sid=1; theme=2\nnext', 'Cookie: [redacted]\nnext'],
    ['GET /?access_token=abc&x=1', 'GET /?access_token=[redacted]&x=1'],
    ['/callback?code=abc&state=s', '/callback?code=[redacted]&state=s'],
    ['client_secret%3Dabc%26x%3D1', 'client_secret%3D[redacted]%26x%3D1'],
    ['{"password":"a b","x":1}', '{"password":"[redacted]","x":1}'],
    ['{"a":"{\\"apiKey\\":\\"a\\\\\\"b\\",\\"x\\":1}"}', '{"a":"{\\"apiKey\\":\\"[redacted]\\",\\"x\\":1}"}'],
    ["password='a b' x", "password='[redacted]' x"],
    ['api key: abc', 'api key: [redacted]'],
    ['https://user:pass@host/x', 'https://[redacted]@host/x'],
    ['key AKIAIOSFODNN7EXAMPLE', 'key [redacted]'],
    ['key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'key [redacted]'],
    [`key ${'0123456789abcdef'.repeat(4)}`, 'key [redacted]'],
    [`a ${PEM} b`, 'a [redacted] b'],
    [JSON.stringify(PEM), '"[redacted]"'],
    [PEM.slice(0, 60), '[redacted]'],
    [`q=${encodeURIComponent(PEM)}&x=1`, 'q=[redacted]&x=1'],
    [`${new URLSearchParams({ q: PEM, x: '1' })}`, 'q=[redacted]&x=1'],
    [
      '?to=https%3A%2F%2Fa%2F%3Fa%3D1%26access_token%3Dabc%26x',
      '?to=https%3A%2F%2Fa%2F%3Fa%3D1%26access_token%3D[redacted]%26x',
    ],
    ['?to=%252F%253Faccess_token%253Dabc%2526x', '?to=%252F%253Faccess_token%253D[redacted]%2526x'],
    ['%7B%22password%22%3A%22a%22%2C%22x%22%3A1%7D', '%7B%22password%22%3A%22[redacted]%22%2C%22x%22%3A1%7D'],
    ['q%3DBearer%20abc123 x', 'q%3DBearer%20[redacted] x'],
    ['q%3DAKIAIOSFODNN7EXAMPLE x', '[redacted] x'],
    [`q%3D${'0123456789abcdef'.repeat(4)} x`, '[redacted] x'],
    ['q%3DwJalrXUtnFEMI%2FK7MDENG%2FbPxRfiCYEXAMPLEKEY x', '[redacted] x'],
  ])('is shown without its secrets: %s', (value, expected) => {
    expect(redact('note', value)).toBe(expected);
    expect(redact('note', expected)).toBe(expected);
  });

  it.each([
    ['4111 1111 1111 1111 12/27', '[redacted] 12/27'],
    ['12/27 4111 1111 1111 1111 123', '12/27 [redacted] 123'],
    ['4111111111111111,123', '[redacted],123'],
    ['41111111111111111227', '[redacted]'],
    ['6011-0009-9013-9424', '[redacted]'],
    ['4111.1111.1111.1111', '[redacted]'],
    ['4111 - 1111 - 1111 - 1111', '[redacted]'],
    ['4111\u00a01111\u20111111\u20131111', '[redacted]'],
    ['4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1', '[redacted]'],
    ['3782 822463 10005', '[redacted]'],
    ['4222222222222', '[redacted]'],
    ['4111%201111%201111%201111', '[redacted]'],
    ['%34111111111111111', '[redacted]'],
    ['４１１１１１１１１１１１１１１１', '[redacted]'],
    ['٤١١١١١١١١١١١١١١١', '[redacted]'],
    ['card4111111111111111', 'card[redacted]'],
    ['(+49 30 1234567) 4111 1111 1111 1111', '(+49 30 1234567) [redacted]'],
  ])('is shown without its card number: %s', (value, expected) => {
    expect(redact('note', value)).toBe(expected);
  });

  it.each([
    '4111 1111 1111 1112',
    '4111111111111111a',
    '6304000000000000001',
    '0b5e1c9e-4111-4111-8111-111111111111',
    '41111111-1111-4111-8111-411111111111',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '507f1f77bcf86cd799439011',
    '1795608000123',
    '1795608000123456789',
    '2026-11-28T05:10:01.123Z',
    '20261128051001123',
    'Root=1-5759e988-bd862e3fe1be46a994272793',
    '0123456789abcdef0123456789abcdef01234567',
    'arn:aws:lambda:eu-west-1:123456789012:function:Documents-ApiHandlersDocumentsE9C8A0F1-TsYz1a2B3c4D',
    'at Object.run (/var/task/DocumentsStackApiHandlersDocumentsE9C8A0F1/index.js:12:34)',
    'Bearer realm="documents", error="invalid_token"',
    'the bearer token is missing',
    'the basic plan',
    'the token expired',
    'keys-unreachable: no response',
    'status: 409 code: conflict',
    'https://api.example/documents?page=2&state=draft',
    'https://api.example/search?q=a%20b%26c%3Dd&sort=-createdAt',
    '?to=https%3A%2F%2Fa.example%2Fx%3Fpage%3D2%26state%3Ddraft',
    'sha256 sum of 2 files, etag 5d41402abc4b2a76b9719d911017c592-2',
    'ETag: W/"5d41402abc4b2a76b9719d911017c592"',
    'sha1-0123456789abcdef0123456789abcdef01234567',
    '/var/task/node_modules/@aws-lambda-powertools/logger/lib/esm/Logger.js:123:45',
    'file:///home/runner/work/secure-api/lambdas/runtime/pipeline.ts:12:34',
    "TypeError: Cannot read properties of undefined (reading 'title')\n    at handler (file:///var/task/index.mjs:1:2345)",
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:DocumentsApiKeysSecret4A1B2C3D-AbCdEf',
    `at respond (file:///home/me/cdk.out/asset.${'0123456789abcdef'.repeat(4)}/index.mjs:3:19711)`,
    'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/GET/documents/0b5e1c9e-4111-4111-8111-111111111111',
    'Documents-ApiMonitoringAlarmsFailedLoginsD2A0AE66-N21XFGARN5NW',
    '2026-11-28 05:10:01,123 1795608000.123 PT15M',
  ])('stays readable: %s', (value) => {
    expect(redact('note', value)).toBe(value);
  });
});

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

  it('is the same object each time, so that a logger finds its cycles', () => {
    const cyclic: Record<string, unknown> = { 'Bearer abc123': 1 };
    cyclic['self'] = cyclic;
    expect(redact('a', cyclic)).toBe(redact('b', cyclic));
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

describe('the time for a string', () => {
  // Eight times the characters take eight times as long when time is linear, and 64 times when it is quadratic.
  it.each([
    '-eyJa',
    'eyJaaaa',
    'a',
    '4 ',
    '4',
    '4a',
    '%34',
    'a=',
    '"token":"',
    'token="\\',
    'token=\'\\"',
    '-----BEGIN ',
    'bearer ',
    'bearer:',
    '://a:',
    'authorization: ',
    'token ',
    'AKIA',
    '-',
    '\\',
    'a1B',
    '4111-',
    'a@',
    '://',
    'ab:',
    '%34%20',
    '4111 1111 ',
    'eyJ.',
    'q=a&',
    'password%3d',
    '%a',
    '%253D',
    '%22token%22%3A%22',
    '-----BEGIN%20',
  ])('grows like its length, when it repeats %j', (piece) => {
    const timeOf = (characters: number) => {
      const text = piece.repeat(characters / piece.length);
      const times = Array.from({ length: 3 }, () => {
        const begun = performance.now();
        redactString(text);
        return performance.now() - begun;
      });
      return Math.min(...times) + 2;
    };
    timeOf(16_000);
    expect(timeOf(128_000) / timeOf(16_000)).toBeLessThan(32);
  });
});

describe('a list or an object under the name of a secret', () => {
  it.each([
    '{"token":["hunter2"]}',
    '{"password":{"value":["hunter2"]},"kept":1}',
    '{\n  "passwords": [\n    "hunter2"\n  ], "kept": 1 }',
    "{ password: [ 'hunter2' ], kept: 1 }",
    '{\\"token\\":[\\"hunter2\\"],\\"kept\\":1}',
    '{"token":["hunter2"',
  ])('is hidden inside a string: %s', (text) => {
    const shown = String(redact('note', text));
    expect(shown).not.toContain('hunter2');
    expect(shown.includes('kept')).toBe(text.includes('kept'));
  });
});
