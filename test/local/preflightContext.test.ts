import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { preflightPolicy } from '../../lib/preflight/index.ts';
import { ACCOUNT } from '../support/awsAccount.ts';
import { AwsError } from '../support/awsEndpoint.ts';
import { folderOf } from '../support/folders.ts';
import { preflightOf } from '../support/preflightCli.ts';

const KEY = 'secure-api:accountRate';
const rate = (rateLimit: number) => ({ GetAccount: { throttleSettings: { rateLimit, burstLimit: 5_000 } } });
const context = (folder: string) => JSON.parse(readFileSync(join(folder, 'cdk.context.json'), 'utf8'));

/** A project whose app writes an assembly of one stack, and prints its context and the account that it gets. */
function project(environment = 'aws://unknown-account/unknown-region', written: object = {}): string {
  const manifest = {
    version: '1.0.0',
    artifacts: {
      Notes: { type: 'aws:cloudformation:stack', environment, properties: { templateFile: 'Notes.json' } },
    },
  };
  const app = `
    import { mkdirSync, writeFileSync } from 'node:fs';
    const { CDK_OUTDIR: out, CDK_CONTEXT_JSON: context, CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
    console.error(JSON.stringify({ context: JSON.parse(context), account, region }));
    mkdirSync(out, { recursive: true });
    writeFileSync(out + '/manifest.json', ${JSON.stringify(JSON.stringify(manifest))});
    writeFileSync(out + '/Notes.json', '{"Resources":{}}');`;
  return folderOf({
    'app.mjs': app,
    'cdk.json': JSON.stringify({ app: 'node app.mjs', context: written }),
    'cdk.context.json': '{\n  "looked": "up"\n}\n',
  });
}

const appEnvironment = (stderr: string) =>
  JSON.parse(stderr.split('\n').find((line) => line.startsWith('{"context"')) ?? '{}');

describe('secure-api preflight of an app', () => {
  it('gives the app the account and region of the credentials, as the CDK CLI does, and its context', async () => {
    const { stderr } = await preflightOf(['-c', 'issuer=https://a'], {}, { cwd: project() });
    expect(appEnvironment(stderr)).toEqual({
      context: { looked: 'up', issuer: 'https://a' },
      account: ACCOUNT,
      region: 'eu-west-1',
    });
  });

  it('warns about an account rate that the project does not have, or has as another number', async () => {
    const folder = project();
    const unset = await preflightOf(['--json'], rate(2_500), { cwd: folder });
    expect(unset.problems()).toContain('account-rate-unset');
    writeFileSync(join(folder, 'cdk.context.json'), `{ "${KEY}": 10000 }`);
    const other = await preflightOf(['--json'], rate(2_500), { cwd: folder });
    expect(other.findings().find(({ code }) => code === 'account-rate-other')).toMatchObject({
      found: `${KEY}: 10000`,
      expected: `${KEY}: 2500 in cdk.context.json`,
      fix: 'npx secure-api preflight --write-context --region eu-west-1',
    });
  });

  it('writes the rate before the synth, so that this synth uses it already', async () => {
    const folder = project();
    const run = await preflightOf(['--write-context', '--json'], rate(2_500), { cwd: folder });
    expect(context(folder)).toEqual({ looked: 'up', [KEY]: 2_500 });
    expect(appEnvironment(run.stderr).context).toEqual({ looked: 'up', [KEY]: 2_500 });
    expect(run.findings().find(({ check }) => check === 'account rate')?.severity).toBe('ok');
  });

  it('accepts the rate as the command line gives it: a string', async () => {
    const run = await preflightOf(['-c', `${KEY}=2500`, '--json'], rate(2_500), { cwd: project() });
    expect(run.findings().find(({ check }) => check === 'account rate')?.severity).toBe('ok');
  });

  it('reports a rate in cdk.json, which would override the written one', async () => {
    const run = await preflightOf(['--write-context'], rate(2_500), { cwd: project(undefined, { [KEY]: 9_000 }) });
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(`option-invalid at cdk.json context ${KEY}: found 9000`);
  });

  it('reads the region that the app fixes for the stack, and rejects another one', async () => {
    const folder = project('aws://unknown-account/ap-south-1');
    const run = await preflightOf(['--json'], {}, { cwd: folder });
    expect(run.calls.find(({ operation }) => operation === 'GetAccount')?.region).toBe('ap-south-1');
    const other = await preflightOf(['--region', 'eu-west-1'], {}, { cwd: folder });
    expect([other.code, other.stderr.includes('option-invalid at --region')]).toEqual([2, true]);
  });

  it('reports credentials of another account than the one that the app fixes', async () => {
    const run = await preflightOf(['--json'], {}, { cwd: project('aws://210987654321/eu-west-1') });
    expect([run.code, run.problems().includes('account-other')]).toEqual([3, true]);
  });

  it('prints the IAM policy of its calls, and makes none of them', async () => {
    const run = await preflightOf(['--policy'], {}, { cwd: folderOf({}), environment: { AWS_REGION: '' } });
    expect([run.code, run.stderr, run.calls]).toEqual([0, '', []]);
    expect(JSON.parse(run.stdout)).toEqual(preflightPolicy());
  });

  it('looks for the hosted zone by its name while the CDK has not looked it up', async () => {
    const zone = { Id: '/hostedzone/Z1', Name: 'example.com.', CallerReference: 'x' };
    const missing = [{ provider: 'hosted-zone', props: { domainName: 'example.com' } }];
    const domain = { Type: 'AWS::ApiGateway::DomainName', Properties: { DomainName: 'api.example.com' } };
    const assembly = folderOf({
      'manifest.json': JSON.stringify({
        missing,
        artifacts: { N: { type: 'aws:cloudformation:stack', properties: { templateFile: 'N.json' } } },
      }),
      'N.json': JSON.stringify({ Resources: { Domain: domain } }),
    });
    const of = async (HostedZones: readonly object[]) => {
      const ListHostedZonesByName = { HostedZones, IsTruncated: false, MaxItems: 100 };
      const run = await preflightOf(['--assembly', assembly, '--json'], {
        ListHostedZonesByName,
        GetHostedZone: { HostedZone: zone },
      });
      return run.findings().find(({ check }) => check === 'hosted zone');
    };
    expect(await of([zone])).toMatchObject({ severity: 'ok' });
    expect(await of([{ ...zone, Name: 'example.com.au.' }])).toMatchObject({
      code: 'zone-missing',
      found: 'no hosted zone example.com',
    });
    expect(await of([zone, { ...zone, Id: '/hostedzone/Z2' }])).toMatchObject({ code: 'zone-missing' });
  });

  it('says that the account denies the rate, instead of writing one', async () => {
    const folder = project();
    const run = await preflightOf(
      ['--write-context'],
      { GetAccount: new AwsError('AccessDeniedException', 403) },
      { cwd: folder },
    );
    expect([run.code, run.stdout]).toEqual([1, '']);
    expect(run.stderr).toContain('apigateway:GET');
    expect(context(folder)).toEqual({ looked: 'up' });
  });
});
