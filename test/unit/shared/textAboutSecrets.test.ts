import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hideSecrets } from '../../../lambdas/shared/hideSecrets.ts';
import { sourceFiles } from '../../architecture/sources.ts';

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
