import { describe, expect, it } from 'vitest';
import { deprecationHeaders } from '../../../../lib/definition/deprecation.ts';
import { DefinitionError, defineApi, defineRoles, get } from '../../../../lib/definition/index.ts';

const roles = defineRoles({ reader: { can: ['note:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 });
const tiers = { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } } as const;

function define(deprecated: unknown, { today = '2026-11-10', headers = {}, strict = false } = {}) {
  const route = { permission: 'note:read', deprecated, responses: { 204: { description: 'None', headers } } };
  const routes = { list: get('/notes', route as never) };
  return defineApi({ name: 'notes', version: '1.0.0', roles, tiers, routes, strict } as never, {
    today: new Date(today),
  });
}

/** Code and location of each fault. */
function faultsOf(...parameters: Parameters<typeof define>): readonly string[] {
  try {
    define(...parameters);
    return [];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    for (const { found, expected, fix } of error.faults) expect([found, expected, fix]).not.toContain('');
    return error.faults.map(({ code, location }) => `${code} ${location.replace('routes.list.', '')}`);
  }
}

describe('the deprecation of a route', () => {
  it.each([
    { since: '2026-01-01' },
    { since: '2030-12-31' },
    { since: '2026-01-01', sunset: '2026-12-01' },
    { since: '2026-12-01', sunset: '2026-12-01' },
    { since: '2024-02-29', link: 'https://example.com/moved?to=v2#notes' },
    { since: '2026-01-01', link: 'https://example.com/ü page' },
    undefined,
  ])('can be %o', (deprecated) => {
    expect(faultsOf(deprecated)).toEqual([]);
  });

  it.each<readonly [unknown, string]>([
    [true, ''],
    ['2026-01-01', ''],
    [null, ''],
    [[], ''],
    [{}, '.since'],
    [{ sunset: '2027-01-01' }, '.since'],
    [{ since: '2026-01-01', until: '2027-01-01' }, '.until'],
    [{ since: '2026-02-30' }, '.since'],
    [{ since: '2026-1-1' }, '.since'],
    [{ since: '2026-01-01T00:00:00Z' }, '.since'],
    [{ since: '@1767225600' }, '.since'],
    [{ since: 1_767_225_600 }, '.since'],
    [{ since: new Date('2026-01-01') }, '.since'],
    [{ since: '2026-01-01', sunset: 'soon' }, '.sunset'],
    [{ since: '2026-01-01', sunset: '2027-13-01' }, '.sunset'],
    [{ since: '2026-01-01', sunset: null }, '.sunset'],
    [{ since: '2026-12-02', sunset: '2026-12-01' }, '.sunset'],
    [{ since: '2026-01-01', link: 'http://example.com' }, '.link'],
    [{ since: '2026-01-01', link: '/moved' }, '.link'],
    [{ since: '2026-01-01', link: ' https://example.com' }, '.link'],
    [{ since: '2026-01-01', link: 'https://user:secret@example.com' }, '.link'],
    [{ since: '2026-01-01', link: 'javascript:alert(1)' }, '.link'],
    [{ since: '2026-01-01', link: `https://example.com/${'a'.repeat(1_024)}` }, '.link'],
    [{ since: '2026-01-01', link: '' }, '.link'],
    [{ since: '2026-01-01', link: 5 }, '.link'],
  ])('cannot be %o', (deprecated, location) => {
    expect(faultsOf(deprecated)).toEqual([`deprecation-invalid deprecated${location}`]);
  });

  it('keeps a password in a link out of the error', () => {
    expect(() => define({ since: '2026-01-01', link: 'https://user:secret@example.com' })).toThrow(
      /a URL with a user name/,
    );
  });

  it.each(['Deprecation', 'sunset'])('excludes the header %s of a response, and Link stays possible', (name) => {
    const deprecated = { since: '2026-01-01' };
    expect(faultsOf(deprecated, { headers: { [name]: 'Own' } })).toEqual([
      `deprecation-invalid responses.204.headers.${name}`,
    ]);
    expect(faultsOf(deprecated, { headers: { Link: 'Own' } })).toEqual([]);
    expect(faultsOf(undefined, { headers: { [name]: 'Own' } })).toEqual([]);
  });
});

describe('a sunset', () => {
  const deprecated = { since: '2026-01-01', sunset: '2027-01-01' };
  const codesAt = (today: string) =>
    define(deprecated, { today }).warnings.map(({ code, location }) => [code, location]);

  it('is a warning from its day on, and an error when strict', () => {
    expect(codesAt('2026-12-31T23:59:59Z')).toEqual([]);
    expect(codesAt('2027-01-01T00:00:00Z')).toEqual([['sunset-passed', 'routes.list.deprecated.sunset']]);
    expect(() => define(deprecated, { today: '2027-01-01', strict: true })).toThrow(/sunset-passed/);
    expect(() => define(deprecated, { today: '2026-12-31', strict: true })).not.toThrow();
  });
});

describe('the headers of a deprecation', () => {
  it('are a date of structured fields, an HTTP date and a link for each', () => {
    expect(
      deprecationHeaders({ since: '2026-01-01', sunset: '2027-01-01', link: 'https://example.com/ü page' }),
    ).toEqual({
      deprecation: '@1767225600',
      sunset: 'Fri, 01 Jan 2027 00:00:00 GMT',
      link: '<https://example.com/%C3%BC%20page>; rel="deprecation"; type="text/html", <https://example.com/%C3%BC%20page>; rel="sunset"; type="text/html"',
    });
  });

  it('say nothing that is not known', () => {
    expect(deprecationHeaders({ since: '1969-12-31' })).toEqual({ deprecation: '@-86400' });
  });
});
