import { describe, expect, it } from 'vitest';
import { checkBodyLimits } from '../../../lambdas/runtime/bodyLimits.ts';
import { HttpProblem } from '../../../lambdas/runtime/problem.ts';
import type { InputRules } from '../../../lib/definition/input.ts';
import { add, outcome, silenceTelemetry } from './support.ts';

silenceTelemetry();

describe('the limits of a body', () => {
  it.each<readonly [string, unknown, readonly unknown[]]>([
    ['all that is allowed', { a: { b: { c: ['12345678', 1, 2, 3] } }, d: 1 }, [200, undefined]],
    ['levels', { a: [[[1]]] }, [200, undefined]],
    ['one level too many', { a: [[[[]]]] }, [400, 'malformed-json']],
    ['one name too many', { a: { b: 1, c: 2 }, d: [{ e: 1 }, { f: 1 }] }, [400, 'invalid-request', ' too-many']],
    ['one item too many', { a: { b: [1, 2, 3, 4, 5] } }, [400, 'invalid-request', '/a/b too-many']],
    ['one character too many', { 'x/y': ['123456789'] }, [400, 'invalid-request', '/x~1y/0 too-long']],
    ['a name too long', { '123456789': 1 }, [400, 'invalid-request', ' too-long']],
    ['eight characters of two units each', { a: '😀'.repeat(8) }, [200, undefined]],
  ])('hold where the schema allows any value: %s', async (_what, body, expected) => {
    expect(await outcome(add(body))).toEqual(expected);
  });

  it('reject a body that was not UTF-8 before the gateway decoded it', async () => {
    expect(await outcome({ ...add(undefined), raw: '{"a":"\ufffd"}' })).toEqual([400, 'malformed-json']);
    // Escaped, it is valid JSON; but a value without a schema is not allowed to hold it.
    expect((await outcome({ ...add(undefined), raw: '{"a":"\\ufffd"}' }))[1]).toBe('invalid-request');
  });
});

describe('a limit of a body', () => {
  const limits = { maxStringLength: 3, maxArrayItems: 2, maxKeys: 2, maxBodyBytes: 99, maxDepth: 9 } as InputRules;
  const faultsOf = (body: unknown) => {
    try {
      checkBodyLimits(body, limits);
      return [];
    } catch (error) {
      return error instanceof HttpProblem ? [error.code, error.detail, ...error.errors] : error;
    }
  };
  const fault = (pointer: string, code: string, message: string) => [
    'invalid-request',
    'The request is not valid.',
    { pointer, code, message },
  ];

  it.each([
    ['of characters', { a: 'abcd' }, { a: '😀😀😀' }, fault('/a', 'too-long', 'must have at most 3 characters')],
    ['of items', [1, 2, 3], [1, 2], fault('', 'too-many', 'must have at most 2 items')],
    ['of names', { a: { b: { c: 1 } } }, { a: { b: 1 } }, fault('', 'too-many', 'must have at most 2 names in all')],
  ])('%s is named, and is not reached by what it allows', (_, wrong, right, expected) => {
    expect([faultsOf(wrong), faultsOf(right)]).toEqual([expected, []]);
  });
});
