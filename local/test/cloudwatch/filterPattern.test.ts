import { expect, test } from 'vitest';
import { matchesPattern, parseFilterPattern } from '../../services/cloudwatch/pattern/filterPattern.ts';

const EVENT = { status: 401, text: '429', ok: true, none: null, user: { name: 'ada', tags: ['x', 'y'] }, 'a.b': 1 };

const matches = (pattern: string, event: unknown = EVENT) => {
  const message = typeof event === 'string' ? event : JSON.stringify(event);
  return matchesPattern(parseFilterPattern(pattern), message, typeof event === 'string' ? undefined : event);
};

test.each([
  '{ $.status = 401 }',
  '{$.status=401}',
  '{ $.status = 4* }',
  '{ $.text = 429 }',
  '{ $.text = "429" }',
  '{ $.text > 428 }',
  '{ $.status >= 401 && $.status <= 401 }',
  '{ ($.status = 401) && ($.user.name = "a*") }',
  '{ $.status = 500 || $.user.name = ada }',
  '{ $.status = 401 || $.status = 403 && $.user.name = nobody }',
  '{ ($.status = 500 || $.status = 401) && $.user.name != "bob" }',
  '{ $.user.tags[1] = "y" }',
  '{ $["a.b"] = 1 }',
  '{ $.none IS NULL }',
  '{ $.ok IS TRUE }',
  '{ $.ok = true }',
  '{ $.user.name EXISTS }',
  '{ $.missing NOT EXISTS }',
  '{ $.status != 200 }',
  '{ $.status > -1.5 }',
  '{ $.user.name = "*" }',
])('%s matches', (pattern) => expect(matches(pattern)).toBe(true));

test.each([
  '{ $.status = 40 }',
  '{ $.status < 401 }',
  '{ ($.status = 500 || $.status = 401) && $.user.name = "bob" }',
  '{ $.missing != 1 }',
  '{ $.missing = "*" }',
  '{ $.missing IS NULL }',
  '{ $.ok IS FALSE }',
  '{ $.user = "*" }',
  '{ $.none EXISTS && $.missing EXISTS }',
  '{ $.constructor EXISTS }',
  '{ $.user.name = "a.a" }',
])('%s does not match', (pattern) => expect(matches(pattern)).toBe(false));

test.each([
  ['ERROR', 'an ERROR here', true],
  ['ERROR', 'an error here', false],
  ['ERROR memory', 'memory: ERROR', true],
  ['ERROR memory', 'ERROR', false],
  ['?ERROR ?WARN', 'a WARN', true],
  ['?ERROR ?WARN', 'an INFO', false],
  ['ERROR -retry', 'ERROR, will retry', false],
  ['"out of memory"', 'is out of memory', true],
  ['"out of memory"', 'memory out of', false],
  ['', 'anything', true],
])('the terms %s over "%s": %s', (pattern, message, expected) => expect(matches(pattern, message)).toBe(expected));

test('a JSON pattern never matches an event that is no JSON', () => {
  expect(matches('{ $.a NOT EXISTS }', 'plain text')).toBe(false);
});

test.each([
  '{ $.a = }',
  '{ $.a }',
  '{ $.a = 1',
  '{ $.a = 1 } x',
  '{ a = 1 }',
  '{ $.a < "b" }',
  '{ $.a = %x% }',
  '{ $.a[*] = 1 }',
  '{ ($.a = 1 }',
  '[ip, user]',
  '%regex%',
  '{ $.a ISNT NULL }',
])('%s is rejected with a reason', (pattern) => {
  expect(() => parseFilterPattern(pattern)).toThrow(expect.objectContaining({ code: 'filter-pattern' }));
});
