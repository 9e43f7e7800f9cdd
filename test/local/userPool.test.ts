import { readFileSync } from 'node:fs';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Identity } from '../../lib/construct/index.ts';
import { adminSecret, machineClientSecret } from '../../local/services/issuer/adminSecret.ts';
import { type Client, clientOf } from '../support/client.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { discover, type IssuerEndpoint, redeem, signIn } from '../support/oauth.ts';
import { documentsAssembly } from '../support/stacks.ts';

/** Where the pool's app sends people back to, as registered in the template. */
const CALLBACK = 'https://app.example.com/callback';

let gateway: RunningGateway;
let call: Client;
let endpoint: IssuerEndpoint;

beforeAll(async () => {
  const assembly = documentsAssembly(() =>
    Identity.cognito({
      callbackUrls: [CALLBACK],
      signIn: { prefix: 'documents' },
      machineClients: { reports: { roles: ['manager'], tier: 'premium' } },
    }),
  );
  gateway = await startGateway({ assembly });
  call = clientOf(gateway.ready);
  endpoint = { issuer: gateway.ready.issuer, ca: readFileSync(gateway.ready.ca, 'utf8') };
});
afterAll(() => gateway?.stop());

/** The id of a client, which the screen shows at start because the template has it at deployment only. */
const clientId = (name: string) =>
  new RegExp(`${name}\\S*: (\\w+) `).exec(gateway.output())?.[1] ?? `no client ${name}`;
const me = async (token: string) => {
  const response = await call('GET', '/me', { token });
  return { status: response.status, ...response.json() };
};

it("a token of the user pool, with Cognito's claims and no audience, is accepted by the authorizer of the stack", async () => {
  const app = await discover(endpoint, clientId('ApiIdentityUserPoolApp'));
  const fields: [string, string][] = [
    ['username', 'ada'],
    ['roles', 'editor'],
    ['tier', 'premium'],
  ];
  const signedIn = await signIn(app, endpoint, fields, { parameters: { scope: 'openid', redirect_uri: CALLBACK } });
  expect(signedIn.callback).toContain(`${CALLBACK}?code=`);
  const { access_token: token } = await redeem(app, signedIn);
  expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', kid: expect.any(String) });
  const claims = decodeJwt(token);
  expect(claims).toMatchObject({
    client_id: clientId('ApiIdentityUserPoolApp'),
    token_use: 'access',
    username: 'ada',
    'cognito:groups': ['editor', 'tier:premium'],
    // Written by the pool's trigger, which is the stack's own.
    roles: ['editor'],
    tier: 'premium',
  });
  expect(claims).not.toHaveProperty('aud');
  expect(await me(token)).toMatchObject({ status: 200, subject: 'ada', roles: ['editor'], tier: 'premium' });
});

it('a machine client of the pool has its roles by its scopes, and the trigger takes those out of the token', async () => {
  const id = clientId('reports');
  const machine = await discover(endpoint, id, machineClientSecret(adminSecret(gateway.ready.data), id));
  const { access_token: token } = await client.clientCredentialsGrant(machine);
  expect(decodeJwt(token)).toMatchObject({ sub: id, client_id: id, roles: ['manager'], tier: 'premium' });
  expect(decodeJwt(token)).not.toHaveProperty('scope');
  expect(await me(token)).toMatchObject({ status: 200, subject: id, roles: ['manager'], tier: 'premium' });
});

it('a machine client gets no scope that it is not registered with', async () => {
  const id = clientId('reports');
  const machine = await discover(endpoint, id, machineClientSecret(adminSecret(gateway.ready.data), id));
  const admin = client.clientCredentialsGrant(machine, { scope: 'secure-api.identity/role:admin' });
  await expect(admin).rejects.toMatchObject({ error: 'invalid_scope' });
});

it('an ID token of the pool is no access token', async () => {
  const app = await discover(endpoint, clientId('ApiIdentityUserPoolApp'));
  const fields: [string, string][] = [['username', 'ada']];
  const { id_token: token = '' } = await redeem(
    app,
    await signIn(app, endpoint, fields, { parameters: { scope: 'openid' } }),
  );
  expect(decodeJwt(token)).toMatchObject({ aud: clientId('ApiIdentityUserPoolApp'), sub: 'ada' });
  expect((await call('GET', '/me', { token })).status).toBe(401);
});

it('made-up clients of this machine are accepted beside, by an audience that no user pool has', async () => {
  const token = await gateway.token('viewer', { client: 'acme' });
  expect(decodeJwt(token)).toMatchObject({ aud: 'urn:secure-api:local', client_id: 'acme' });
  expect(await me(token)).toMatchObject({ status: 200, subject: 'acme', roles: ['viewer'] });
});
