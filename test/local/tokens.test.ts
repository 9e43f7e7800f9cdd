import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf } from '../support/client.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';

let gateway: RunningGateway;
let call: Client;
beforeAll(async () => {
  gateway = await startGateway();
  call = clientOf(gateway.ready);
});
afterAll(async () => {
  await gateway.stop();
});

const tokens = (...args: readonly string[]) => cli(['tokens', ...args, '--local', '--data', gateway.ready.data]);
const me = async (token: string) => (await call('GET', '/me', { token })).status;

describe('secure-api tokens', () => {
  it('revokes one token of a client, and no other', async () => {
    const [bad, good] = [await gateway.token('viewer'), await gateway.token('viewer')];
    const { jti = '' } = decodeJwt(bad);
    const result = await tokens('revoke', '--jti', jti, '--json');
    expect(JSON.parse(result.stdout)).toEqual({ revoked: [`jti#${jti}`], until: expect.any(String) });
    const response = await call('GET', '/me', { token: bad });
    expect([response.status, response.json()]).toMatchObject([
      401,
      { code: 'unauthorized', detail: 'Send a valid access token.' },
    ]);
    expect(await me(good)).toBe(200);
  });

  it('revokes a client with all its tokens, and restores it', async () => {
    const of = (client: string) => gateway.token('viewer', { client });
    const [bad, another] = [await of('revoked-client'), await of('other-client')];
    expect((await tokens('revoke', '--client', 'revoked-client', '--until', '2027-01-01T00:00:00Z')).stdout).toBe(
      'Revoked client#revoked-client until 2027-01-01T00:00:00.000Z\n',
    );
    expect([await me(bad), await me(another)]).toEqual([401, 200]);
    expect((await tokens('restore', '--client', 'revoked-client')).stdout).toBe('Restored client#revoked-client\n');
  });

  it('revokes a subject', async () => {
    const token = await gateway.token('viewer', { client: 'revoked-subject' });
    await tokens('revoke', '--sub', decodeJwt(token).sub ?? '');
    expect(await me(token)).toBe(401);
  });

  it.each([
    ['nothing to revoke', ['revoke', '--local'], /option-missing at --jti, --sub or --client/],
    ['an empty value', ['revoke', '--local', '--sub', ''], /option-invalid at --sub/],
    [
      'a value that is too long',
      ['revoke', '--local', '--jti', 'x'.repeat(1025)],
      /option-invalid at --jti: found 1025 bytes/,
    ],
    ['no table', ['revoke', '--sub', 'x'], /option-missing at --table/],
    ['a time that is past', ['revoke', '--local', '--sub', 'x', '--until', '2020-01-01'], /in the future/],
    ['a time that is none', ['revoke', '--local', '--sub', 'x', '--until', 'soon'], /in the future/],
  ])('reports %s and exits 2', async (_, args, message) => {
    const result = await cli(['tokens', ...args]);
    expect([result.code, result.stdout]).toEqual([2, '']);
    expect(result.stderr).toMatch(message);
  });
});
