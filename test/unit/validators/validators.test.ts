import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync, transformSync } from 'esbuild';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import type { Validate } from '../../../lib/definition/bundledTypes.ts';
import { type Api, DefinitionError, defineApi, defineRoles, object, post } from '../../../lib/definition/index.ts';
import { FORMATS } from '../../../lib/validators/formats.ts';
import {
  compileResponseValidator,
  compileValidator,
  FORMAT_NAMES,
  routeContract,
  validatorSource,
  validatorSources,
} from '../../../lib/validators/index.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { generatedApi } from '../../support/generated.ts';

const ID = '7b0e1f38-3f0c-4e0b-9d5a-1c2d3e4f5a6b';

/** A definition of one route that takes this body. */
function taking(body: object): Api {
  return defineApi(
    {
      name: 'one',
      version: '1.0.0',
      roles: defineRoles({ user: { can: ['thing:write'] } }, { reviewed: '2026-11-01' }),
      tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
      routes: {
        add: post('/things', { permission: 'thing:write', body, responses: { 200: { description: 'Fine' } } }),
      },
    } as never,
    { today: new Date('2026-11-10') },
  ) as Api;
}

const routeOf = (body: object) => Object.values(taking(body).routes)[0] as Api['routes'][string];
const accepts = (body: object) => {
  const validate = compileValidator(routeOf(body));
  return (value: unknown) => validate({ path: {}, query: {}, headers: {}, body: value });
};

async function bundled(source: string, format: 'esm' | 'cjs'): Promise<Validate> {
  const folder = temporaryFolder();
  const entry = join(folder, 'entry.js');
  writeFileSync(entry, source);
  const outfile = join(folder, format === 'esm' ? 'out.mjs' : 'out.cjs');
  buildSync({ entryPoints: [entry], bundle: true, minify: true, format, outfile, logLevel: 'error' });
  if (format === 'cjs') return createRequire(outfile)(outfile).default;
  return (await import(pathToFileURL(outfile).href)).default;
}

describe('a compiled validator', () => {
  const validate = compileValidator(documents.routes.createDocument);
  const request = (body: unknown) => ({ path: {}, query: {}, headers: {}, body });

  it('accepts a whole request and reports every fault with its place', () => {
    expect(validate(request({ title: 'T', tags: ['a'] }))).toBe(true);
    expect(validate(request({ title: '', tags: ['A'], role: 'admin' }))).toBe(false);
    expect(validate.errors?.map(({ instancePath, keyword }) => `${instancePath} ${keyword}`).sort()).toEqual([
      '/body additionalProperties',
      '/body/tags/0 pattern',
      '/body/title minLength',
    ]);
  });

  it('needs the parts that the route takes, and rejects what it does not take', () => {
    expect(validate({ path: {}, query: {}, headers: {} })).toBe(false);
    expect(validate({ ...request({ title: 'T' }), query: { a: '1' } })).toBe(false);
    expect(validate({ ...request({ title: 'T' }), cookies: {} })).toBe(false);
    expect(validate({ headers: {}, body: { title: 'T' } })).toBe(true);
  });

  it('lets an absent body pass where none is taken, and no other', () => {
    const read = compileValidator(documents.routes.getDocument);
    expect(read({ path: { id: ID }, query: {}, headers: {}, body: undefined })).toBe(true);
    expect(read({ path: { id: ID } })).toBe(true);
    expect(read({ path: { id: ID }, query: {}, headers: {}, body: null })).toBe(false);
  });

  it('coerces nothing, fills in nothing and leaves its input as it is', () => {
    const list = compileValidator(documents.routes.listDocuments);
    const input = { path: {}, query: { limit: '5' }, headers: {} };
    expect(list(input)).toBe(false);
    expect(list({ path: {}, query: {}, headers: {} })).toBe(true);
    expect(input).toEqual({ path: {}, query: { limit: '5' }, headers: {} });
  });

  it('counts characters, not UTF-16 units', () => {
    expect(validate(request({ title: '😀'.repeat(200) }))).toBe(true);
    expect(validate(request({ title: '😀'.repeat(201) }))).toBe(false);
  });
});

describe('comparison of objects', () => {
  const map = { type: 'object', additionalProperties: true, maxProperties: 9, 'x-unbounded': 'a test of free keys' };
  const isValid = accepts({ type: 'array', items: map, maxItems: 9, uniqueItems: true });

  it.each(['toString', 'valueOf', 'constructor', 'hasOwnProperty', '__proto__'])('survives the key %s', (key) => {
    const object = (value: number) => JSON.parse(`{"${key}":${value}}`);
    expect(isValid([object(1), object(2)])).toBe(true);
    expect(isValid([object(1), object(1)])).toBe(false);
    expect(isValid([object(1), {}])).toBe(true);
  });
});

