import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hideSecrets } from '../../../lambdas/shared/hideSecrets.ts';
import { sourceFiles } from '../../architecture/sources.ts';

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
    ['Basic Basic dXNlcjpwYXNz', 'Basic Basic [redacted]'],
    ['sent DPoP basic:DPoP abcDEF123456', 'sent DPoP basic:DPoP [redacted]'],
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
    ['q%3DAKIAIOSFODNN7EXAMPLE x', 'q%3D[redacted] x'],
    [`q%3D${'0123456789abcdef'.repeat(4)} x`, 'q%3D[redacted] x'],
    ['q%3DwJalrXUtnFEMI%2FK7MDENG%2FbPxRfiCYEXAMPLEKEY x', 'q%3D[redacted] x'],
  ])('is shown without its secrets: %s', (value, expected) => {
    expect(hideSecrets(value)).toBe(expected);
    expect(hideSecrets(expected)).toBe(expected);
  });

  it.each([
    '2026-11-28T05:10:01.123Z',
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
    'at /srv/ci13/test/unit/shared/describeError.test.ts:24:20',
    "TypeError: Cannot read properties of undefined (reading 'title')\n    at handler (file:///var/task/index.mjs:1:2345)",
    'arn:aws:secretsmanager:eu-west-1:123456789012:secret:DocumentsApiKeysSecret4A1B2C3D-AbCdEf',
    `at respond (file:///home/me/cdk.out/asset.${'0123456789abcdef'.repeat(4)}/index.mjs:3:19711)`,
    'arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/live/GET/documents/0b5e1c9e-4111-4111-8111-111111111111',
    'Documents-ApiMonitoringAlarmsFailedLoginsD2A0AE66-N21XFGARN5NW',
    '2026-11-28 05:10:01,123 1795608000.123 PT15M',
  ])('stays readable: %s', (value) => {
    expect(hideSecrets(value)).toBe(value);
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
    const shown = hideSecrets(text);
    expect(shown).not.toContain('hunter2');
    expect(shown.includes('kept')).toBe(text.includes('kept'));
  });
});

/** One row for each way in which a value belongs to a name, or credentials to a scheme. The property test generates the rest. */
describe('a value', () => {
  it.each(
    [
      'password   =   §',
      'password\n=\n§',
      'password\u00a0:\u00a0§',
      'password\t:\t§',
      'password[]=§',
      'password[0]=§',
      'user[password]=§',
      '<password>§</password>',
      '<a:password x="1"><![CDATA[§]]></a:password>',
      '<user password="§"/>',
      '<param name="password" value="§"/>',
      '<entry key="password">§</entry>',
      'form-data; name="password"\r\n\r\n§\r\n--b',
      "Bearer '§'",
      'Bearer\n§',
      'Basic §',
      'ApiKey §',
      'Basic user:§',
      '["authorization","§"]',
      '["authorization: §"]',
      "[ 'host', 'a', 'Cookie', '§' ]",
      "{ name: 'password', value: '§' }",
      '{"Name":"password","Value":"§"}',
      'SAMLResponse=§',
      'password%25253DV',
      'password=a%26§&x=1',
      '&quot;token&quot;:&quot;§&quot;',
      '\\u0022token\\u0022:\\u0022§\\u0022',
      'pass\u200bword=§',
      'postgres://u:p@ss§@host',
      'postgres://u:p/§@host',
      'redis://:§@host',
      'u:§@host:5432',
      '-----BEGIN\tRSA PRIVATE KEY-----\n§',
      'password: correct horse §',
      'password = correct horse §',
      'password: |\n  a\n  §',
      'tokens:\n  - §\n  - §',
      'mysql --password §',
      "IDENTIFIED BY PASSWORD '§'",
      'the password is §',
      'password=a;§',
      'password=a,§',
      'password="a\\"§"',
      '"a","""password"":""§"""',
      '{"token":["a]b","§"]} x',
      `${'x'.repeat(200)}_password=§`,
      'sk-proj-§',
      'sk-ant-§',
      'SG.§§.§',
      'hf_§§',
      'https://hooks.slack.com/services/T012345/B012345/§',
      'Cookie: a=1; b=§',
      'password is: §',
      'set password to §9',
      '| password | §9 |',
      '- name: DB_PASSWORD\n  value: §',
      'name=password&value=§',
      '<key>password</key><string>§</string>',
      '\u001b[31mpassword\u001b[0m: §',
      'curl -u bob:§',
      'Bearer, §',
      '2fa code: §',
      'Authorization: Custom §',
      'postgres://u:p%27§@h/db',
      'https://u:p%20§@h/',
      'https://u:p%22§@h/',
      'https://u:p%3C§@h/',
      'https://u:p%0A§@h/',
      'amqp://u:%2F%3F%23§@h',
      'https%3A%2F%2Fu%3Ap%2527§%40h%2F',
      "postgres://u:p'§@h/db",
      "postgres://u:p',§@h/db",
      'postgres://u:p<§@h/db',
      'postgres://u:p>§@h/db',
      "'postgres://u:p@1'§@h/db'",
      'u:p%27§@h',
      'curl -u bob:p%27§ https://x',
      '?password=12%2C§',
      'password=4%5D§',
      'DB_PASSWORD=7}§',
      'X-Api-Key: 4]§',
      'password=true,§',
      'password=null,§',
      'password: undefined,§',
      'password=-1.5e3]§',
      'password=false}§',
      'password=[a]§',
      'password=[a],§',
      'password={a}§',
      '"password"=4,§',
      "'password': 12,§",
      '{"password":12,§}',
      '{"password":[1]§}',
      'key {"kty":"oct","k":"§"}',
      'key {"kty":"OKP","crv":"Ed25519","d":"§"}',
      "{ kty: 'RSA', n: 'x', e: 'AQAB', dp: '§' }",
      'key {\\"qi\\":\\"§\\",\\"kty\\":\\"RSA\\"}',
      "password: 'don''t §'",
      "SET password='it''s §'",
      "SET PASSWORD 'it''s §'",
      "--password 'it'\\''s §'",
      `--password 'it'"'"'s §'`,
      "password='a'§",
      `password="a"'§'`,
      '[{"op":"replace","path":"/user/password","value":"§"}] x',
      'x [{"op":"replace","value":"§","path":"/user/password"}]',
      "x [{ op: 'replace', path: '/user/password', value: '§' }]",
      'secret: |\n  a\n\n  §',
      'secret: >\r\n  a\r\n \r\n\r\n  §',
      'password: |2-\n  §',
      'password: |-2\n  §',
      'password: >+ # why\n  §',
      'password: |\n  key: §',
      'password: !!str |\n  §',
      'Stripe-Signature: t=1,v1=§',
      'x-hub-signature: sha1=a; b=§',
      'Signature: t=1,v1=§',
      'body {"value":"§","name":"password"}',
      '\ufeff{"value":"§","name":"password"}',
      '{"a":1}\n{"value":"§","name":"password"}',
      '<input value="§" name="password">',
      "<input value='§' type='x' name='password'/>",
      'value=§&name=password',
      '"password" with value "§" fails',
      '{"message":"\\"user.password\\" with value \\"§\\" fails"} x',
      "{ path: [ 'password' ], input: '§' }",
      'x {"path":["user","password"],"message":"x","input":"§"}',
      'x {"input":"§","path":["password"]}',
      "{instancePath:'/password', data:'§'}",
      'x {"instancePath":"/password","params":{"limit":8},"parentSchema":{"type":"string"},"data":"§"}',
    ].map((text) => text.replaceAll('§', 'hunter2hunter2')),
  )('is hidden: %j', (text) => {
    expect(hideSecrets(text)).not.toContain('hunter2');
  });
});

