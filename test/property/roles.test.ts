import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rolesIn } from '../../lambdas/shared/tokenRoles.ts';
import { type RoleOptions, roleRules } from '../../lib/construct/identity/roles.ts';
import { ConfigError } from '../../lib/definition/index.ts';

/** Names as providers have them, and some that are traps. */
const name = fc.oneof(
  fc.constantFrom('admin', 'Admin', 'Orders.Admin', 'Not Orders Admin', '7f0c6a1e-3b5d', '__proto__', 'constructor'),
  fc.constantFrom('a b', 'a', 'b', 'a,b', 'a;b', ' a', 'é', 'e\u0301', '"', "'", '\\', '', ' ', '\ud800', '😀'),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const separator = fc.constantFrom<string | false | undefined>(undefined, false, ';', ',', ' ', '|', '; ');
const roles = fc.array(fc.constantFrom('viewer', 'editor', 'admin'), { minLength: 1, maxLength: 3 });
const map = fc.option(fc.uniqueArray(fc.tuple(name, roles), { minLength: 1, maxLength: 5, selector: ([one]) => one }), {
  nil: undefined,
});
const claim = fc.oneof(
  fc.array(fc.oneof(name, fc.constantFrom(7, null, true, ['admin'], { admin: {} })), { maxLength: 6 }),
  fc
    .array(name, { maxLength: 5 })
    .chain((names) => fc.constantFrom(...[' ', ',', ';', '; '].map((by) => names.join(by)))),
  fc.constantFrom(7, null, true, { admin: true }, undefined),
);

/** What the documentation says, in the simplest way: the values, then each by the list of pairs. */
function reference(value: unknown, options: { separator?: string | false; pairs?: [string, string[]][] }): string[] {
  const { separator: by, pairs } = options;
  const isOne = by === false || (by === undefined && pairs !== undefined);
  const parts = (text: string) => (by === undefined ? text.replaceAll(',', ' ').split(' ') : text.split(by || ' '));
  const values = Array.isArray(value)
    ? value.filter((one) => typeof one === 'string')
    : typeof value === 'string'
      ? (isOne ? [value] : parts(value).map((part) => part.trim())).filter((part) => part !== '')
      : [];
  if (pairs === undefined) return [...new Set(values)];
  return [...new Set(values.flatMap((one) => pairs.find(([listed]) => listed === one)?.[1] ?? []))];
}

const rulesOf = (options: RoleOptions) => {
  try {
    return roleRules(options);
  } catch (error) {
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
};

describe('the roles of a token', () => {
  it('are what the documentation says, for any claim and any options that are accepted: 20,000 cases', () => {
    let compared = 0;
    let rejected = 0;
    let given = 0;
    fc.assert(
      fc.property(claim, separator, map, (value, by, pairs) => {
        const rules = rulesOf({ separator: by, ...(pairs === undefined ? {} : { map: Object.fromEntries(pairs) }) });
        if (rules === undefined) {
          rejected += 1;
          return;
        }
        compared += 1;
        // As the authorizer gets them: through JSON.
        const { roles: found } = rolesIn({ roles: value }, JSON.parse(JSON.stringify(rules)));
        given += found.length > 0 ? 1 : 0;
        expect(found).toEqual(reference(value, { separator: by, pairs: pairs as [string, string[]][] | undefined }));
      }),
      { numRuns: 20_000, seed: 4 },
    );
    // Both ends are reached, or the property would show nothing.
    expect([compared > 5_000, rejected > 1_000, given > 1_000]).toEqual([true, true, true]);
  });

  it('are never more than the map lists: 5,000 cases', () => {
    fc.assert(
      fc.property(claim, separator, map, (value, by, pairs) => {
        const rules = rulesOf({ separator: by, ...(pairs === undefined ? {} : { map: Object.fromEntries(pairs) }) });
        if (rules?.map === undefined) return;
        const listed = rules.map.flatMap(([, some]) => some);
        expect(rolesIn({ roles: value }, rules).roles.filter((role) => !listed.includes(role))).toEqual([]);
      }),
      { numRuns: 5_000, seed: 5 },
    );
  });
});
