import { beforeEach, describe, expect, it, vi } from 'vitest';
import { redactMember } from '../../../lambdas/shared/redact.ts';
import { loadSecretSearch } from '../../../lambdas/shared/secretSearchOnDemand.ts';

// Calls of the real one are counted.
vi.mock(import('../../../lambdas/shared/secretSearchOnDemand.ts'), { spy: true });

beforeEach(() => {
  vi.mocked(loadSecretSearch).mockClear();
});

describe('a member of an entry', () => {
  it.each([
    ['true', 'coldStart', true],
    ['false', 'permitted', false],
    ['null', 'client', null],
    ['a number', 'status', 200],
    ['a route', 'route', 'GET /documents/{id}'],
    ['a list of words', 'roles', ['editor', 'reader']],
    ['the time of calls by service', 'dependencies', { dynamodb: 12, issuer: 0.5 }],
  ])('that is %s under a plain name does not load the search for secrets', (_, name, value) => {
    expect(redactMember(name, value)).toBe(value);
    expect(loadSecretSearch).not.toHaveBeenCalled();
  });

  it.each([
    ['password', true, '[redacted]'],
    ['password', 'hunter2', '[redacted]'],
    ['tokens', false, false],
    ['count', 4_111_111_111_111_111, '[redacted]'],
    ['count', Number.NaN, null],
    ['seen', ['password', 'hunter2'], ['password', '[redacted]']],
    ['seen', { card: 4_111_111_111_111_111 }, { card: '[redacted]' }],
    ['seen', { token: 1 }, { token: '[redacted]' }],
    ['seen', { 'password hunter2 of': 1 }, { 'password [redacted] of': 1 }],
    ['seen', { '4111 1111 1111 1111': 1 }, { '[redacted]': 1 }],
    ['seen', { name: 'password', value: 'hunter2' }, { name: 'password', value: '[redacted]' }],
    ['seen', new Map([['n', 1]]), { n: 1 }],
    ['tokens', { n: 1 }, '[redacted]'],
  ])('with the name %s and the value %s is searched', (name, value, shown) => {
    redactMember(name, value);
    expect(loadSecretSearch).toHaveBeenCalled();
    expect(JSON.parse(JSON.stringify({ [name]: value }, redactMember))).toEqual({ [name]: shown });
  });
});
