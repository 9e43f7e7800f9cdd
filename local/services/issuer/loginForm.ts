import { assignmentFault, MAX_ELEVATION_SECONDS, type RoleAssignment } from './roleAssignment.ts';
import type { TokenSettings } from './tokenSettings.ts';
import { findUser, listUsers, USERNAME } from './users.ts';

/** Who signs in. */
export interface SignIn {
  readonly username: string;
  readonly assignment: RoleAssignment;
}

/** Where users and known names come from. */
export interface LoginParts {
  readonly data: string;
  readonly options: TokenSettings;
}

/**
 * Reads the sign-in page's form: a known user with a password, or any other name without one.
 *
 * @returns who signs in, or the message that says why nobody does
 */
export async function readLogin(form: URLSearchParams, parts: LoginParts): Promise<SignIn | string> {
  const signIn = form.get('user') === null ? anyUser(form, parts) : await knownUser(form, parts);
  if (typeof signIn === 'string') return signIn;
  return assignmentFault(signIn.assignment, parts.options) ?? signIn;
}

async function knownUser(form: URLSearchParams, { data, options }: LoginParts): Promise<SignIn | string> {
  const user = await findUser(data, form.get('user') ?? '', form.get('password') ?? '');
  if (user === undefined) return 'User or password is wrong.';
  const tier = user.tier ?? options.tiers[0];
  const { name: username, roles, claims = {} } = user;
  return { username, assignment: { roles, claims, ...(tier === undefined ? {} : { tier }) } };
}

function anyUser(form: URLSearchParams, { data, options }: LoginParts): SignIn | string {
  const username = form.get('username')?.trim() ?? '';
  if (!USERNAME.test(username)) return 'Enter a username of 1 to 128 characters.';
  // Else the password of a known user would protect nothing.
  if (listUsers(data).some(({ name }) => name === username)) return 'This is a known user: sign in with the password.';
  const roles = form.getAll('roles').flatMap((text) => text.split(/\s+/).filter((role) => role !== ''));
  const tier = form.get('tier')?.trim() ?? '';
  const elevated = elevationOf(form);
  if (typeof elevated === 'string') return elevated;
  const claims = claimsOf(form, options);
  const assignment = { roles: [...new Set(roles)], claims, ...(tier === '' ? {} : { tier }), ...elevated };
  return { username, assignment };
}

/** The fields of claims that somebody filled in. */
function claimsOf(form: URLSearchParams, { claims }: TokenSettings): Readonly<Record<string, string>> {
  const given = Object.keys(claims).map((name) => [name, form.get(`claim-${name}`)?.trim() ?? ''] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ''));
}

function elevationOf(form: URLSearchParams): Pick<RoleAssignment, 'elevated'> | string {
  const role = form.get('elevated') ?? '';
  if (role === '') return {};
  const seconds = Number(form.get('minutes')) * 60;
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_ELEVATION_SECONDS) {
    return `A temporary role lasts 1 to ${MAX_ELEVATION_SECONDS / 60} minutes.`;
  }
  return { elevated: [{ role, until: Math.floor(Date.now() / 1000) + seconds }] };
}
