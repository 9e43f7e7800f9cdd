import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeError } from '../../../lambdas/shared/describeError.ts';

/** 20,000 characters is more than any description of ten errors needs, and less than a log entry of CloudWatch holds. */
const MAX_JSON = 10 * 3 * 10_000;

function cycleOf(length: number): Error {
  const errors = Array.from({ length }, (_, index) => new Error(`e${index}`));
  for (const [index, error] of errors.entries()) error.cause = errors[(index + 1) % length];
  return errors[0] ?? new Error('none');
}

describe('the description of an error', () => {
  it('has name, message, stack, causes and plain properties', () => {
    const error = Object.assign(new TypeError('outer', { cause: new Error('inner') }), {
      code: 'E1',
      retry: true,
      n: 1,
    });
    expect(describeError(error)).toMatchObject({
      name: 'TypeError',
      message: 'outer',
      stack: expect.stringContaining('describeError.test'),
      code: 'E1',
      retry: true,
      n: 1,
      cause: { name: 'Error', message: 'inner' },
    });
  });

  it('shows each error once, however the errors refer to each other', () => {
    for (const length of [1, 2, 3, 7]) expect(JSON.stringify(describeError(cycleOf(length)))).toContain('[omitted]');
    const aggregate = new AggregateError([new Error('a')], 'all');
    aggregate.errors.push(aggregate);
    expect(describeError(aggregate)).toMatchObject({ errors: [{ message: 'a' }, '[omitted]'] });
  });

  it('leaves out objects: an HTTP client puts the request, tokens included, into its error', () => {
    const error = Object.assign(new Error('failed'), { config: { headers: { authorization: 'opaque' } } });
    expect(JSON.stringify(describeError(error))).not.toContain('opaque');
  });

  const getter = Object.defineProperties(new Error('x'), {
    message: {
      get: () => {
        throw new Error('message');
      },
    },
    stack: {
      get: () => {
        throw new Error('stack');
      },
    },
    cause: {
      get: () => {
        throw new Error('cause');
      },
    },
  });
  const hostile = new Proxy(new Error('x'), {
    get: () => {
      throw new Error('get');
    },
    ownKeys: () => {
      throw new Error('ownKeys');
    },
    getPrototypeOf: () => {
      throw new Error('getPrototypeOf');
    },
  });
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();

  it.each<readonly [string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a string', 'oops'],
    ['a symbol', Symbol('s')],
    ['a bigint', 10n ** 50n],
    ['a function', () => 'secret'],
    ['an object without a prototype', Object.create(null)],
    ['a frozen error', Object.freeze(new Error('frozen'))],
    ['an error whose getters throw', getter],
    ['a proxy whose traps throw', hostile],
    ['a revoked proxy', revoked.proxy],
    ['an error caused by a revoked proxy', new Error('x', { cause: revoked.proxy })],
    ['an error with a name that is no string', Object.assign(new Error('x'), { name: { toString: 1 } })],
    [
      'a chain of 10,000 causes',
      Array.from({ length: 10_000 }).reduce<Error>((cause) => new Error('x', { cause }), new Error('x')),
    ],
    ['a message of a million characters', new Error('x'.repeat(1_000_000))],
  ])('of %s is limited data, and is made without throwing', (_, thrown) => {
    const json = JSON.stringify(describeError(thrown));
    expect(json.length).toBeLessThan(MAX_JSON);
    expect(json).not.toContain('secret');
  });

  it('of 1,000 random graphs of errors is limited data', () => {
    const edges = fc.array(fc.tuple(fc.nat(11), fc.nat(11), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(edges, (pairs) => {
        const errors = Array.from({ length: 12 }, (_, index) => new AggregateError([], `e${index}`));
        for (const [from, to, isCause] of pairs) {
          const [error, other] = [errors[from], errors[to]];
          if (isCause && error !== undefined) error.cause = other;
          else error?.errors.push(other);
        }
        return JSON.stringify(describeError(errors[0])).length < MAX_JSON;
      }),
      { numRuns: 1000 },
    );
  });
});
