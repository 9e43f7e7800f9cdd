import { describe, expect, it } from 'vitest';
import { HttpProblem, problem } from '../../../lambdas/runtime/index.ts';
import { problemDocument } from '../../../lambdas/runtime/problem.ts';
import { problemResponse } from '../../../lambdas/runtime/problemResponse.ts';
import { responseOf } from '../../../lambdas/runtime/response.ts';
import { PROBLEMS, type Problem } from '../../../lambdas/shared/problems.ts';

const thrown = Object.entries<Problem>(PROBLEMS).filter(([, { runtime }]) => runtime === true);

describe('a problem', () => {
  it.each(thrown)('%s has the status of its code, and its title as message', (code, { status, title }) => {
    const made = problem(code as Parameters<typeof problem>[0]);
    expect(made).toBeInstanceOf(HttpProblem);
    expect(made).toMatchObject({ name: 'HttpProblem', code, status, message: title, detail: undefined, errors: [] });
    expect(problem(code as Parameters<typeof problem>[0], 'Why.')).toMatchObject({ message: 'Why.', detail: 'Why.' });
  });

  it.each([...new Set(thrown.map(([, { status }]) => status))])('of the status %i has its first code', (status) => {
    const first = thrown.find(([, known]) => known.status === status);
    expect(problem(status as Parameters<typeof problem>[0]).code).toBe(first?.[0]);
  });

  it('of a status that none has is internal', () => {
    expect(problem(418 as never)).toMatchObject({ code: 'internal', status: 500 });
    // The web ACL and the gateway have these statuses, too, but handlers do not throw their codes.
    expect(problem(429).code).toBe('throttled');
  });

  it('has a document of exactly what is known', () => {
    const type = 'https://secure-api.dev/errors/not-found';
    const bare = { type, title: 'Not found', status: 404, instance: 'r1', code: 'not-found' };
    expect(problemDocument(problem(404), 'r1')).toStrictEqual(bare);
    expect(problemDocument(problem(404, 'None.'), 'r1')).toStrictEqual({ ...bare, detail: 'None.' });
    expect(problemDocument(problem(404, ''), 'r1')).toStrictEqual({ ...bare, detail: '' });
    expect(problemDocument(problem(404), 'r1', 'https://a/#').type).toBe('https://a/#not-found');
  });

  it.each([1, 19, 20, 21, 500])('of %i faults lists at most twenty', (count) => {
    const faults = Array.from({ length: count }, (_, index) => ({ parameter: `p${index}`, code: 'c', message: 'm' }));
    const { errors } = problemDocument(new HttpProblem('invalid-request', 'No.', faults), 'r1');
    expect(errors).toEqual(faults.slice(0, 20));
  });

  it.each(thrown)('%s is a response with the headers that its status needs', (code, { status }) => {
    const { statusCode, headers, body } = problemResponse(problem(code as never), 'r1');
    expect([statusCode, JSON.parse(body).code]).toEqual([status, code]);
    const security = {
      'strict-transport-security': 'max-age=63072000; includeSubDomains',
      'x-content-type-options': 'nosniff',
    };
    const rest = {
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
      'referrer-policy': 'no-referrer',
    };
    expect(headers).toStrictEqual({
      ...security,
      ...rest,
      'cache-control': 'no-store',
      'content-type': 'application/problem+json',
      ...(status === 429 || status === 503 ? { 'retry-after': '10' } : {}),
      ...(code === 'idempotency-in-progress' ? { 'retry-after': '1' } : {}),
      // No token replaces the signature of a webhook.
      ...(status === 401
        ? { 'www-authenticate': code === 'webhook-rejected' ? 'Webhook' : 'Bearer error="invalid_token"' }
        : {}),
    });
  });
});

describe('a response that is wrong says what is wrong, without its values', () => {
  const responses = [
    { status: 200, body: { type: 'application/json', format: 'json' }, headers: ['ETag'] },
    { status: 204, headers: [] },
  ];
  const rules = { contract: { responses }, validate: () => true, mode: 'enforce', differs: () => undefined };
  const read = (returned: unknown) => responseOf(returned, rules as never);
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const bytes = (length: number) => ({ status: 200, body: 'x'.repeat(length - 2) });

  it.each<readonly [string, unknown]>([
    ['is no object', undefined],
    ['is no object', null],
    ['is no object', 'SECRET'],
    ['has a status that is not declared', { status: 201, body: {} }],
    ['has a status that is not declared', { status: '200', body: {} }],
    ['must have a body', { status: 200 }],
    ['must have no body', { status: 204, body: 'SECRET' }],
    ['has headers that are no plain object', { status: 204, headers: 'SECRET' }],
    ['has the header X-A, which is not declared', { status: 204, headers: { 'X-A': 'SECRET' } }],
    ['has the header [not a name], which is not declared', { status: 204, headers: { 'a: SECRET': 'a' } }],
    [
      'has the header etag twice: give a list of its values',
      { status: 200, body: 1, headers: { ETag: '1', etag: '2' } },
    ],
    [
      'has a value of etag that is neither printable ASCII nor a list of such strings',
      { status: 200, body: 1, headers: { ETag: ['1', 'SECRET\n'] } },
    ],
    ['has a body that is not JSON', { status: 200, body: () => 'SECRET' }],
    ['has a body that is not JSON', { status: 200, body: circular }],
    ['is larger than Lambda can return', bytes(6_291_556)],
    ['is larger than Lambda can return', { status: 200, body: Array(1_450_000).fill('a') }],
  ])('%s', (what, returned) => {
    const failure = expect.objectContaining({ name: 'InvalidResponse', message: `the handler's response ${what}` });
    expect(() => read(returned)).toThrow(failure as never);
  });

  it('and the largest body that Lambda returns is returned', () => {
    const around = Buffer.byteLength(JSON.stringify(read(bytes(10)))) - 10;
    expect(read(bytes(6_291_556 - around)).body).toHaveLength(6_291_556 - around);
    expect(() => read(bytes(6_291_557 - around))).toThrow('is larger than Lambda can return');
  });

  it('and a response without a body has neither body nor content type', () => {
    const { body, headers, ...rest } = read({ status: 204 });
    expect([body, headers['content-type'], rest]).toEqual(['', undefined, { statusCode: 204 }]);
  });
});
