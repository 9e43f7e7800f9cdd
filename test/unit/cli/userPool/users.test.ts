import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../../support/gateway.ts';
import { type Cloud, startCloud } from '../../../support/userPoolCloud.ts';

let cloud: Cloud;

beforeEach(async () => {
  cloud = await startCloud(['http://127.0.0.1:8400/callback']);
});
afterEach(() => cloud.close());

const run = (...args: readonly string[]) => cli(args, cloud.home, undefined, '', cloud.env);
const users = (command: string, ...args: readonly string[]) => run('users', command, ...args, '--stack', 'Documents');
const groups = () => Object.fromEntries([...cloud.pool.users.values()].map((user) => [user.email, [...user.groups]]));

describe('secure-api users --stack', () => {
  it('adds a user to the groups of roles and tier, and lets Cognito mail the password', async () => {
    const added = await users('add', 'ada@example.com', '--role', 'editor', 'viewer', '--tier', 'premium', '--json');
    expect([added.code, JSON.parse(added.stdout)]).toEqual([
      0,
      { name: 'ada@example.com', roles: ['editor', 'viewer'], tier: 'premium' },
    ]);
    expect(groups()).toEqual({ 'ada@example.com': ['editor', 'viewer', 'tier:premium'] });
    expect([...cloud.pool.users.values()][0]?.mails).toBe(1);
    expect((await users('add', 'bob@example.com')).stderr).toContain('Cognito mails a temporary password');
  });

  it('lists users of several pages with roles, tier and status', async () => {
    for (const name of ['c', 'a', 'b']) await users('add', `${name}@example.com`, '--role', 'viewer');
    await users('set-role', 'b@example.com', '--tier', 'free');
    const [, disabled] = [...cloud.pool.users.values()];
    if (disabled !== undefined) disabled.enabled = false;
    const { stdout } = await users('list', '--json');
    const of = (name: string, status: string) => ({
      name: `${name}@example.com`,
      subject: expect.any(String),
      status,
      roles: ['viewer'],
    });
    expect(JSON.parse(stdout).users).toEqual([
      of('a', 'DISABLED'),
      { ...of('b', 'FORCE_CHANGE_PASSWORD'), tier: 'free' },
      of('c', 'FORCE_CHANGE_PASSWORD'),
    ]);
    expect((await users('list')).stdout).toContain('b@example.com  viewer  tier free  FORCE_CHANGE_PASSWORD\n');
  });

  it('replaces roles or tier, and leaves what is not named', async () => {
    await users('add', 'ada@example.com', '--role', 'editor', '--tier', 'premium');
    const changed = await users('set-role', 'ada@example.com', '--role', 'viewer', '--json');
    expect(JSON.parse(changed.stdout)).toEqual({ name: 'ada@example.com', roles: ['viewer'], tier: 'premium' });
    expect(groups()['ada@example.com']).toEqual(['tier:premium', 'viewer']);
    expect((await users('set-role', 'ada@example.com', '--tier', 'free')).stderr).toContain('viewer  tier free');
    expect(groups()['ada@example.com']?.toSorted()).toEqual(['tier:free', 'viewer']);
    expect((await users('set-role', 'ada@example.com')).stderr).toContain('option-missing at --role or --tier');
  });

  it('leaves groups before it joins others', async () => {
    await users('add', 'ada@example.com', '--role', 'editor');
    cloud.pool.calls.length = 0;
    await users('set-role', 'ada@example.com', '--role', 'viewer');
    expect(cloud.pool.calls.slice(-2)).toEqual(['AdminRemoveUserFromGroup', 'AdminAddUserToGroup']);
  });

  it('removes a user', async () => {
    await users('add', 'ada@example.com');
    expect((await users('remove', 'ada@example.com', '--json')).stdout).toBe(
      '{"name":"ada@example.com","removed":true}\n',
    );
    expect(cloud.pool.users.size).toBe(0);
  });

  it('mails another password to a user who has not signed in yet', async () => {
    await users('add', 'ada@example.com');
    expect((await users('add', 'ada@example.com', '--resend')).code).toBe(0);
    const [user] = cloud.pool.users.values();
    expect(user?.mails).toBe(2);
    if (user !== undefined) user.status = 'CONFIRMED';
    expect((await users('add', 'ada@example.com', '--resend')).stderr).toContain('expected a user without a password');
  });

  it.each<[what: string, args: readonly string[], message: string]>([
    ['a role without a group', ['add', 'x@example.com', '--role', 'king'], 'option-invalid at --role: found "king"'],
    ['a tier in place of a role', ['add', 'x@example.com', '--role', 'tier:free'], 'option-invalid at --role'],
    [
      'a tier without a group',
      ['set-role', 'ada@example.com', '--tier', 'gold'],
      'option-invalid at --tier: found "gold"',
    ],
    ['a name that is no address', ['add', 'ada'], 'option-invalid at <name>: found "ada"'],
    ['an address with a space', ['add', 'a b@example.com'], 'option-invalid at <name>'],
    ['a user twice', ['add', 'ada@example.com'], 'user-exists at <name>'],
    ['a user who is none', ['remove', 'x@example.com'], 'user-unknown at <name>'],
    ['roles of a user who is none', ['set-role', 'x@example.com', '--role', 'viewer'], 'user-unknown at <name>'],
    ['another password for a user who is none', ['add', 'x@example.com', '--resend'], 'user-unknown at <name>'],
    ['a data directory', ['list', '--data', 'x'], '--data'],
  ])('rejects %s, before anything changes', async (_, [command = '', ...args], message) => {
    await users('add', 'ada@example.com');
    const before = groups();
    const { code, stderr } = await users(command, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(groups()).toEqual(before);
  });

  it('is for APIs with a user pool', async () => {
    cloud.stacks.push({ name: 'Oidc', outputs: cloud.outputsOf('notes', 'Oidc-Api-1', { userPoolId: undefined }) });
    const { code, stderr } = await run('users', 'list', '--stack', 'Oidc');
    expect([code, stderr.includes('sign-in-missing at notes of the stack Oidc: found no user pool')]).toEqual([
      2,
      true,
    ]);
  });

  it('reports a failure of the service, and can be repeated', async () => {
    cloud.pool.fails = 'AdminAddUserToGroup';
    const failed = await users('add', 'ada@example.com', '--role', 'editor');
    expect([failed.code, failed.stderr]).toEqual([
      1,
      expect.stringContaining('run secure-api users set-role for ada@'),
    ]);
    delete cloud.pool.fails;
    expect((await users('set-role', 'ada@example.com', '--role', 'editor')).code).toBe(0);
    expect(groups()['ada@example.com']).toEqual(['editor']);
  });

  it('is needed to mail a password, and for a selection of an API', async () => {
    for (const args of [
      ['add', 'ada', '--resend'],
      ['list', '--api', 'documents'],
      ['remove', 'ada', '--region', 'eu-west-1'],
    ]) {
      const { code, stderr } = await run('users', ...args);
      expect([code, stderr.includes('option-missing at --stack')]).toEqual([2, true]);
    }
  });
});
