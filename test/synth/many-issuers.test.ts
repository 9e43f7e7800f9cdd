import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { UserPool } from 'aws-cdk-lib/aws-cognito';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Identity, SecureApi, type SecureApiProps } from '../../lib/construct/index.ts';
import { loadAssembly } from '../../local/assembly/load.ts';
import { tokenIssuersOf } from '../../local/serve/tokenIssuers.ts';
import { authorizerResults } from '../support/authorizerProcess.ts';
import { temporaryFolder } from '../support/folders.ts';
import { handlersOf } from '../support/generated.ts';
import { startIssuer, type TestIssuer } from '../unit/authorizer/support/authorizer.ts';
import { localCertificate, startSecrets } from '../unit/authorizer/support/services.ts';
import { at, only, smallApi } from './support.ts';

/** All variables of a function. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LAMBDA_BYTES = 4096;
const SHARED = 's'.repeat(48);
const POOL_ID = 'eu-west-1_AbCdEfGhI';
const CLIENT_ID = '1h57kf5cpq17m0eml12EXAMPLE';
const folder = temporaryFolder();
const ca = join(folder, 'ca.pem');
let issuer: TestIssuer;
let secrets: Awaited<ReturnType<typeof startSecrets>>;
beforeAll(async () => {
  writeFileSync(ca, (await localCertificate()).cert);
  issuer = await startIssuer(['RS256']);
  secrets = await startSecrets({ '*': { current: SHARED } });
});
afterAll(async () => {
  await issuer.close();
  await secrets.close();
  rmSync(folder, { recursive: true, force: true });
});

type Identities = Extract<SecureApiProps['identity'], readonly unknown[]>;
type Json = Readonly<Record<string, unknown>>;

/** An API that accepts the tokens of these issuers, synthesized. */
function synthesized(identity: (stack: Stack) => Identities) {
  const outdir = temporaryFolder();
  const handlers = handlersOf(smallApi());
  const app = new App({ outdir, analyticsReporting: false });
  const stack = new Stack(app, 'Many', { env: { account: '123456789012', region: 'eu-west-1' } });
  new SecureApi(stack, 'Api', { definition: smallApi(), handlers, identity: identity(stack) });
  app.synth();
  const authorizer = only(Template.fromStack(stack), 'AWS::Lambda::Function', 'Authorizer');
  const hash = String(at(authorizer, 'Properties.Code.S3Key')).replace('.zip', '');
  const deployed = at(authorizer, 'Properties.Environment.Variables') as Json;
  return {
    outdir,
    template: JSON.stringify(Template.fromStack(stack).toJSON()),
    variables: Object.fromEntries(Object.entries(deployed).map(([name, value]) => [name, deployedValue(value)])),
    bundle: join(outdir, `asset.${hash}`, 'index.mjs'),
  };
}

/** A string of a template as a deployment resolves it. */
function deployedValue(value: unknown): string {
  if (typeof value === 'string') return value;
  const [parts, ref, attribute] = [at(value, 'Fn::Join.1'), at(value, 'Ref'), at(value, 'Fn::GetAtt.0')];
  if (Array.isArray(parts)) return parts.map(deployedValue).join('');
  if (ref === 'AWS::Region') return 'eu-west-1';
  if (ref === 'AWS::URLSuffix') return 'amazonaws.com';
  if (String(ref).includes('Secret') || String(ref).includes('Hmac'))
    return `arn:aws:secretsmanager:eu-west-1:1:secret:${ref}-Ab1`;
  if (String(ref).includes('Client')) return CLIENT_ID;
  if (String(ref).includes('Pool')) return POOL_ID;
  return String(ref ?? attribute);
}

/** Who the bundle of the authorizer says that each token is of, with the variables of the template; or its error. */
async function resultsOf({ bundle, variables }: ReturnType<typeof synthesized>, tokens: readonly string[]) {
  const environment = { ...variables, NODE_EXTRA_CA_CERTS: ca, AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url };
  const results = await authorizerResults(bundle, environment, tokens);
  return results.map((result) => (typeof result === 'string' ? result : result['principalId']));
}

