import { describe, expect, it } from 'vitest';
import { DefinitionError, defineApi, post } from '../../../../lib/definition/index.ts';
import { KEYWORDS } from '../../../../lib/definition/walkSchema.ts';
import { TODAY } from '../../../support/ledger.ts';
import { flawsOf, STRANGE_VALUES } from '../../../support/mistakes.ts';
import { base, ok, read } from '../support.ts';

const text = { type: 'string', maxLength: 9 };

/** The error for a schema deep in a body; any other error fails the test. */
function errorOf(schema: object): DefinitionError | undefined {
  const body = { type: 'object', properties: { deep: schema }, additionalProperties: false };
  try {
    defineApi({ ...base, routes: { add: post('/notes', { ...read, ...ok, body }) } } as never, { today: TODAY });
    return undefined;
  } catch (error) {
    if (error instanceof DefinitionError) return error;
    throw error;
  }
}

const strange = Object.keys(KEYWORDS).flatMap((keyword) => STRANGE_VALUES.map((value) => [keyword, value] as const));

describe('the value of a keyword', () => {
  it('of each kind is accepted, or rejected with a clear message', () => {
    const flaws = strange.flatMap(([keyword, value]) => {
      const where = `${keyword}: ${typeof value}`;
      try {
        return flawsOf(errorOf({ ...text, [keyword]: value })?.message ?? '').map((flaw) => `${where}: ${flaw}`);
      } catch (error) {
        return [`${where}: ${error}`];
      }
    });
    expect(flaws).toEqual([]);
    expect(strange.length).toBeGreaterThan(600);
  });

  it.each([
    [
      'a type that does not exist',
      { type: 'strin' },
      'type',
      'found type "strin"; expected one of string, number, integer',
    ],
    ['a type that is a number', { type: 5 }, 'type', 'found type 5; expected one of string, number'],
    ['no type in a list', { type: [] }, 'type', 'found type []; expected a list of at least one value'],
    [
      'a list with a type that does not exist',
      { type: ['string', 'nul'] },
      'type.1',
      'found type.1 "nul"; expected one of',
    ],
    [
      'a bound that is a string',
      { ...text, maxLength: '9' },
      'maxLength',
      'found maxLength "9"; expected a whole number from 0',
    ],
    ['a bound below 0', { ...text, minLength: -1 }, 'minLength', 'found minLength -1; expected a whole number from 0'],
    ['the boolean bound of draft 4', { type: 'number', exclusiveMinimum: true }, 'exclusiveMinimum', 'a number'],
    ['a multiple of 0', { type: 'number', multipleOf: 0 }, 'multipleOf', 'a number above 0'],
    ['a pattern that is none', { ...text, pattern: '(' }, 'pattern', 'expected a regular expression'],
    ['an empty enumeration', { enum: [] }, 'enum', 'at least one value'],
    ['the required of draft 3', { ...text, required: true }, 'required', 'expected a list of property names'],
    ['a property that is no schema', { type: 'object', properties: { a: 'string' } }, 'properties.a', 'a schema'],
    ['no branches', { anyOf: [] }, 'anyOf', 'at least one value'],
    ['items that are a list', { type: 'array', items: [text], maxItems: 2 }, 'items', 'expected a schema'],
  ])('is rejected once, with %s', (_, schema, at, message) => {
    const { faults = [], message: whole = '' } = errorOf(schema) ?? {};
    const expected = ['schema-not-compilable', 'routes.add.body.properties.deep', at];
    expect(faults.map(({ code, location, found }) => [code, location, found.split(' ')[0]])).toEqual([expected]);
    expect(whole).toContain(message);
  });
});
