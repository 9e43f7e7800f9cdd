import type { ServerResponse } from 'node:http';

/** A user as Cognito keeps it. */
export interface KeptUser {
  readonly email: string;
  readonly groups: Set<string>;
  status: string;
  enabled: boolean;
  /** Mails with a temporary password. */
  mails: number;
}

/** The users, by their internal name, and the groups of a user pool. */
export interface PoolState {
  readonly users: Map<string, KeptUser>;
  readonly groups: string[];
  /** The operations that were called. */
  readonly calls: string[];
  /** Fails the next call of an operation. */
  fails?: string;
}

type Input = Readonly<Record<string, unknown>>;
/** Small pages, so that lists have several. */
const PAGE = 2;

/** The operations of cognito-idp that manage users and groups, in its JSON protocol. */
export function cognitoApi(pool: PoolState, operation: string, input: Input, response: ServerResponse): void {
  pool.calls.push(operation);
  try {
    if (pool.fails === operation) throw new Fault('InternalErrorException');
    const run = OPERATIONS[operation];
    if (run === undefined) throw new Fault('UnknownOperationException');
    send(response, 200, run(pool, input));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    send(response, error.message === 'InternalErrorException' ? 500 : 400, {
      __type: error.message,
      message: 'failed',
    });
  }
}

class Fault extends Error {}

const OPERATIONS: Readonly<Record<string, (pool: PoolState, input: Input) => unknown>> = {
  ListGroups: ({ groups }, input) => {
    const { items, next } = pageOf(groups, input['NextToken']);
    return { Groups: items.map((GroupName) => ({ GroupName })), NextToken: next };
  },
  ListUsers: ({ users }, input) => {
    const { items, next } = pageOf([...users], input['PaginationToken']);
    return { Users: items.map(userOf), PaginationToken: next };
  },
  ListUsersInGroup: ({ users }, input) => {
    const members = [...users].filter(([, { groups }]) => groups.has(String(input['GroupName'])));
    const { items, next } = pageOf(members, input['NextToken']);
    return { Users: items.map(userOf), NextToken: next };
  },
  AdminListGroupsForUser: (pool, input) => {
    const { items, next } = pageOf([...find(pool, input).groups], input['NextToken']);
    return { Groups: items.map((GroupName) => ({ GroupName })), NextToken: next };
  },
  AdminCreateUser: (pool, input) => {
    const email = String(input['Username']);
    const known = [...pool.users.values()].find((user) => user.email === email);
    if (input['MessageAction'] === 'RESEND') {
      if (known === undefined) throw new Fault('UserNotFoundException');
      if (known.status !== 'FORCE_CHANGE_PASSWORD') throw new Fault('UnsupportedUserStateException');
      known.mails += 1;
      return { User: {} };
    }
    if (known !== undefined) throw new Fault('UsernameExistsException');
    if (input['TemporaryPassword'] !== undefined) throw new Fault('InvalidPasswordException');
    const user = { email, groups: new Set<string>(), status: 'FORCE_CHANGE_PASSWORD', enabled: true, mails: 1 };
    pool.users.set(`sub-${pool.users.size + 1}`, user);
    return { User: {} };
  },
  AdminAddUserToGroup: (pool, input) => {
    find(pool, input).groups.add(String(input['GroupName']));
    return {};
  },
  AdminRemoveUserFromGroup: (pool, input) => {
    find(pool, input).groups.delete(String(input['GroupName']));
    return {};
  },
  AdminDeleteUser: (pool, input) => {
    const user = find(pool, input);
    for (const [name, one] of pool.users) if (one === user) pool.users.delete(name);
    return {};
  },
};

function find({ users }: PoolState, input: Input): KeptUser {
  const user = [...users.values()].find(({ email }) => email === input['Username']);
  if (user === undefined) throw new Fault('UserNotFoundException');
  return user;
}

function pageOf<T>(all: readonly T[], token: unknown): { readonly items: readonly T[]; readonly next?: string } {
  const start = Number(token ?? 0);
  const items = all.slice(start, start + PAGE);
  return start + PAGE < all.length ? { items, next: String(start + PAGE) } : { items };
}

function userOf([name, { email, status, enabled }]: readonly [string, KeptUser]) {
  const Attributes = [
    { Name: 'email', Value: email },
    { Name: 'sub', Value: name },
  ];
  return { Username: name, Attributes, UserStatus: status, Enabled: enabled };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
}
