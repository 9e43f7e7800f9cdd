import { describe, expect, it } from 'vitest';
import { create, expectRejected, list, send, silenceTelemetry } from './support.ts';

silenceTelemetry();

describe('a body is rejected', () => {
  it.each([
    'text/plain',
    'application/json; charset=iso-8859-1',
    'application/xml',
    'application/json, text/plain',
    'application/jsonp',
    '',
  ])('with the content type %j', async (type) => {
    await expectRejected({ ...create, headers: { 'Content-Type': type } }, 415, 'unsupported-media-type');
  });

  it('with two content types, or a content encoding', async () => {
    const both = { 'Content-Type': ['application/json', 'application/json'] };
    await expectRejected({ ...create, headers: both }, 415, 'unsupported-media-type');
    await expectRejected({ ...create, headers: { 'Content-Encoding': 'gzip' } }, 415, 'unsupported-media-type');
  });

  it.each([
    '{"title":"A","title":"B"}',
    '{"title":"A","\\u0074itle":"B"}',
    '{"__proto__":{"a":1},"title":"A"}',
    '{"tags":[{"constructor":1}]}',
    '\ufeff{"title":"A"}',
    '{"title":"A"} x',
    '{"title":"A"}{}',
    '{title:"A"}',
    "{'title':'A'}",
    '{"title":"A",}',
    '{"title":NaN}',
    '{"title":1e999}',
    '{"title":"\\ud800"}',
    '// {"title":"A"}',
    '[',
    `${'['.repeat(33)}${']'.repeat(33)}`,
  ])('with the JSON %s', async (raw) => {
    await expectRejected({ ...create, raw }, 400, 'malformed-json');
  });

  it('when it is not UTF-8, or starts with a byte order mark', async () => {
    const raw = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]).toString('base64');
    await expectRejected({ ...create, raw, base64: true }, 400, 'malformed-json');
    const bom = Buffer.from('\ufeff{"title":"A"}').toString('base64');
    await expectRejected({ ...create, raw: bom, base64: true }, 400, 'malformed-json');
  });

  it.each<readonly [unknown, readonly (readonly [string, string])[]]>([
    [{}, [['/title', 'required']]],
    [{ title: '' }, [['/title', 'too-short']]],
    [{ title: 'too long' }, [['/title', 'too-long']]],
    [{ title: 7 }, [['/title', 'type']]],
    [{ title: 'A', owner: 'me' }, [['/owner', 'unknown']]],
    [{ title: 'A', 'a/b~c': 1 }, [['/a~1b~0c', 'unknown']]],
    [{ title: 'A', tags: ['ok', 'long'] }, [['/tags/1', 'too-long']]],
    [{ title: 'A', tags: ['a', 'b', 'c'] }, [['/tags', 'too-many']]],
    [[], [['', 'type']]],
  ])('with the value %j, and the response names the field', async (body, faults) => {
    const { json } = await expectRejected({ ...create, body }, 400, 'invalid-request');
    expect(json['errors']).toEqual(faults.map(([pointer, code]) => ({ pointer, code, message: expect.any(String) })));
  });

  it('when it is missing but required, or sent to a route without one', async () => {
    await expectRejected({ ...create, body: undefined }, 400, 'invalid-request');
    await expectRejected({ ...list, raw: '{}' }, 400, 'invalid-request');
  });

  it('and the response contains none of its values', async () => {
    const response = await send({ ...create, body: { title: 'S3CRETS3CRET' } });
    expect(response.body).not.toContain('S3CRET');
  });
});
