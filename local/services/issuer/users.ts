import { join } from 'node:path';
import { readIfPresent, writePrivateFile } from '../files.ts';
import { hashPassword, isPassword } from './password.ts';

/** A user that the sign-in page knows. */
export interface LocalUser {
  /** Also the subject of the user's tokens. */
  readonly name: string;
  readonly roles: readonly string[];
  readonly tier?: string;
  /** Claims that the stack declares, by name. */
  readonly claims?: Readonly<Record<string, string>>;
}

interface KeptUser extends LocalUser {
  readonly password: string;
}

/** A user cannot be added. */
class UserError extends Error {
  readonly code: 'user-invalid' | 'user-exists' | 'users-unreadable';

  constructor(code: UserError['code'], message: string) {
    super(message);
    this.name = 'UserError';
    this.code = code;
  }
}

/** Subjects that somebody may sign in as: 1–128 characters, no control characters, no space first. */
export const USERNAME = /^[^\s\p{C}][^\p{C}]{0,127}$/u;

/** NIST SP 800-63B section 5.1.1.2 requires at least 8 characters. */
const MIN_PASSWORD_LENGTH = 8;
const MAX_PASSWORD_LENGTH = 256;

/**
 * The known users of a data directory, by name.
 *
 * @example
 * ```ts
 * const names = listUsers('.secure-api').map(({ name }) => name);
 * ```
 */
export function listUsers(dataDirectory: string): readonly LocalUser[] {
  return readUsers(dataDirectory).map(({ name, roles, tier, claims }) => ({
    name,
    roles,
    ...(tier && { tier }),
    ...(claims && { claims }),
  }));
}

/**
 * Adds a user to `<data>/issuer/users.json` (mode 0600); the password is kept as a hash alone. A running issuer knows the
 * user at once.
 *
 * @throws {UserError} `user-invalid` for a name or password that cannot be one, `user-exists`
 * @example
 * ```ts
 * await addUser('.secure-api', { name: 'ada', roles: ['editor'] }, 'a long password');
 * ```
 */
export async function addUser(dataDirectory: string, user: LocalUser, password: string): Promise<void> {
  const { name, roles, tier, claims } = user;
  if (!USERNAME.test(name)) throw new UserError('user-invalid', 'a name has 1 to 128 characters');
  if (password.length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH) {
    throw new UserError('user-invalid', `a password has ${MIN_PASSWORD_LENGTH} to ${MAX_PASSWORD_LENGTH} characters`);
  }
  const more = { ...(tier && { tier }), ...(claims && { claims }) };
  const kept: KeptUser = { name, roles, ...more, password: await hashPassword(password) };
  const users = readUsers(dataDirectory);
  if (users.some((other) => other.name === name)) {
    throw new UserError('user-exists', `the user ${JSON.stringify(name)} exists already; remove it first`);
  }
  writeUsers(dataDirectory, [...users, kept]);
}

/**
 * Removes a user; false when there is none of this name. Sessions and tokens that the user has go on until they end.
 *
 * @example
 * ```ts
 * const removed = removeUser('.secure-api', 'ada');
 * ```
 */
export function removeUser(dataDirectory: string, name: string): boolean {
  const users = readUsers(dataDirectory);
  const others = users.filter((user) => user.name !== name);
  if (others.length < users.length) writeUsers(dataDirectory, others);
  return others.length < users.length;
}

/** The user of this name, when the password is right. */
export async function findUser(dataDirectory: string, name: string, password: string): Promise<LocalUser | undefined> {
  const found = readUsers(dataDirectory).find((user) => user.name === name);
  if (found === undefined || !(await isPassword(password, found.password))) return undefined;
  return listUsers(dataDirectory).find((user) => user.name === name);
}

const pathOf = (dataDirectory: string) => join(dataDirectory, 'issuer', 'users.json');

function writeUsers(dataDirectory: string, users: readonly KeptUser[]): void {
  const sorted = [...users].sort((one, other) => one.name.localeCompare(other.name));
  writePrivateFile(pathOf(dataDirectory), JSON.stringify({ users: sorted }, undefined, 2));
}

function readUsers(dataDirectory: string): readonly KeptUser[] {
  const text = readIfPresent(pathOf(dataDirectory));
  if (text === undefined) return [];
  try {
    const { users } = JSON.parse(text) as { readonly users: readonly KeptUser[] };
    const isWhole = (user: KeptUser) => [user.name, user.password].every((value) => typeof value === 'string');
    if (users.every((user) => isWhole(user) && Array.isArray(user.roles))) return users;
  } catch {
    // The parser's message could quote a hash.
  }
  throw new UserError('users-unreadable', `${pathOf(dataDirectory)} is not a list of users`);
}
