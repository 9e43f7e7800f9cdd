import type { UserType } from '@aws-sdk/client-cognito-identity-provider';
import { ConfigError } from '../../definition/errors.ts';
import { invalidOption } from '../options.ts';
import {
  groupNames,
  groupsOfUser,
  isClaim,
  isTier,
  type Membership,
  membershipOf,
  membersOf,
  requireGroups,
} from './groups.ts';
import { everyPage, type UserPool } from './userPool.ts';

/** A user of a user pool. */
export interface PoolUser extends Membership {
  /** The e-mail address. */
  readonly name: string;
  /** Subject of the user's tokens. */
  readonly subject: string;
  /** Of Cognito, such as `FORCE_CHANGE_PASSWORD` before the first sign-in, or `DISABLED`. */
  readonly status: string;
}

const EMAIL = /^[^\s@]{1,64}@[^\s@.]+(?:\.[^\s@.]+)+$/;
/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AdminCreateUser.html */
const LONGEST_NAME = 128;
/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html */
const PAGE = 60;

/**
 * Adds a user, to whom Cognito mails a temporary password; no password passes through this command. An administrator gives the
 * address, so it counts as verified.
 *
 * @param resend Mails another temporary password to a user who has not signed in yet.
 * @throws {ConfigError} `option-invalid`, `user-exists`, `user-unknown`.
 */
export async function addPoolUser(
  pool: UserPool,
  name: string,
  membership: Membership,
  resend: boolean,
): Promise<void> {
  if (!EMAIL.test(name) || name.length > LONGEST_NAME) {
    const fix = 'Users of a user pool sign in with their address, to which Cognito mails the password.';
    throw invalidOption({ location: '<name>', found: JSON.stringify(name), expected: 'an e-mail address', fix });
  }
  // Before the user exists: a misspelt role would leave a user without roles.
  const groups = await requireGroups(pool, membership);
  const { sdk, client, id: UserPoolId } = pool;
  const input = { UserPoolId, Username: name, DesiredDeliveryMediums: ['EMAIL' as const] };
  const attributes = [
    { Name: 'email', Value: name },
    { Name: 'email_verified', Value: 'true' },
  ];
  const more = resend ? { MessageAction: 'RESEND' as const } : { UserAttributes: attributes };
  await translated(pool, name, () => client.send(new sdk.AdminCreateUserCommand({ ...input, ...more })));
  try {
    await addToGroups(pool, name, groups);
  } catch (error) {
    const rest = `Then run secure-api users set-role for ${name}: the user exists, but is not in every group.`;
    throw new Error(`${(error as Error).message}. ${rest}`, { cause: error });
  }
}

/** All users, in the order of their names. */
export async function listPoolUsers(pool: UserPool): Promise<readonly PoolUser[]> {
  const { sdk, client, id } = pool;
  const users = await everyPage(
    async (PaginationToken) => {
      const page = await client.send(new sdk.ListUsersCommand({ UserPoolId: id, Limit: PAGE, PaginationToken }));
      return { users: page.Users ?? [], next: page.PaginationToken };
    },
    (page) => page.users,
  );
  // One list for each group is less than one for each user.
  const groups = new Map<string, string[]>();
  for (const group of await groupNames(pool)) {
    for (const member of await membersOf(pool, group)) groups.set(member, [...(groups.get(member) ?? []), group]);
  }
  const listed = users.map((user) => poolUser(user, groups.get(user.Username ?? '') ?? []));
  return listed.toSorted((one, other) => one.name.localeCompare(other.name));
}

/**
 * Gives a user exactly these roles, or this tier, or both; what is not given stays. Groups are left before others are joined, so that no
 * two roles that exclude each other are held at once.
 *
 * @throws {ConfigError} `option-invalid`, `user-unknown`.
 */
export async function setPoolRoles(
  pool: UserPool,
  name: string,
  { roles, tier }: { readonly roles?: readonly string[]; readonly tier?: string },
): Promise<Membership> {
  const wanted = await requireGroups(pool, { roles: roles ?? [], ...(tier !== undefined && { tier }) });
  const current = await translated(pool, name, () => groupsOfUser(pool, name));
  const isReplaced = (group: string) => !isClaim(group) && (isTier(group) ? tier !== undefined : roles !== undefined);
  const { sdk, client, id: UserPoolId } = pool;
  for (const GroupName of current.filter((group) => isReplaced(group) && !wanted.includes(group))) {
    await client.send(new sdk.AdminRemoveUserFromGroupCommand({ UserPoolId, Username: name, GroupName }));
  }
  const added = wanted.filter((group) => !current.includes(group));
  await addToGroups(pool, name, added);
  return membershipOf([...current.filter((group) => !isReplaced(group) || wanted.includes(group)), ...added]);
}

/** Removes a user. @throws {ConfigError} `user-unknown`. */
export async function removePoolUser(pool: UserPool, name: string): Promise<void> {
  const { sdk, client, id: UserPoolId } = pool;
  await translated(pool, name, () => client.send(new sdk.AdminDeleteUserCommand({ UserPoolId, Username: name })));
}

async function addToGroups({ sdk, client, id: UserPoolId }: UserPool, name: string, groups: readonly string[]) {
  for (const GroupName of groups) {
    await client.send(new sdk.AdminAddUserToGroupCommand({ UserPoolId, Username: name, GroupName }));
  }
}

function poolUser(
  { Attributes = [], Username = '', UserStatus = 'UNKNOWN', Enabled }: UserType,
  groups: readonly string[],
) {
  const attribute = (name: string) => Attributes.find(({ Name }) => Name === name)?.Value;
  return {
    name: attribute('email') ?? Username,
    subject: attribute('sub') ?? Username,
    status: Enabled === false ? 'DISABLED' : UserStatus,
    ...membershipOf(groups),
  };
}

/** The errors of the service that a person can fix. */
async function translated<T>({ stack }: UserPool, name: string, call: () => Promise<T>): Promise<T> {
  const of = { location: '<name>', found: JSON.stringify(name) };
  try {
    return await call();
  } catch (error) {
    const fix = `See secure-api users list --stack ${stack}.`;
    switch ((error as Error).name) {
      case 'UserNotFoundException':
        throw new ConfigError({ code: 'user-unknown', ...of, expected: 'a user of the pool', fix });
      case 'UsernameExistsException': {
        const change = 'Use users set-role to change roles, or --resend to mail another temporary password.';
        throw new ConfigError({ code: 'user-exists', ...of, expected: 'an address that no user has', fix: change });
      }
      case 'UnsupportedUserStateException': {
        const forgotten = 'They choose another one by "Forgot your password?" on the sign-in page.';
        throw invalidOption({ ...of, location: '--resend', expected: 'a user without a password', fix: forgotten });
      }
      default:
        throw error;
    }
  }
}
