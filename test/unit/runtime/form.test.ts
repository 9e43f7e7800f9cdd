import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseForm } from '../../../lambdas/runtime/form.ts';
import { HttpProblem, type RequestFault } from '../../../lambdas/runtime/problem.ts';
import type { FormRules } from '../../../lib/definition/bundledTypes.ts';
import { inputRules } from '../../../lib/definition/input.ts';

const text = { type: 'string', list: false } as const;
const RULES: FormRules = {
  fields: {
    name: text,
    'full name': text,
    tags: { type: 'string', list: true },
    'items[]': { type: 'integer', list: true },
    count: { type: 'integer', list: false },
    price: { type: 'number', list: false },
    done: { type: 'boolean', list: false },
  },
};
const input = inputRules({ maxKeys: 5 }, {});

function read(form: string, rules = RULES) {
  const faults: RequestFault[] = [];
  try {
    return { body: parseForm(form, rules, input, faults), faults };
  } catch (error) {
    return error instanceof HttpProblem ? error.code : error;
  }
}

describe('a form is read', () => {
  it.each<readonly [string, object]>([
    ['name=a', { name: 'a' }],
    ['name=', { name: '' }],
    ['name', { name: '' }],
    ['name=a=b', { name: 'a=b' }],
    ['name=a+b', { name: 'a b' }],
    ['name=a%20b', { name: 'a b' }],
    ['name=a%2Bb', { name: 'a+b' }],
    ['name=a%26b%3Dc', { name: 'a&b=c' }],
    ['name=%C3%A9', { name: 'é' }],
    ['name=%c3%a9', { name: 'é' }],
    ['name=é', { name: 'é' }],
    ['name=%F0%9F%98%80', { name: '😀' }],
    ['name=%25zz', { name: '%zz' }],
    ['full+name=a', { 'full name': 'a' }],
    ['full%20name=a', { 'full name': 'a' }],
    ['n%61me=a', { name: 'a' }],
    ['&name=a&&count=1&', { name: 'a', count: 1 }],
    ['tags=a', { tags: ['a'] }],
    ['tags=a&tags=b&tags=a', { tags: ['a', 'b', 'a'] }],
    ['items%5B%5D=1&items[]=2', { 'items[]': [1, 2] }],
    ['count=-0', { count: 0 }],
    ['price=1.50', { price: 1.5 }],
    ['done=true', { done: true }],
    ['name=a;count=1', { name: 'a;count=1' }],
    ['other=a', { other: 'a' }],
  ])('%s', (form, body) => {
    expect(read(form)).toEqual({ body, faults: [] });
  });

  it('with the kind of the schema for names that it does not list', () => {
    const rules: FormRules = { fields: {}, others: { type: 'integer', list: false } };
    expect(read('a=1&b=2', rules)).toEqual({ body: { a: 1, b: 2 }, faults: [] });
  });

  it('back to what URLSearchParams writes, whatever the characters are', () => {
    const strings = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(strings, fc.array(strings, { minLength: 1, maxLength: 4 }), (name, tags) => {
        const form = new URLSearchParams([
          ['name', name],
          ...tags.map((tag): [string, string] => ['tags', tag]),
        ]).toString();
        expect(read(form)).toEqual({ body: { name, tags }, faults: [] });
      }),
    );
  });
});

describe('a form is rejected', () => {
  it.each(['name=%', 'name=%4', 'name=%zz', 'name=100%', '%=a', 'name=%u00e9', 'name=%%20'])(
    'with an escape that is none, as %s',
    (form) => {
      expect(read(form)).toBe('malformed-form');
    },
  );

  it.each(['name=%ff', 'name=%C3', 'name=%ED%A0%80', 'name=%C0%80', '%FF=a', 'name=%F4%90%80%80'])(
    'when it is not UTF-8, as %s',
    (form) => {
      expect(read(form)).toBe('malformed-form');
    },
  );

  it.each([
    '__proto__=a',
    '__proto__[admin]=a&__proto__=b',
    '%5F_proto__=a',
    'constructor=a',
    'prototype',
    '__proto__',
  ])('with a name that reaches prototypes, as %s', (form) => {
    expect(read(form)).toBe('malformed-form');
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it('with more pairs than the route takes, also of one name, and of empty ones', () => {
    expect(read('tags=1&tags=2&tags=3&tags=4&tags=5')).toMatchObject({ faults: [] });
    expect(read('tags=1&tags=2&tags=3&tags=4&tags=5&tags=6')).toBe('invalid-request');
    expect(read('a&b&c&d&e&f')).toBe('invalid-request');
    expect(read(`name=a${'&'.repeat(100_000)}`)).toBe('invalid-request');
    expect(read(`${'&'.repeat(100_000)}name=a`)).toBe('invalid-request');
  });

  it.each<readonly [string, string, string]>([
    ['name=a&name=b', '/name', 'repeated'],
    ['name=a&n%61me=b', '/name', 'repeated'],
    ['other=a&other=b', '/other', 'repeated'],
    ['count=', '/count', 'type'],
    ['count=1.0', '/count', 'type'],
    ['count=0x1', '/count', 'type'],
    ['count=+1', '/count', 'type'],
    ['count=%201', '/count', 'type'],
    ['count=9007199254740993', '/count', 'type'],
    ['price=1e3', '/price', 'type'],
    ['price=NaN', '/price', 'type'],
    ['done=TRUE', '/done', 'type'],
    ['done=on', '/done', 'type'],
    ['done=1', '/done', 'type'],
    ['items[]=1&items[]=x', '/items[]', 'type'],
  ])('in a field, as %s', (form, pointer, code) => {
    expect(read(form)).toMatchObject({ faults: [{ pointer, code }] });
  });
});
