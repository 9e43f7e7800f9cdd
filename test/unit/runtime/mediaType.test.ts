import { describe, expect, it } from 'vitest';
import { readMediaType } from '../../../lambdas/runtime/mediaType.ts';
import { HttpProblem } from '../../../lambdas/runtime/problem.ts';

const JSON_TYPE = 'application/json';
const PATCH = 'application/merge-patch+json';
const FORM = 'application/x-www-form-urlencoded';

function detailOf(values: readonly string[], accepted: readonly string[] = [JSON_TYPE]): string | undefined {
  try {
    readMediaType(values, accepted);
  } catch (error) {
    return error instanceof HttpProblem && error.code === 'unsupported-media-type' ? error.detail : 'another error';
  }
  return undefined;
}

describe('a content type is read as people spell it', () => {
  it.each([
    'application/json',
    'Application/JSON',
    ' application/json ',
    'application/json;',
    'application/json ; ',
    'application/json;;',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'application/json; charset=" utf-8 "',
    'application/json; charset="UTF\\-8"',
    'application/json; charset=utf8',
    'application/json; charset="UTF8";',
    'application/json\t;\tcharset=utf-8\t',
    'application/json; CHARSET=utf-8',
    'application/json; charset=utf-8; charset=utf-8',
    'application/json; odata.metadata=minimal; IEEE754Compatible=true; charset=utf-8',
    'application/json; profile="https://example.com/a;charset=latin1"',
    'application/json; version=2',
    'application/json; q=0.5',
  ])('as in %j', (value) => {
    expect(readMediaType([value], [JSON_TYPE])).toBe(JSON_TYPE);
  });

  it.each([
    ['application/merge-patch+json; charset=utf-8', [JSON_TYPE, PATCH], PATCH],
    ['APPLICATION/X-WWW-FORM-URLENCODED; charset=UTF-8', [JSON_TYPE, FORM], FORM],
    [
      'application/vnd.acme.order.v2+json',
      ['application/vnd.acme.order.v2+json'],
      'application/vnd.acme.order.v2+json',
    ],
  ] as const)('also of %s', (value, accepted, type) => {
    expect(readMediaType([value], accepted)).toBe(type);
  });
});

describe('a content type is rejected', () => {
  it.each([
    'application/json; charset=iso-8859-1',
    'application/json; charset=latin1',
    'application/json; charset=utf-16',
    'application/json; charset=utf-16le',
    'application/json; charset=us-ascii',
    'application/json; charset="utf-8; charset=utf-16"',
    'application/json; charset=utf-8; charset=utf-16',
    'application/json; charset=utf-16; charset=utf-8',
    'application/json; charset=""',
    'application/json; charset=UTF-8-BOM',
    'application/json; charset=utf_8',
    "application/json; charset='utf-8'",
  ])('with another charset, as %j', (value) => {
    expect(detailOf([value])).toBe('Send the body in UTF-8: no other charset is accepted.');
  });

  it.each([
    [],
    [''],
    [';'],
    ['json'],
    ['application'],
    ['application/'],
    ['text/json'],
    ['text/plain'],
    ['application/jsonp'],
    ['application/json+xml'],
    ['application/vnd.acme+json'],
    ['application/json, application/json'],
    ['application/json charset=utf-8'],
    ['application/json; charset'],
    ['application/json; charset='],
    ['application/json; charset =utf-8'],
    ['application/json; charset= utf-8'],
    ['application/json; charset="utf-8'],
    ['application/json; charset=utf-8"'],
    ['application/json; charset=utf-8 x'],
    ['application/json; =utf-8'],
    ['application/json; a=b\u0000'],
    ['application/json; a="\u0001"'],
    ['\ufeffapplication/json'],
    ['application/json', 'application/json'],
    ['application/json', 'text/plain'],
    [`application/json; a=${'x'.repeat(600)}`],
    [`application/json; a="${'\\'.repeat(200)}`],
  ])('as %j', (...values) => {
    expect(detailOf(values)).toBe('Send one Content-Type: application/json.');
  });

  it('with the types that the route takes, and never with the type that was sent', () => {
    expect(detailOf(['text/csv'], [JSON_TYPE, FORM])).toBe(`Send one Content-Type: ${JSON_TYPE} or ${FORM}.`);
  });
});
