import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMergePatch } from '../../../lambdas/runtime/index.ts';

const apply = (target: unknown, patch: unknown) => applyMergePatch<unknown>(target, patch as never);

describe('a merge patch', () => {
  /** RFC 7396, appendix A: original, patch, result. */
  const VECTORS: readonly (readonly [string, string, string])[] = [
    ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
    ['{"a":"b"}', '{"a":null}', '{}'],
    ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
    ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
    ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
    ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
    ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
    ['["a","b"]', '["c","d"]', '["c","d"]'],
    ['{"a":"b"}', '["c"]', '["c"]'],
    ['{"a":"foo"}', 'null', 'null'],
    ['{"a":"foo"}', '"bar"', '"bar"'],
    ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
    ['[1,2]', '{"a":"b","c":null}', '{"a":"b"}'],
    ['{}', '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
  ];
  it.each(VECTORS)('of %s by %s is %s', (target, patch, result) => {
    expect(apply(JSON.parse(target), JSON.parse(patch))).toEqual(JSON.parse(result));
  });

  it('changes neither the target nor the patch, and shares nothing with the patch', () => {
    const target = Object.freeze({ a: Object.freeze({ b: 1 }) });
    const patch = { a: { list: [{ c: 1 }] } };
    const result = apply(target, patch) as { readonly a: { readonly list: { c: number }[] } };
    result.a.list.push({ c: 2 });
    expect(target).toEqual({ a: { b: 1 } });
    expect(patch).toEqual({ a: { list: [{ c: 1 }] } });
  });

  it.each([
    '{"__proto__":{"admin":true}}',
    '{"a":{"__proto__":{"admin":true}}}',
    '{"constructor":{"prototype":{"admin":true}}}',
    '{"toString":null,"hasOwnProperty":null}',
  ])('reaches no prototype, as %s', (patch) => {
    const result = apply({ a: {} }, JSON.parse(patch)) as Record<string, unknown>;
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
    expect(Object.assign({}, result)).not.toHaveProperty('admin');
    expect(typeof {}.toString).toBe('function');
  });

  it('that is applied twice has the effect of one, and one without null gives the result of merging', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (target, patch) => {
        const once = apply(target, patch);
        expect(apply(once, patch)).toEqual(once);
      }),
    );
  });
});
