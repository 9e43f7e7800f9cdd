import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeError } from '../../../lambdas/shared/describeError.ts';
import { partsIn, secretsToPlant } from '../../support/plantedSecrets.ts';
import { cycle, THROWN } from '../../support/thrownValues.ts';

/** 20,000 characters is more than any description of ten errors needs, and less than a log entry of CloudWatch holds. */
const MAX_JSON = 10 * 3 * 10_000;

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
    for (const length of [1, 2, 3, 7]) expect(JSON.stringify(describeError(cycle(length)))).toContain('[omitted]');
    const aggregate = new AggregateError([new Error('a')], 'all');
    aggregate.errors.push(aggregate);
    expect(describeError(aggregate)).toMatchObject({ errors: [{ message: 'a' }, '[omitted]'] });
  });

  it('leaves out objects: an HTTP client puts the request, tokens included, into its error', () => {
    const error = Object.assign(new Error('failed'), { config: { headers: { authorization: 'opaque' } } });
    expect(JSON.stringify(describeError(error))).not.toContain('opaque');
  });

  it.each(THROWN)('of %s is limited data, and is made without throwing', (_, thrown) => {
    const json = JSON.stringify(describeError(thrown));
    expect(json.length).toBeLessThan(MAX_JSON);
  });

  it('has no part of a secret at the end of a message that is cut', () => {
    for (const secret of secretsToPlant(3)) {
      for (let shift = 0; shift < 60; shift += 4) {
        const message = `${'x'.repeat(8_150 + shift)} ${secret.text} ${'y'.repeat(100)}`;
        const described = describeError(Object.assign(new Error(message), { stack: message, note: message }));
        expect(
          partsIn(JSON.stringify(described), { ...secret, hidden: secret.hidden.map((part) => part.slice(0, 12)) }),
        ).toEqual([]);
      }
    }
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