const others = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    Identity.oidc({
      issuer: `https://login-${i}.customer.example.com/realms/production`,
      jwksUri: `https://login-${i}.customer.example.com/realms/production/protocol/openid-connect/certs`,
      audience: `https://api.example.com/customers/${i}`,
      clientIds: [`web-${i}`, `mobile-${i}`],
      roles: { claim: 'realm_access.roles', map: { [`editors-${i}`]: 'reader' } },
    }),
  );
const last = () => Identity.oidc({ issuer: issuer.url, jwksUri: `${issuer.url}/jwks`, audience: 'tests' });
const claims = () => {
  const now = Math.floor(Date.now() / 1000);
  return { sub: 'ann', aud: 'tests', client_id: 'app', roles: ['reader'], iat: now, exp: now + 600 };
};
const bytesOf = (variables: Json) =>
  Object.entries(variables).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);

describe.each([1, 14, 30, 50])('with %i issuers', (count) => {
  it('tokens of the last one are verified, and no others', async () => {
    const api = synthesized(() => [...others(count - 1), last()]);
    expect(bytesOf(api.variables)).toBeLessThanOrEqual(LAMBDA_BYTES);
    const tokens = [
      await issuer.sign({ ...claims(), iss: issuer.url }),
      await issuer.sign({ ...claims(), iss: issuer.url, aud: 'other' }),
      await issuer.sign({ ...claims(), iss: 'https://login.other.example' }),
    ];
    expect(await resultsOf(api, tokens)).toEqual(['ann', 'Unauthorized', 'Unauthorized']);
  });

  it('values of the deployment are put in their positions, and the local gateway reads all of them', async () => {
    const shared = { issuer: 'shared', audience: 'tests' };
    const api = synthesized((stack) => {
      const pool = new UserPool(stack, 'CustomerPool');
      const userPoolClients = [pool.addClient('CustomerClient')];
      return [Identity.cognito({ userPool: pool, userPoolClients }), ...others(count - 1), Identity.hmac(shared)];
    });
    expect(bytesOf(api.variables)).toBeLessThanOrEqual(LAMBDA_BYTES);
    const sign = (key: string) =>
      new SignJWT({ ...claims(), iss: 'shared' }).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(key));
    expect(await resultsOf(api, [await sign(SHARED), await sign('t'.repeat(48))])).toEqual(['ann', 'Unauthorized']);
    const { functions } = loadAssembly(api.outdir, { secretValue: () => SHARED });
    const accepted = functions.flatMap((fn) => tokenIssuersOf(fn, () => SHARED)).map(({ settings }) => settings);
    expect(accepted).toHaveLength(count + 1);
    expect(accepted[0]?.['issuer']).toMatch(/^https:\/\/cognito-idp\.eu-west-1\.amazonaws\.com\/eu-west-1_\w+$/);
    expect(accepted.at(-1)).toMatchObject({ issuer: 'shared', hmacSecret: expect.stringMatching(/^arn:aws:secrets/) });
  });
});

it('a long list of tenants is in the bundle, so no variable grows with it', () => {
  const tenants = Array.from({ length: 90 }, (_, i) => `00000000-0000-0000-0000-${String(i).padStart(12, '0')}`);
  const { variables } = synthesized(() => [
    Identity.entra({ tenants, audience: '11111111-1111-1111-1111-111111111111' }),
  ]);
  expect(bytesOf(variables)).toBeLessThan(1000);
});

it('the bundle has neither the ARN of a secret nor a token of the CDK', () => {
  const { bundle } = synthesized(() => [...others(20), Identity.hmac({ issuer: 'shared', audience: 'tests' })]);
  const code = readFileSync(bundle, 'utf8');
  expect(code.includes('login-19.customer.example.com')).toBe(true);
  expect(/arn:aws:secretsmanager|\$\{Token\[|Hmac[0-9A-F]{8}/.exec(code)?.[0]).toBeUndefined();
});

it('references that exceed the variables of a function are rejected at synth, with the way out', () => {
  const shared = (count: number) => () =>
    Array.from({ length: count }, (_, i) => Identity.hmac({ issuer: `partner-${i}`, audience: 'tests' }));
  expect(() => synthesized(shared(30))).toThrow(
    /^identity-invalid at identity: found \d+ bytes of settings that only a deployment knows; expected at most 3200, .+Write ids/,
  );
  expect(() => synthesized(shared(18))).not.toThrow();
});
