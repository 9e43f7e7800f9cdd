import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../../lambdas/shared/json.ts';

const fault = (text: string, maxDepth = 3) => {
  JSON.parse(text);
  return jsonFault(text, maxDepth);
};

describe('JSON', () => {
  it.each([
    ['""', 0],
    ['7', 0],
    ['[]', 1],
    ['[[],[],[[]],{}]', 3],
    ['{"a":{},"b":{},"c":[{}]}', 3],
    ['[{"a":1},{"a":1}]', 2],
    ['{"a":{"a":1},"b":{"a":1}}', 2],
    ['{"a":"a","b":"a"}', 1],
    ['{"a":["b","b"],"b":"__proto__"}', 2],
    ['["__proto__","constructor","prototype"]', 1],
    ['"constructor"', 0],
    ['{"constructors":1,"proto":2,"a":"prototype"}', 1],
    ['{"a\\"b":1,"a":2,"b":3}', 1],
    ['{"a":"}]","b":"[[[[{{{{"}', 1],
    ['["a,b","a:b", 1e999 ]'.replace('1e999', '1e308'), 1],
    ['[-1.5e-300,-1.7976931348623157e308,0]', 1],
    ['["\\ud83d\\ude00","😀"]', 1],
    ['{"a" : 1 ,\n\t"b"\r\n: [ ] }', 2],
  ])('is accepted: %s, at most %i levels deep', (text, depth) => {
    expect(fault(text, depth)).toBeUndefined();
  });

  it.each([
    ['[]', 0],
    ['{}', 0],
    ['[[[]]]', 2],
    ['{"a":{"a":[]}}', 2],
    ['[[],[[]]]', 2],
  ])('is too deep: %s for %i levels', (text, depth) => {
    expect(fault(text, depth)).toBe('too-deep');
  });

  it.each(['1e999', '-1e999', '[1,2e400]', '{"a":17e400}', '[1E+999]'])('has a number out of range: %s', (text) => {
    expect(fault(text)).toBe('number-out-of-range');
  });

  it.each(['"\\ud83d"', '["\\ude00\\ud83d"]', '{"\\ud83d":1}', '{"a":"\\ud83d"}'])('is not well-formed: %s', (text) => {
    expect(fault(text)).toBe('string-not-well-formed');
  });

  it.each([
    '{"__proto__":1}',
    '{"constructor":1}',
    '{"prototype":1}',
    '{"a":1,"prototype" :1}',
    '[{"a":[{"constructor":{}}]}]',
    '{"\\u005f_proto__":1}',
    '{"a":[],"__proto__"\n:1}',
  ])('has a name that reaches prototypes: %s', (text) => {
    expect(fault(text, 9)).toBe('name-rejected');
  });

  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"b":{"a":1},"a":2}',
    '{"a":[1,{"b":1}],"a":2}',
    '{"":1,"":2}',
    '{"a":1,"\\u0061":2}',
    '[[],{"x":[],"x":[]}]',
    '{"a":"b","b":1,"b" : 2}',
  ])('has a name twice: %s', (text) => {
    expect(fault(text)).toBe('name-repeated');
  });

  it('reports its first fault', () => {
    expect(fault('[1e999,{"a":1,"a":2}]')).toBe('number-out-of-range');
    expect(fault('[{"a":1,"a":2},1e999]')).toBe('name-repeated');
  });
});

describe('JSON of at most three levels', () => {
  it.each([
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', undefined],
    ['[[1],[2],{"a":[3]}]', undefined],
    ['{"a":["b","b",{"b":"b"}],"c":"a"}', undefined],
    ['{"a":"\\"b","b":"{","c":"a,b","d":"\\\\"}', undefined],
    ['[1e5,-1.5E-3,123456789,0]', undefined],
    ['["__proto__","a\\ud83d\\ude00"]', undefined],
    ['[[[[1]]]]', 'too-deep'],
    ['{"a":{"b":{"c":{}}}}', 'too-deep'],
    ['[1e999]', 'number-out-of-range'],
    ['{"a":-1E+999}', 'number-out-of-range'],
    ['["\\ud800"]', 'string-not-well-formed'],
    ['{"\\udc00":1}', 'string-not-well-formed'],
    ['{"__proto__":1}', 'name-rejected'],
    ['{"a":1,"constructor":1}', 'name-rejected'],
    ['[{"prototype":1}]', 'name-rejected'],
    ['{"a":1,"a":1}', 'name-repeated'],
    ['{"a":{"b":1},"a":2}', 'name-repeated'],
    ['{"a":[1],"\\u0061":2}', 'name-repeated'],
  ])('%s has the fault %s', (text, fault) => {
    expect(jsonFault(text, 3)).toBe(fault);
  });
});
