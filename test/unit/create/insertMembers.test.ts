import { describe, expect, it } from 'vitest';
import { insertMembers } from '../../../create/insertMembers.ts';

describe('insertMembers adds to a JSON document and leaves the rest as it is', () => {
  it.each([
    ['the end of an object', '{\n  "a": {\n    "b": 1\n  }\n}\n', '{\n  "a": {\n    "b": 1,\n    "c": 2\n  }\n}\n'],
    ['tabs', '{\n\t"a": {\n\t\t"b": 1\n\t}\n}', '{\n\t"a": {\n\t\t"b": 1,\n\t\t"c": 2\n\t}\n}'],
    [
      'four spaces',
      '{\n    "a": {\n        "b": 1\n    }\n}',
      '{\n    "a": {\n        "b": 1,\n        "c": 2\n    }\n}',
    ],
    [
      'line ends of Windows',
      '{\r\n  "a": {\r\n    "b": 1\r\n  }\r\n}',
      '{\r\n  "a": {\r\n    "b": 1,\r\n    "c": 2\r\n  }\r\n}',
    ],
    ['an object on one line', '{ "a": { "b": [1, 2] } }', '{ "a": { "b": [1, 2], "c": 2 } }'],
    ['an empty object', '{\n  "a": {},\n  "x": ["y"]\n}', '{\n  "a": {\n    "c": 2\n  },\n  "x": ["y"]\n}'],
    ['a missing object', '{\n  "x": ["y", "z"]\n}', '{\n  "x": ["y", "z"],\n  "a": {\n    "c": 2\n  }\n}'],
    ['an empty document', '{}', '{\n  "a": {\n    "c": 2\n  }\n}'],
    [
      'braces and quotes in strings',
      '{\n  "}": "\\"{",\n  "a": {\n    "b": "}"\n  }\n}',
      '{\n  "}": "\\"{",\n  "a": {\n    "b": "}",\n    "c": 2\n  }\n}',
    ],
  ])('with %s', (_, before, after) => {
    expect(insertMembers(before, 'a', { c: 2 })).toBe(after);
    expect(JSON.parse(after).a.c).toBe(2);
  });

  it('with members of the document itself', () => {
    expect(insertMembers('{\n  "a": 1\n}\n', undefined, { b: { c: [1] } })).toBe(
      '{\n  "a": 1,\n  "b": {\n    "c": [\n      1\n    ]\n  }\n}\n',
    );
  });

  it('and does nothing without members', () => {
    expect(insertMembers('{"a":1}', 'b', {})).toBe('{"a":1}');
  });
});
