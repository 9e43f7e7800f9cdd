import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { accepts } from './support.ts';

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

describe('the decoded limit of base64', () => {
  it.each([1, 2, 3, 4, 100])('counts %i bytes exactly', (limit) => {
    const isValid = accepts(Type.String({ format: 'base64', 'x-max-decoded-bytes': limit }));
    expect(isValid(Buffer.alloc(limit, 7).toString('base64'))).toBe(true);
    expect(isValid(Buffer.alloc(limit + 1, 7).toString('base64'))).toBe(false);
  });
});
