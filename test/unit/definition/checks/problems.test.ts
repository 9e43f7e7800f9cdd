import { describe, expect, it } from 'vitest';
import { faultsOf, read, wholeFaultsOf, withRoute } from '../support.ts';

const closed = { status: 409, title: 'The order is closed' };
const declaring = (problems: unknown, listed: unknown = []) => ({
  ...withRoute({ ...read, problems: listed }),
  problems,
});

describe('the check of problems of an API', () => {
  it('accepts declared problems, and routes that list their codes', () => {
    const full = { ...closed, description: 'Reopen it.', detail: 'It was closed.' };
    expect(
      faultsOf(declaring({ 'order-closed': full, 'not-yours': { ...closed, status: 403 } }, [404, 'order-closed'])),
    ).toEqual([]);
    expect(faultsOf(declaring({}))).toEqual([]);
  });

  it.each(['not-found', 'internal', 'forbidden', 'flood', 'invalid-request'])(
    'rejects the code %s, which is ours',
    (code) => {
      expect(wholeFaultsOf(declaring({ [code]: closed }))).toMatchObject([
        { code: 'problem-invalid', location: `problems.${code}`, expected: 'a code that is not one of secure-api' },
      ]);
    },
  );

  it.each([
    'Order-closed',
    'order_closed',
    'order closed',
    '-order',
    'order--closed',
    'order-',
    'a',
    '',
    'a'.repeat(65),
    'órder',
    'order1',
    '../x',
    'order\n',
  ])('rejects the code %j', (code) => {
    expect(faultsOf(declaring({ [code]: closed }))).toEqual([
      { code: 'problem-invalid', location: `problems.${code}` },
    ]);
  });

  it.each([200, 303, 401, 406, 413, 415, 429, 431, 500, 504, 600, '409', 409.5, null, undefined])(
    'rejects the status %s',
    (status) => {
      expect(faultsOf(declaring({ 'order-closed': { ...closed, status } }))).toEqual([
        { code: 'problem-invalid', location: 'problems.order-closed.status' },
      ]);
    },
  );

  it.each([
    ['title', undefined],
    ['title', ' '],
    ['title', 'a'.repeat(101)],
    ['title', 7],
    ['description', ''],
    ['detail', {}],
    ['detail', 'a'.repeat(301)],
  ])('rejects the %s %j', (name, value) => {
    expect(faultsOf(declaring({ 'order-closed': { ...closed, [name]: value } }))).toEqual([
      { code: 'problem-invalid', location: `problems.order-closed.${name}` },
    ]);
  });

  it.each([
    ['an unknown member', { 'order-closed': { ...closed, titel: 'x' } }, 'problems.order-closed.titel'],
    ['a problem that is a status', { 'order-closed': 409 }, 'problems.order-closed'],
    ['a list', [closed], 'problems'],
  ])('rejects %s', (_, problems, location) => {
    expect(faultsOf(declaring(problems)).map((fault) => fault.location)).toContain(location);
  });

  it.each([[['order-closd']], [['order-closed', 'order-closed']], [[418]], ['order-closed'], [[null]]])(
    'rejects the list %j of a route, with what it can hold',
    (listed) => {
      const [fault] = wholeFaultsOf(declaring({ 'order-closed': closed }, listed));
      expect(fault).toMatchObject({ code: 'option-invalid', expected: expect.stringContaining('503, order-closed') });
    },
  );
});
