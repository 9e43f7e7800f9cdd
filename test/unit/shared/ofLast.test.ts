import { describe, expect, it } from 'vitest';
import { ofLast } from '../../../lambdas/shared/ofLast.ts';

describe('the result for the last string', () => {
  it('is kept until another string comes, and computed again after it, also where it is undefined', () => {
    const computed: string[] = [];
    const lengthOf = ofLast((text) => {
      computed.push(text);
      return text === '' ? undefined : text.length;
    });
    expect(['ab', 'ab', '', '', 'abc', 'ab'].map(lengthOf)).toEqual([2, 2, undefined, undefined, 3, 2]);
    expect(computed).toEqual(['ab', '', 'abc', 'ab']);
  });

  it('is not kept where computing it fails', () => {
    const parse = ofLast((text) => JSON.parse(text) as unknown);
    expect(parse('1')).toBe(1);
    expect(() => parse('{')).toThrow(SyntaxError);
    expect(() => parse('{')).toThrow(SyntaxError);
    expect(parse('1')).toBe(1);
  });
});
