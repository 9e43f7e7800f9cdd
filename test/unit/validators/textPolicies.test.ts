import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { object } from '../../../lib/definition/index.ts';
import { compileResponseValidator, compileValidator } from '../../../lib/validators/index.ts';
import { accepts, routeOf } from './support.ts';

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

  it('reject control, bidirectional, unassignable and denormalized characters by default', () => {
    expect(NEVER.filter((text) => acceptsText()(text))).toEqual([]);
    expect([...PLAIN, ...MARKUP, 'line\nline\r\n'].filter((text) => !acceptsText()(text))).toEqual([]);
    const raw = { 'x-text': 'raw', 'x-text-reason': 'a test of raw text' };
    expect(NEVER.filter((text) => !acceptsText(raw)(text))).toEqual([]);
  });

  it('allow the same characters as Unicode names them, each of them', () => {
    const safe = acceptsText();
    const unsafe = /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufffd\p{Cs}\p{Noncharacter_Code_Point}]/u;
    const different: number[] = [];
    for (let code = 0; code <= 0x10_ffff; code += 1) {
      const text = String.fromCodePoint(code);
      const isAllowed = ['\t', '\n', '\r'].includes(text) || (!unsafe.test(text) && text.normalize() === text);
      if (safe(text) !== isAllowed) different.push(code);
    }
    expect(different).toEqual([]);
  });

  it('reject line breaks and tabs in a single line', () => {
    const line = acceptsText({ 'x-text': 'line' });
    expect(['a\nb', 'a\rb', 'a\tb', 'a\u2028b', ...NEVER].filter((text) => line(text))).toEqual([]);
    expect(line('a b')).toBe(true);
  });

  it('reject markup in plain text', () => {
    const plain = acceptsText({ 'x-text': 'plain' });
    expect([...MARKUP, ...NEVER].filter((text) => plain(text))).toEqual([]);
    expect(PLAIN.filter((text) => !plain(text))).toEqual([]);
  });

  it('apply in arrays, choices, maps and their names, and below open schemas', () => {
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

  it('are named in errors, and do not apply to responses', () => {
    const body = object({ a: Type.String({ maxLength: 9, 'x-text': 'line' }) });
    const validate = compileValidator(routeOf(body));
    validate({ path: {}, query: {}, headers: {}, body: { a: '\n' } });
    expect(validate.errors).toMatchObject([{ instancePath: '/body/a', keyword: 'x-text', params: { policy: 'line' } }]);
    const route = { ...routeOf(body), responses: [{ status: 200, description: '', body, headers: {} }] };
    expect(compileResponseValidator(route as never)({ s200: { a: '\n' } })).toBe(true);
  });
});
