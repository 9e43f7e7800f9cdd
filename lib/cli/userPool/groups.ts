import { oneOf } from '../../definition/checks/check.ts';
import { CLAIM_GROUP, TIER_GROUP } from '../../definition/stackOutputs.ts';
import { invalidOption } from '../options.ts';
import { everyPage, type UserPool } from './userPool.ts';

/** What a user is: the groups of the user pool, read as the trigger of its tokens reads them. */
export interface Membership {
  readonly roles: readonly string[];
  readonly tier?: string;
}

/** Most that Cognito returns at once. https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListGroups.html */
const PAGE = 60;

/** The names of all groups. */
export async function groupNames({ sdk, client, id }: UserPool): Promise<readonly string[]> {
  const groups = await everyPage(
    async (NextToken) => {
      const page = await client.send(new sdk.ListGroupsCommand({ UserPoolId: id, Limit: PAGE, NextToken }));
      return { groups: page.Groups ?? [], next: page.NextToken };
    },
    (page) => page.groups,
  );
  return namesOf(groups);
}

/** The names of a user's groups. */
export async function groupsOfUser({ sdk, client, id }: UserPool, user: string): Promise<readonly string[]> {
  const groups = await everyPage(
    async (NextToken) => {
      const input = { UserPoolId: id, Username: user, Limit: PAGE, NextToken };
      const page = await client.send(new sdk.AdminListGroupsForUserCommand(input));
      return { groups: page.Groups ?? [], next: page.NextToken };
    },
    (page) => page.groups,
  );
  return namesOf(groups);
}

/** The internal names of the members of a group. */
export async function membersOf({ sdk, client, id }: UserPool, group: string): Promise<readonly string[]> {
  const users = await everyPage(
    async (NextToken) => {
      const input = { UserPoolId: id, GroupName: group, Limit: PAGE, NextToken };
      const page = await client.send(new sdk.ListUsersInGroupCommand(input));
      return { users: page.Users ?? [], next: page.NextToken };
    },
    (page) => page.users,
  );
  return users.flatMap(({ Username }) => Username ?? []);
}

/**
 * The groups of roles and tier.
 *
 * @throws {ConfigError} `option-invalid` for a role or tier without a group in the pool.
 */
export async function requireGroups(pool: UserPool, { roles, tier }: Membership): Promise<readonly string[]> {
  const known = await groupNames(pool);
  const membership = membershipOf(known);
  requireAmong('--role', roles, membership.roles);
  const tiers = known.filter(isTier).map((name) => name.slice(TIER_GROUP.length));
  requireAmong('--tier', tier === undefined ? [] : [tier], tiers);
  return [...new Set(roles), ...(tier === undefined ? [] : [`${TIER_GROUP}${tier}`])];
}

/** The roles and the tier of these groups. */
export function membershipOf(groups: readonly string[]): Membership {
  const tier = groups.find(isTier)?.slice(TIER_GROUP.length);
  const roles = groups.filter((name) => !isTier(name) && !isClaim(name)).toSorted();
  return { roles, ...(tier !== undefined && { tier }) };
}

/** Whether a group names a tier; all others name a role. */
export function isTier(group: string): boolean {
  return group.startsWith(TIER_GROUP);
}

/** Whether a group names a claim with its value. */
export function isClaim(group: string): boolean {
  return group.startsWith(CLAIM_GROUP);
}

function requireAmong(location: string, given: readonly string[], known: readonly string[]): void {
  for (const name of given) {
    if (known.includes(name)) continue;
    const expected = oneOf(known, 'a name with a group in the user pool, which has none');
    const fix = 'Use a name of the deployed definition.';
    throw invalidOption({ location, found: JSON.stringify(name), expected, fix });
  }
}

function namesOf(groups: readonly { readonly GroupName?: string }[]): readonly string[] {
  return groups.flatMap(({ GroupName }) => GroupName ?? []);
}