describe('formats', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['uuid', [ID, ID.toUpperCase()], [`urn:uuid:${ID}`, `${ID}0`, `${ID}\n`, ID.replaceAll('-', '')]],
    [
      'date',
      ['2026-02-28', '2024-02-29', '2000-02-29'],
      ['2026-02-29', '1900-02-29', '2026-04-31', '2026-13-01', '26-1-1'],
    ],
    ['time', ['23:59:59Z', '00:00:00.123+05:30'], ['24:00:00Z', '23:59:60Z', '10:00:00', '10:00Z']],
    [
      'date-time',
      ['2026-11-24T10:00:00Z', '2026-11-24t10:00:00.5-01:00'],
      ['2026-11-24 10:00:00Z', '2026-11-31T10:00:00Z'],
    ],
    ['email', ['a@example.com'], ['a@', 'a b@example.com', '@example.com']],
    ['hostname', ['api.example.com'], ['-a.example', 'a_b', 'a..b']],
    ['ipv4', ['192.0.2.1'], ['192.0.2.256', '1.2.3', '01.2.3.4']],
    ['ipv6', ['2001:db8::1', '::'], ['2001:db8', '1::2::3', '12345::']],
    [
      'uri',
      ['https://example.com', 'https://a.example.com:8443/b/c?d=e%20f#g', 'https://192.0.2.1/'],
      [
        ...['http://example.com', 'javascript:alert(1)', 'https://user:pass@example.com', 'https://', 'https://-a.com'],
        ...[
          'https://example.com/a b',
          'https://example.com/%zz',
          'https://example.com\n',
          'HTTPS://example.com',
          '//a.com',
        ],
      ],
    ],
    [
      'phone',
      ['+4930123456', '+12025550123'],
      ['4930123456', '+0123456789', '+49 30 123456', '+123456', '+1234567890123456'],
    ],
    ['currency', ['EUR', 'USD', 'XOF'], ['eur', 'EURO', 'XXX', 'DEM', 'AAA', '']],
    ['country', ['DE', 'US', 'ZW'], ['de', 'DEU', 'XX', 'UK', 'EU', '']],
    ['slug', ['a', 'hello-world-2'], ['', '-a', 'a-', 'a--b', 'A', 'a_b', 'é']],
    ['json-pointer', ['', '/a/b', '/a~1b/~0', '/ä'], ['a', '/~', '/~2', '#/a']],
    [
      'base64',
      ['', 'AA==', 'AAE=', 'AAEC', '+/+/'],
      ['A', 'AA', 'AAE', 'AB==', 'AAF=', 'AA-_', 'AA==AA==', 'AA= =', '\nAAEC'],
    ],
  ];

  it('run in linear time', () => {
    const { checkSync } = createRequire(import.meta.url)('recheck/lib/browser.js') as typeof import('recheck');
    const unsafe = Object.entries(FORMATS).filter(
      ([, { source, flags }]) => checkSync(source, flags, { timeout: 300_000 }).status !== 'safe',
    );
    expect(unsafe.map(([name]) => name)).toEqual([]);
  });

  it('are these and no others', () => {
    expect([...FORMAT_NAMES].sort()).toEqual(cases.map(([name]) => name).sort());
  });

  it.each(cases)('%s', (format, good, bad) => {
    const isValid = accepts(Type.String({ format, maxLength: 64 }));
    expect(good.filter((text) => !isValid(text))).toEqual([]);
    expect(bad.filter((text) => isValid(text))).toEqual([]);
  });
});

