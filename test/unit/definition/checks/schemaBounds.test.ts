import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import fc from 'fast-check';
import Joi from 'joi';
import { Type } from 'typebox';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { patternLength } from '../../../../lib/definition/checks/patternLength.ts';
import { BOUNDED_FORMATS } from '../../../../lib/definition/checks/schemaBounds.ts';
import { checkSchemas } from '../../../../lib/definition/checks/schemas.ts';
import { FORMATS } from '../../../../lib/validators/formats.ts';
import { root } from '../../../support/folders.ts';
import { base, read, withRoute } from '../support.ts';

const faultsOf = (body: object) => checkSchemas({ ...base, ...withRoute({ ...read, body }) } as never);
const text = z.string().max(9);

describe('a schema of a library is bounded', () => {
  it.each<readonly [string, object]>([
    ['a date and time of Zod', z.iso.datetime()],
    ['a date of Zod', z.iso.date()],
    ['a pattern of limited length', z.string().regex(/^[A-Z]{4,12}$/i)],
    ['a record of listed keys of Zod', z.record(z.enum(['a', 'b']), z.int())],
    ['a partial record of Zod', z.partialRecord(z.enum(['a', 'b']), z.int())],
    ['a bounded record of Zod', z.record(text, z.int()).meta({ maxProperties: 9 })],
    [
      'a bounded record of TypeBox',
      Type.Record(Type.String(), Type.Integer(), { maxProperties: 9, propertyNames: { maxLength: 9 } }),
    ],
    [
      'a record of a pattern of TypeBox',
      Type.Record(Type.String({ pattern: '^[a-z]{1,9}$' }), Type.Integer(), {
        maxProperties: 9,
        additionalProperties: false,
      }),
    ],
    ['a bounded record of Valibot', v.pipe(v.record(v.pipe(v.string(), v.maxLength(9)), v.number()), v.maxEntries(9))],
    [
      'the same in Standard JSON Schema',
      toStandardJsonSchema(v.pipe(v.record(v.pipe(v.string(), v.maxLength(9)), v.number()), v.maxEntries(9))),
    ],
    ['a bounded map of Joi', Joi.object().pattern(Joi.string().max(9), Joi.number()).max(9)],
    ['an intersection of strings', text.and(z.string().min(2))],
    ['a property that is never sent', z.strictObject({ a: z.never().optional() })],
  ])('%s', (_name, body) => {
    expect(faultsOf(body)).toEqual([]);
  });
});

describe('an open schema is reported in the words of its library', () => {
  it.each<readonly [string, object, string, RegExp, RegExp]>([
    ['Zod, a string', z.string(), 'string-unbounded', /^no maxLength$/, /\.max\(/],
    ['Zod, a time', z.iso.time(), 'string-unbounded', /pattern that matches strings of any length/, /\.max\(/],
    ['Zod, an e-mail address', z.email(), 'string-unbounded', /pattern/, /\.max\(/],
    ['Zod, an object', z.object({ a: text }), 'object-open', /no additionalProperties/, /z\.strictObject/],
    [
      'Zod, a loose object',
      z.looseObject({ a: text }),
      'object-open',
      /^additionalProperties: true$/,
      /z\.strictObject/,
    ],
    [
      'Zod, a record',
      z.record(text, z.int()),
      'object-open',
      /^a map with no maxProperties$/,
      /\.meta\(\{ maxProperties/,
    ],
    [
      'Zod, a catchall',
      z.object({ a: text }).catchall(z.int()),
      'object-open',
      /no maxProperties and names of any length/,
      /z\.record/,
    ],
    ['Valibot, an object', v.object({ a: v.number() }), 'object-open', /no additionalProperties/, /v\.strictObject/],
    ['Valibot, a list', v.array(v.number()), 'array-unbounded', /no maxItems/, /v\.maxLength/],
    ['Joi, any object', Joi.object(), 'object-open', /no additionalProperties/, /Joi\.object\(\{/],
    [
      'Joi, unknown keys',
      Joi.object({ a: Joi.number() }).unknown(),
      'object-open',
      /additionalProperties: true/,
      /\.unknown\(\)/,
    ],
    ['Joi, a list', Joi.array().items(Joi.number()), 'array-unbounded', /no maxItems/, /\.max\(/],
    ['TypeBox, an object', Type.Object({ a: Type.Integer() }), 'object-open', /no additionalProperties/, /object\(\{/],
    [
      'TypeBox, a record',
      Type.Record(Type.String({ maxLength: 9 }), Type.Integer(), { maxProperties: 9 }),
      'object-open',
      /names of any length/,
      /propertyNames/,
    ],
    [
      'TypeBox, a record whose names have a pattern',
      Type.Record(Type.String({ pattern: '^[a-z]{1,9}$' }), Type.Integer(), { maxProperties: 9 }),
      'object-open',
      /no additionalProperties/,
      /match no pattern.*additionalProperties: false/,
    ],
    [
      'JSON Schema, an open object',
      { type: 'object', additionalProperties: true },
      'object-open',
      /^additionalProperties: true$/,
      /^Set additionalProperties: false\.$/,
    ],
  ])('%s', (_name, body, code, found, fix) => {
    const faults = faultsOf(body);
    expect(faults).toEqual([
      expect.objectContaining({ code, found: expect.stringMatching(found), fix: expect.stringMatching(fix) }),
    ]);
    expect(faults[0]?.location).toBe('routes.list.body');
  });
});

describe('the largest length of a pattern', () => {
  it.each([
    ['^a{2,4}$', 4],
    ['^(?:ab|c)?[\\]x]{3}\\d$', 6],
    ['^a$|^bc$', 2],
    ['^(?=.*x).$', 1],
    ['^\\u{1f600}\\p{L}$', 2],
    ['^$', 0],
    ['^a+$', undefined],
    ['^a{2,}$', undefined],
    ['a', undefined],
    ['^a', undefined],
    ['^a\\$', undefined],
    ['^a$|b', undefined],
    ['^(a)\\1$', undefined],
    ['^(a$|b$)', undefined],
  ])('%s: %s', (pattern, length) => {
    expect(patternLength(pattern)).toBe(length);
  });

  it('no string that matches is longer: 2,000 strings of patterns', () => {
    const parts = fc.constantFrom('a', '[bc]{1,3}', '(?:d|ef)?', '\\d{2}', '(?:gh){0,2}', '.');
    fc.assert(
      fc.property(
        fc
          .array(parts, { maxLength: 5 })
          .chain((all) =>
            fc.tuple(fc.constant(`^${all.join('')}$`), fc.stringMatching(new RegExp(`^${all.join('')}$`, 'u'))),
          ),
        ([pattern, string]) => {
          expect([...string].length).toBeLessThanOrEqual(patternLength(pattern) ?? -1);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('the formats that count as bounded are', () => {
    const bounded = Object.entries(FORMATS)
      .filter(([, { source }]) => patternLength(source) !== undefined)
      .map(([name]) => name);
    // Patterns with a lookahead that limits the whole: a host name has 253 characters, an IPv6 address 45.
    expect(BOUNDED_FORMATS.filter((name) => !bounded.includes(name))).toEqual(['hostname']);
  });

  it('are those of docs/input.md', () => {
    const page = readFileSync(join(root, 'docs/input.md'), 'utf8');
    const [, listed = ''] = /one of the formats ([^;]*);/.exec(page) ?? [];
    expect([...listed.matchAll(/`([^`]+)`/g)].map(([, name]) => name)).toEqual(BOUNDED_FORMATS);
  });
});
