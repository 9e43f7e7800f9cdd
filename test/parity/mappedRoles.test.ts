/**
 * The table with tokens whose roles have the provider's names: nested, in a string with a separator, as ids and with spaces. Each token
 * also has the name of a role that the map does not list. Each broken mapping disagrees with the table.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { accessPolicy } from '../../lib/access/index.ts';
import type { RoleRules } from '../../lib/definition/tokenIssuer.ts';
import { api, gatewayBody } from './changes.ts';
import { rowsOf, rowsWhere } from './found.ts';
import { type Identity, startIdentity } from './identity.ts';
import { disagreements } from './implementation.ts';
import { policyImplementation } from './implementations/policy.ts';
import type { ParityRequest } from './request.ts';
import { TABLE } from './table.ts';

/** What the provider calls the roles of the sample. */
const NAMES: Readonly<Record<string, string>> = {
  viewer: 'Documents Viewers',
  editor: '7f0c6a1e-3b5d-4c7e-9f21-0a4b6c8d9e0f',
  manager: 'Größe "M", leitend',
  admin: 'Orders.Admin',
};
const RULES: RoleRules = {
  claim: 'resource_access.my.client.roles',
  separator: ';',
  map: Object.entries(NAMES).map(([role, value]) => [value, [role]]),
};
/** A directory can have a group of this name. */
const DECOY = 'admin';

const gateway = gatewayBody(api);
let identity: Identity | undefined;
afterEach(async () => {
  await identity?.close();
  identity = undefined;
});

/** The rows in which an authorizer with these rules disagrees with the table. */
async function foundWith(rules: RoleRules): Promise<readonly string[]> {
  identity = await startIdentity({
    tokenIssuer: { roles: rules },
    claims: (roles) => {
      const values = [
        ...roles.filter((role) => role !== DECOY).map(nameOf),
        ...(roles.includes('admin') ? [nameOf('admin')] : []),
        DECOY,
      ];
      return { roles: [DECOY], resource_access: { my: { client: 'x' }, 'my.client': { roles: values.join(' ; ') } } };
    },
  });
  const parts = { gateway, authorizer: identity.authorizer(accessPolicy(api)), token: identity.token };
  return rowsOf(await disagreements(TABLE, [policyImplementation(parts)]));
}

function nameOf(role: string): string {
  return Object.hasOwn(NAMES, role) ? (NAMES[role] ?? role) : role;
}

const isForbidden = ({ access }: ParityRequest) => access === 'forbidden';
/** A row that only a role of the caller opens. */
const needsRole = ({ access, path, roles }: ParityRequest) =>
  access === 'allow' && roles !== undefined && !['/health', '/me', '/me/limits'].includes(path);

describe('mapped roles', () => {
  it('agree with the table in every row', async () => {
    expect(await foundWith(RULES)).toEqual([]);
  }, 120_000);
});

describe('a broken mapping of roles is detected', () => {
  it('that takes values for names of roles', async () => {
    const { map: _, ...unmapped } = RULES;
    const found = await foundWith(unmapped);
    expect(rowsWhere(isForbidden).filter((row) => !found.includes(row))).toEqual([]);
  }, 120_000);

  it('that gives editors the role of admins', async () => {
    const map = RULES.map?.map(([value, roles]) => [value, roles.includes('editor') ? ['admin'] : roles] as const);
    const isPromoted = ({ roles, access }: ParityRequest) =>
      access === 'forbidden' && roles?.includes('editor') === true;
    expect(await foundWith({ ...RULES, map })).toEqual(rowsWhere(isPromoted));
  }, 120_000);

  it('that reads another claim, or does not split the string', async () => {
    const needed = rowsWhere(needsRole);
    for (const rules of [
      { ...RULES, claim: 'resource_access.my.roles' },
      { ...RULES, separator: false as const },
    ]) {
      const found = await foundWith(rules);
      await identity?.close();
      expect(found.length).toBeGreaterThan(50);
      expect(found.filter((row) => !needed.includes(row))).toEqual([]);
    }
  }, 120_000);
});