describe('text policies', () => {
  const acceptsText = (policy: object = {}) => accepts(Type.String({ maxLength: 60, ...policy }));
  const NEVER = [
    'a\u0000',
    '\u0007',
    '\u001b[31m',
    '\u007f',
    '\u0085',
    '\u202etxt.exe',
    '\u2066a\u2069',
    '\ufffd',
    '\uffff',
    'e\u0301',
    '\u212a',
  ];
  const MARKUP = [
    '<b>',
    '</b>',
    '<!-- -->',
    '<?php',
    '<%= 1 %>',
    '\uff1cscript\uff1e',
    '&lt;b&gt;',
    '&#60;b',
    '&#x3c;b',
    '<\u0053cript',
  ];
  const PLAIN = [
    'a < b',
    '1<2',
    'AT&T',
    'a & b; c',
    'x <3 y',
    '\u200d\u{1f468}',
    '\u00e9',
    '\u05d0\u200e',
    'tab\there',
  ];

  it('reject control, bidirectional and unassignable characters and what is not normalized, by default', () => {
    expect(NEVER.filter((text) => acceptsText()(text))).toEqual([]);
    expect([...PLAIN, ...MARKUP, 'line\nline\r\n'].filter((text) => !acceptsText()(text))).toEqual([]);
    const raw = { 'x-text': 'raw', 'x-text-reason': 'a test of raw text' };
    expect(NEVER.filter((text) => !acceptsText(raw)(text))).toEqual([]);
  });

  it('reject line breaks and tabs where one line is due', () => {
    const line = acceptsText({ 'x-text': 'line' });
    expect(['a\nb', 'a\rb', 'a\tb', 'a\u2028b', ...NEVER].filter((text) => line(text))).toEqual([]);
    expect(line('a b')).toBe(true);
  });

  it('reject markup where plain text is due', () => {
    const plain = acceptsText({ 'x-text': 'plain' });
    expect([...MARKUP, ...NEVER].filter((text) => plain(text))).toEqual([]);
    expect(PLAIN.filter((text) => !plain(text))).toEqual([]);
  });

  it('hold in lists, choices, maps and their names, and below what is open on purpose', () => {
    const map = {
      type: 'object',
      additionalProperties: { type: 'string', maxLength: 9 },
      propertyNames: { type: 'string', maxLength: 9 },
      maxProperties: 3,
    };
    expect([{ a: 'b' }, { a: '\0' }, { '\0': 'b' }].map(accepts(map))).toEqual([true, false, false]);
    const choice = {
      anyOf: [{ type: 'integer' }, { type: 'array', items: { type: 'string', maxLength: 9 }, maxItems: 2 }],
    };
    expect([1, ['a'], ['\0']].map(accepts(choice))).toEqual([true, true, false]);
    const open = accepts({ 'x-unbounded': 'a test of open values' });
    expect([{ a: [{ b: 'c' }] }, { a: [{ b: '\0' }] }, { a: [{ '\0': 1 }] }, 5].map(open)).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });

  it('say which one was not kept, and do not apply to responses', () => {
    const body = object({ a: Type.String({ maxLength: 9, 'x-text': 'line' }) });
    const validate = compileValidator(routeOf(body));
    validate({ path: {}, query: {}, headers: {}, body: { a: '\n' } });
    expect(validate.errors).toMatchObject([{ instancePath: '/body/a', keyword: 'x-text', params: { policy: 'line' } }]);
    const route = { ...routeOf(body), responses: [{ status: 200, description: '', body, headers: {} }] };
    expect(compileResponseValidator(route as never)({ 200: { a: '\n' } })).toBe(true);
  });
});

describe('the decoded limit of base64', () => {
  it.each([1, 2, 3, 4, 100])('counts %i bytes exactly', (limit) => {
    const isValid = accepts(Type.String({ format: 'base64', 'x-max-decoded-bytes': limit }));
    expect(isValid(Buffer.alloc(limit, 7).toString('base64'))).toBe(true);
    expect(isValid(Buffer.alloc(limit + 1, 7).toString('base64'))).toBe(false);
  });
});

describe('the validator of responses', () => {
  it('knows each declared body by its status and nothing else', () => {
    const isValid = compileResponseValidator(documents.routes.health);
    expect(isValid({ 200: { status: 'ok' } })).toBe(true);
    expect(isValid({ 200: { status: 'ok', secret: 1 } })).toBe(false);
    expect(isValid.errors).toMatchObject([{ instancePath: '/200', keyword: 'additionalProperties' }]);
    expect(isValid({ 201: { status: 'ok' } })).toBe(false);
    expect(compileResponseValidator(documents.routes.deleteDocument)({})).toBe(true);
  });
});

