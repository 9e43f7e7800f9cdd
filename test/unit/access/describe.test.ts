import { describe, expect, it } from 'vitest';
import { joinNames, quoted } from '../../../lib/access/describe.ts';

describe('descriptions', () => {
  it('join names', () => {
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(joinNames)).toEqual(['', 'a', 'a and b', 'a, b and c']);
  });

  it('quote untrusted text without control characters', () => {
    expect(quoted('a"\n\u0000\u007f\u009b\u2028\u202eé')).toBe('"a\\"\\n\\u0000\\u007f\\u009b\\u2028\\u202eé"');
    expect(quoted(undefined)).toBe('');
    expect(quoted(['a', 1])).toBe('["a",1]');
  });
});
