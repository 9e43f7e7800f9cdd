import { describe, expect, it } from 'vitest';
import { faultsOf, text, wholeFaultsOf } from '../support.ts';

const done = { responses: { 204: { description: 'Done' } } };
const route = (idempotency: unknown, more: object = {}, method = 'POST') => ({
  routes: { list: { method, path: '/notes', options: { permission: 'note:write', ...done, idempotency, ...more } } },
});
const at = (end: string) => `routes.list.idempotency${end}`;
const headers = (name: string) => ({ type: 'object', properties: { [name]: text }, additionalProperties: false });

describe('the check of idempotency', () => {
  it.each([
    true,
    {},
    { required: true },
    { required: false, expiresAfterSeconds: 60 },
    { expiresAfterSeconds: 2_592_000 },
    { required: undefined, expiresAfterSeconds: undefined },
  ])('accepts %j', (option) => {
    expect(faultsOf(route(option))).toEqual([]);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('accepts it on %s', (method) => {
    expect(faultsOf(route(true, {}, method))).toEqual([]);
  });

  it.each([
    ['a response of other bytes', { responses: { 200: { description: 'x', contentType: 'application/pdf' } } }],
    ['a redirect', { responses: { 303: { description: 'x' } } }],
    ['any valid token', { permission: undefined, authenticated: 'members keep their own notes' }],
    ['another header', { headers: headers('x-request-id') }],
  ])('accepts it beside %s', (_, more) => {
    expect(faultsOf(route(true, more))).toEqual([]);
  });

  it.each([false, null, 'true', '', 1, 60, [], [true], () => true])('rejects %j in place of settings', (option) => {
    expect(wholeFaultsOf(route(option))).toEqual([
      {
        code: 'idempotency-invalid',
        location: at(''),
        found: expect.any(String),
        expected: 'true, or an object with required and expiresAfterSeconds',
        fix: 'Write true, or remove idempotency.',
      },
    ]);
  });

  it.each(['yes', 'true', 1, 0, null, [], {}])('rejects %j as required', (required) => {
    expect(wholeFaultsOf(route({ required }))).toEqual([
      {
        code: 'idempotency-invalid',
        location: at('.required'),
        found: JSON.stringify(required),
        expected: 'true or false',
        fix: 'Say whether each request needs a key.',
      },
    ]);
  });

  it.each([59, 0, -60, 2_592_001, 60.5, Number.NaN, Number.POSITIVE_INFINITY, '60', '1d', null, true, [60], 100n])(
    'rejects %s as expiresAfterSeconds',
    (expiresAfterSeconds) => {
      expect(wholeFaultsOf(route({ expiresAfterSeconds }))).toEqual([
        {
          code: 'idempotency-invalid',
          location: at('.expiresAfterSeconds'),
          found: expect.any(String),
          expected: 'a whole number from 60 to 2592000',
          fix: 'Choose a time after which no client retries, such as 86400 for a day.',
        },
      ]);
    },
  );

  it.each([
    [{ expireAfterSeconds: 60 }, 'expireAfterSeconds', 'Write expiresAfterSeconds.'],
    [{ expiresAfterSecond: 60 }, 'expiresAfterSecond', 'Write expiresAfterSeconds.'],
    [{ Required: true }, 'Required', 'Write required.'],
    [{ require: true }, 'require', 'Write required.'],
    [{ table: 'keys' }, 'table', 'Remove it.'],
    [{ required: true, header: 'x-key' }, 'header', 'Remove it.'],
  ])('rejects the unknown setting of %j', (option, name, fix) => {
    expect(wholeFaultsOf(route(option))).toEqual([
      {
        code: 'idempotency-invalid',
        location: at(`.${name}`),
        found: JSON.stringify(name),
        expected: 'one of required, expiresAfterSeconds',
        fix: `${fix} An unknown option would have no effect.`,
      },
    ]);
  });

  it('rejects it on GET, which changes nothing', () => {
    expect(wholeFaultsOf(route(true, {}, 'GET'))).toEqual([
      expect.objectContaining({
        code: 'idempotency-invalid',
        location: at(''),
        fix: 'Remove it: GET changes nothing, so clients repeat it safely.',
      }),
    ]);
  });

  it.each([
    ['public', { public: 'anybody can write a note' }, 'Require a permission'],
    ['webhook', { webhook: { scheme: 'github', secret: 'hub' } }, 'Remove it: the messages of a webhook'],
  ])('rejects it on a %s route, where nobody owns the keys', (_, access, fix) => {
    expect(wholeFaultsOf(route(true, { permission: undefined, ...access }))).toEqual([
      expect.objectContaining({
        code: 'idempotency-invalid',
        location: at(''),
        fix: expect.stringContaining(fix),
      }),
    ]);
  });

  it('rejects a schema of the header that it declares itself, and accepts one where keys are not known', () => {
    expect(wholeFaultsOf(route(true, { headers: headers('idempotency-key') }))).toEqual([
      expect.objectContaining({
        code: 'idempotency-invalid',
        location: 'routes.list.headers.properties.idempotency-key',
        fix: 'Remove idempotency-key from headers; the handler gets idempotencyKey.',
      }),
    ]);
    expect(faultsOf(route(undefined, { headers: headers('idempotency-key') }))).toEqual([]);
  });
});
