import { describe, expect, it } from 'vitest';
import { requestFaults } from '../../../lambdas/runtime/schemaFaults.ts';
import type { SchemaFault } from '../../../lib/definition/bundledTypes.ts';

const fault = (keyword: string, params: SchemaFault['params'] = {}, instancePath = '/body/a'): SchemaFault => ({
  keyword,
  params,
  instancePath,
});

describe('a fault of the validator is described by code and rule', () => {
  it.each<[string, SchemaFault['params'], string, string]>([
    ['type', { type: 'integer' }, 'type', 'must be integer'],
    ['enum', {}, 'enum', 'must be one of the allowed values'],
    ['const', {}, 'const', 'must be the allowed value'],
    ['minLength', { limit: 3 }, 'too-short', 'must have at least 3 characters'],
    ['maxLength', { limit: 3 }, 'too-long', 'must have at most 3 characters'],
    ['pattern', {}, 'pattern', 'must match the pattern of the schema'],
    ['format', { format: 'date' }, 'format', 'must be a date'],
    ['minimum', { limit: 3 }, 'minimum', 'must be at least 3'],
    ['maximum', { limit: 3 }, 'maximum', 'must be at most 3'],
    ['exclusiveMinimum', { limit: 3 }, 'minimum', 'must be more than 3'],
    ['exclusiveMaximum', { limit: 3 }, 'maximum', 'must be less than 3'],
    ['multipleOf', { multipleOf: 0.01 }, 'multiple', 'must be a multiple of 0.01'],
    ['minItems', { limit: 3 }, 'too-few', 'must have at least 3 items'],
    ['maxItems', { limit: 3 }, 'too-many', 'must have at most 3 items'],
    ['uniqueItems', {}, 'repeated', 'must not repeat an item'],
    ['minProperties', { limit: 3 }, 'too-few', 'must have at least 3 properties'],
    ['maxProperties', { limit: 3 }, 'too-many', 'must have at most 3 properties'],
    ['x-max-decoded-bytes', { limit: 3 }, 'too-long', 'must hold at most 3 bytes'],
    ['x-text', { policy: 'other' }, 'text', 'is not allowed text'],
    ['x-text', { policy: 'safe' }, 'text', 'must be normalized text (NFC) without control or bidirectional characters'],
    [
      'x-text',
      { policy: 'line' },
      'text',
      'must be one line of normalized text (NFC) without control or bidirectional characters',
    ],
    [
      'x-text',
      { policy: 'plain' },
      'text',
      'must be normalized text (NFC) without markup, control or bidirectional characters',
    ],
    ['not', {}, 'invalid', 'does not match the schema'],
  ])('%s %j', (keyword, params, code, message) => {
    expect(requestFaults([fault(keyword, params)])).toEqual([{ pointer: '/a', code, message }]);
  });

  it.each<[string, SchemaFault['params'], string, string]>([
    ['required', { missingProperty: 'b' }, 'required', 'is required'],
    ['additionalProperties', { additionalProperty: 'b' }, 'unknown', 'is not known'],
    ['unevaluatedProperties', { unevaluatedProperty: 'b' }, 'unknown', 'is not known'],
  ])('%s, at the property that it names', (keyword, params, code, message) => {
    expect(requestFaults([fault(keyword, params)])).toEqual([{ pointer: '/a/b', code, message }]);
  });
});

describe('the location of a fault', () => {
  it.each<[string, SchemaFault['params'], object]>([
    ['/body', {}, { pointer: '' }],
    ['', { missingProperty: 'body' }, { pointer: '' }],
    ['/body', { missingProperty: 'a/b~c' }, { pointer: '/a~1b~0c' }],
    ['/body/list/0/', {}, { pointer: '/list/0/' }],
    ['/body//x', {}, { pointer: '//x' }],
    ['/query', { missingProperty: 'q' }, { parameter: 'q' }],
    ['/query/a~1b', {}, { parameter: 'a/b' }],
    ['/query', {}, { parameter: '' }],
    ['/path/id', {}, { parameter: 'id' }],
    ['/headers/x-mode', {}, { header: 'x-mode' }],
    ['/cookies/sid', {}, { header: 'cookie' }],
  ])('%s %j', (instancePath, params, location) => {
    expect(requestFaults([fault('other', params, instancePath)])).toEqual([
      { ...location, code: 'invalid', message: 'does not match the schema' },
    ]);
  });

  it('is reported once for each rule, and not if it had a fault when it was read', () => {
    const twice = [fault('minLength', { limit: 2 }), fault('minLength', { limit: 5 }), fault('pattern')];
    expect(requestFaults(twice).map(({ code }) => code)).toEqual(['too-short', 'pattern']);
    const read = { parameter: 'n', code: 'type', message: 'must be number' };
    const faults = [fault('minimum', { limit: 1 }, '/query/n'), fault('minimum', { limit: 1 }, '/query/m')];
    expect(requestFaults(faults, [read])).toEqual([
      read,
      { parameter: 'm', code: 'minimum', message: 'must be at least 1' },
    ]);
  });

  it('hides a secret that a client sent as a name', () => {
    const faults = requestFaults([fault('additionalProperties', { additionalProperty: 'Bearer abcdefgh12345678' })]);
    expect(JSON.stringify(faults)).not.toContain('abcdefgh');
  });
});