describe('a text that only speaks of secrets', () => {
  it.each([
    'API key: rejected',
    'API key: denied',
    'dpop proof',
    'tokens: 5',
    'tokens=5, keys: 2',
    'token: expired',
    'token: not yet valid',
    'password: too short, at least 8 characters',
    'password=missing',
    'the token was revoked',
    '"nextToken":null',
    'secret: undefined',
    'the basic example',
    'a bearer token',
    'WWW-Authenticate: Bearer',
    'DPoP algs="ES256"',
    'Unexpected token \'a\', "abc" is not valid JSON',
    'Promise<Token> is missing',
    'bob@example.com',
    'mailto:bob@example.com',
    'https://a.example:443/users/@me',
    'git@github.com:a/b.git',
    'npm:react@18.2.0',
    'sort key: name',
    'password: Invalid input: expected string, received undefined',
    '/password: must NOT have fewer than 8 characters',
    'credentials: same-origin',
    'auth: ok',
    '(token: null)',
    `image@sha256:${'0123456789abcdef'.repeat(4)}`,
    'Error: x\n    at getToken (/var/task/index.mjs:1:2)\n    at run (/var/task/index.mjs:3:4)',
    'Error: x\n    at async User.setPassword (file:///var/task/index.mjs:1:2)',
    'Error: x\n    at new Secret (node:internal/x:1:2)',
    'x {"u":"http://h:80","m":"a@b.c"}',
  ])('stays readable: %s', (text) => {
    expect(hideSecrets(text)).toBe(text);
  });

  it('is searched for each scheme and each name in any case, beside letters that lower case changes', () => {
    const schemes = ['bearer', 'dpop', 'basic', 'api-key', 'apikey', 'negotiate', 'ntlm'];
    const names = [
      ...[
        '--password',
        '-token',
        'signing key',
        'token',
        'secret',
        'password',
        'passwd',
        'passphrase',
        'passcode',
        'pwd',
      ],
      ...[
        'pin',
        'otp',
        'cvv',
        'cvc',
        'activation code',
        'credential',
        'credentials',
        'cookie',
        'authorization',
        'auth',
      ],
    ];
    const found = [...schemes, ...names].flatMap((name) =>
      [name, name.toUpperCase(), name.replace(/[a-z]/, (first) => first.toUpperCase())].flatMap((written) =>
        ['', 'x ', '\u212a', '\u0130 '].map((before) => `${before}${written} x9Y8z7#w6`),
      ),
    );
    expect(found.filter((text) => hideSecrets(text) === text)).toEqual([]);
    expect(hideSecrets('a "x-secret" with the value x9Y8z7#w6')).toBe('a "x-secret" with the value [redacted]');
  });

  it('stays readable: every message of the functions', () => {
    const comments = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
    const messages = sourceFiles(fileURLToPath(new URL('../../../lambdas', import.meta.url)))
      .filter((file) => !/secret|namedSecrets/.test(file))
      .flatMap((file) => [
        ...readFileSync(file, 'utf8')
          .replaceAll(comments, '')
          .matchAll(/'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g),
      ])
      .map(([, single, template = '']) => (single ?? template).replaceAll(/\$\{[^}]*\}/g, 'x'))
      // Credentials are made of a scheme and a value.
      .filter((message) => /[a-z] [a-z]/i.test(message) && !/^(?:(?:Basic|Bearer) x|x Credential=.*)$/.test(message));
    expect(messages.length).toBeGreaterThan(250);
    expect(messages.filter((message) => hideSecrets(message) !== message)).toEqual([]);
  });
});
