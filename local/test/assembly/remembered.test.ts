import { expect, it } from 'vitest';
import { remembered } from '../../assembly/remembered.ts';

it('computes the result of a repeated string once, also where there is none', () => {
  const computed: string[] = [];
  const lengthOf = remembered((text) => {
    computed.push(text);
    return text === '' ? undefined : text.length;
  });
  expect(['abc', 'abc', '', '', 'ab'].map(lengthOf)).toEqual([3, 3, undefined, undefined, 2]);
  expect(computed).toEqual(['abc', '', 'ab']);
});

it('returns the result of each string, however many there were before it', () => {
  const itself = remembered((text) => text);
  const all = Array.from({ length: 5_000 }, (_, i) => `/path/${i}`);
  expect([...all, ...all].map(itself)).toEqual([...all, ...all]);
});

it('remembers no long string, so that clients cannot fill the memory', () => {
  let computed = 0;
  const count = remembered(() => ++computed);
  const long = 'x'.repeat(8_000);
  expect([count(long), count(long)]).toEqual([1, 2]);
});