describe('the source of a validator', () => {
  const point = {
    ...object({ x: Type.Integer(), y: Type.Array(Type.Integer(), { maxItems: 9 }) }),
    const: { x: 1, y: [2] },
  };
  const rich = object({
    title: Type.String({ maxLength: 9, title: 'Annotated', description: 'x'.repeat(500) }),
    kind: Type.Enum(['a', 'b']),
    point: Type.Optional(Type.Unsafe<unknown>(point)),
    when: Type.Optional(Type.String({ format: 'date-time', maxLength: 40 })),
    tags: Type.Optional(Type.Array(object({ n: Type.Integer() }), { maxItems: 9, uniqueItems: true })),
  });
  const good = {
    title: '😀',
    kind: 'a',
    point: { y: [2], x: 1 },
    when: '2026-11-24T10:00:00Z',
    tags: [{ n: 1 }, { n: 2 }],
  };
  const bad = { ...good, tags: [{ n: 1 }, { n: 1 }], point: { x: 1, y: [3] } };

  it.each(['esm', 'cjs'] as const)(
    'bundles to %s from any directory and judges as the compiled one',
    async (format) => {
      const validate = await bundled(validatorSource(routeOf(rich)).request, format);
      expect(validate({ path: {}, query: {}, headers: {}, body: good })).toBe(true);
      expect(validate({ path: {}, query: {}, headers: {}, body: bad })).toBe(false);
      expect(validate.errors?.map(({ keyword }) => keyword).sort()).toEqual(['const', 'uniqueItems']);
    },
  );

  it('imports nothing and carries no words of the schema', () => {
    const source = validatorSource(routeOf(rich)).request;
    expect(source).not.toMatch(/require\(|\bimport\b|Annotated|xxxx/);
    expect(source).toContain('export default');
  });

  it('is the same each time, and small: request and response of a route in 25 KB, minified', () => {
    for (const route of Object.values(documents.routes)) {
      const { request, response } = validatorSource(route);
      expect(validatorSource(route)).toEqual({ request, response });
      const minified = [request, response].map(
        (code) => transformSync(code, { minify: true, format: 'esm' }).code.length,
      );
      expect(minified.reduce((total, bytes) => total + bytes)).toBeLessThan(25_000);
    }
  });

  it('is made for 300 routes in a few seconds', () => {
    const routes = Object.values(generatedApi(300).routes);
    const start = performance.now();
    expect(Object.keys(validatorSources(routes))).toHaveLength(300);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe('a schema that the compiler rejects', () => {
  const faultsOf = (body: object) => {
    try {
      validatorSource(routeOf(body));
    } catch (error) {
      if (error instanceof DefinitionError) return error.faults.map(({ code, location }) => ({ code, location }));
    }
    return [];
  };
  const at = (location: string) => [{ code: 'schema-not-compilable', location: `routes.add.body${location}` }];

  it.each([
    ['an unknown keyword', { type: 'string', maxLength: 9, maxLenght: 3 }],
    ['an unknown format', { type: 'string', maxLength: 9, format: 'uri-ish' }],
    ['a pattern that is none', { type: 'string', maxLength: 9, pattern: '[' }],
    ['a bound of the wrong type', { type: 'string', maxLength: -1 }],
    ['a keyword of another type', { type: 'integer', maxLength: 9 }],
  ])('is reported with its location: %s', (_, schema) => {
    expect(faultsOf(object({ deep: Type.Unsafe<unknown>(schema) }))).toEqual(at('.properties.deep'));
    expect(() => compileValidator(routeOf(object({ deep: Type.Unsafe<unknown>(schema) })))).toThrow(DefinitionError);
  });

  it('is reported together with the others', () => {
    const broken = Type.Unsafe<unknown>({ type: 'string', maxLength: 9, pattern: '(' });
    expect(faultsOf(object({ a: broken, b: broken }))).toEqual([...at('.properties.a'), ...at('.properties.b')]);
  });
});

describe('routeContract', () => {
  it('says how each text becomes a value and what the route returns', () => {
    expect(routeContract(documents.routes.listDocuments).parameters.query).toEqual({
      limit: { type: 'integer', list: false },
      cursor: { type: 'string', list: false },
      status: { type: 'string', list: false },
    });
    expect(routeContract(documents.routes.createDocument)).toMatchObject({
      takesBody: true,
      access: { kind: 'permission', permission: 'document:create' },
      sensitive: [],
      responses: [{ status: 201, body: true, headers: ['Location', 'ETag'] }],
    });
    expect(routeContract(documents.routes.health).access).toEqual({ kind: 'public' });
  });

  it('names what is sensitive, wherever it stands', () => {
    const secret = Type.String({ maxLength: 9, 'x-sensitive': true });
    const body = object({
      pin: secret,
      cards: Type.Array(object({ pan: secret, codes: Type.Array(secret, { maxItems: 2 }) }), { maxItems: 2 }),
      open: Type.Integer(),
    });
    expect(routeContract(routeOf(body)).sensitive).toEqual(['codes', 'pan', 'pin']);
  });

  it('knows lists of parameters', () => {
    const { query } = routeContract({
      ...documents.routes.health,
      request: { query: { type: 'object', properties: { n: { type: 'array', items: { type: 'number' } } } } },
    }).parameters;
    expect(query).toEqual({ n: { type: 'number', list: true } });
  });
});
