import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { READS } from '../../lib/preflight/index.ts';
import { ACCOUNT } from '../support/awsAccount.ts';
import { AwsError, type Input } from '../support/awsEndpoint.ts';
import { folderOf } from '../support/folders.ts';
import { preflightOf } from '../support/preflightCli.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

const sample = async (...more: readonly string[]) => ['--assembly', await sampleAssembly(), ...more];
const denied = new AwsError('AccessDeniedException', 400, 'User: ada is not authorized');
/** A list of items in pages, for operations whose positions are numbers. */
const pages =
  (member: string, token: string, items: readonly object[], size = 500) =>
  (input: Input) => {
    const from = Number(input[token] ?? 0);
    const next = from + size < items.length ? { [token]: String(from + size) } : {};
    return { [member]: items.slice(from, from + size), ...next };
  };
const many = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `id${i}`, name: `name${i}` }));

/** A server that accepts requests and never responds. */
async function silentServer(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(() => undefined);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

// Synthesizes the sample, unless another test did.
beforeAll(() => sampleAssembly());

describe('secure-api preflight', () => {
  it('finds nothing in an account that is ready, and exits 0', async () => {
    const run = await preflightOf(await sample());
    expect([run.code, run.stderr]).toEqual([0, 'Reading account 123456789012 in eu-west-1\n']);
    expect(run.stdout).toMatch(/^0 errors, 0 warnings, 0 unchecked, \d+ ok\. Nothing was found that would fail\.$/m);
  });

  it('makes only the calls that its list has, all in the region of the option', async () => {
    const { calls } = await preflightOf(await sample('--region', 'ap-south-1'));
    expect(calls.length).toBeGreaterThan(30);
    const allowed = [...Object.keys(READS), 'GetCallerIdentity'];
    expect(calls.filter(({ operation }) => !allowed.includes(operation))).toEqual([]);
    expect(new Set(calls.map(({ region }) => region))).toEqual(new Set(['ap-south-1']));
  });

  it('reports everything that a fresh account is missing, with commands, and exits 3', async () => {
    const run = await preflightOf(await sample('--json'), {
      GetParameter: new AwsError('ParameterNotFound'),
      GetAccount: { throttleSettings: { rateLimit: 2_500, burstLimit: 1_250 } },
      GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 10, UnreservedConcurrentExecutions: 10 } },
    });
    expect(run.code).toBe(3);
    expect(run.problems()).toEqual([
      'bootstrap-missing',
      'concurrency-low',
      'log-role-missing',
      'throttle-above-account',
    ]);
    const fixOf = (code: string) => run.findings().find((finding) => finding.code === code)?.fix;
    expect(fixOf('bootstrap-missing')).toBe(`npx cdk bootstrap aws://${ACCOUNT}/eu-west-1`);
    expect(fixOf('log-role-missing')).toContain(`value=arn:aws:iam::${ACCOUNT}:role/apigateway-logs`);
    expect(fixOf('concurrency-low')).toContain('--quota-code L-B99A9384 --desired-value 1000 --region eu-west-1');
  });

  it('reads all pages of a full account, and reports each quota without room', async () => {
    const run = await preflightOf(await sample('--json'), {
      GetApiKeys: pages('items', 'position', many(9_999)),
      GetUsagePlans: pages('items', 'position', many(299)),
      GetRestApis: pages(
        'items',
        'position',
        many(600).map((api) => ({ ...api, endpointConfiguration: { types: ['REGIONAL'] } })),
      ),
      ListWebACLs: pages(
        'WebACLs',
        'NextMarker',
        many(100).map(({ id }) => ({ Id: id })),
        40,
      ),
      ListUserPools: pages(
        'UserPools',
        'NextToken',
        many(1_000).map(({ id }) => ({ Id: id })),
        60,
      ),
    });
    const full = run.findings().filter(({ code }) => code === 'quota-exceeded');
    expect(full.map(({ check }) => check).sort()).toEqual(
      ['API keys', 'regional REST APIs', 'regional web ACLs', 'usage plans', 'user pools'].sort(),
    );
    expect(full.find(({ check }) => check === 'API keys')?.found).toBe('9999 API keys, and 2 more in the deployment');
    expect(run.calls.filter(({ operation }) => operation === 'GetApiKeys')).toHaveLength(20);
    expect(run.calls.find(({ operation }) => operation === 'GetApiKeys')?.input['includeValues']).toBe('false');
  });

  it('takes the quota that applies to the account before the default of the region', async () => {
    const applied = [{ ServiceCode: 'apigateway', QuotaCode: 'L-E8693075', Value: 1 }];
    const defaults = [{ ServiceCode: 'apigateway', QuotaCode: 'L-E8693075', Value: 500 }];
    const quotas = (list: readonly object[]) => (input: Input) => ({
      Quotas: input['ServiceCode'] === 'apigateway' ? list : [],
    });
    const low = await preflightOf(await sample('--json'), {
      ListServiceQuotas: quotas(applied),
      ListAWSDefaultServiceQuotas: quotas(defaults),
    });
    expect(low.findings().find(({ code }) => code === 'quota-exceeded')).toMatchObject({
      check: 'usage plans',
      expected: 'at most 1 in the region',
    });
    const high = await preflightOf(await sample('--json'), { ListAWSDefaultServiceQuotas: quotas(defaults) });
    expect(high.findings().find(({ check }) => check === 'usage plans')?.found).toBe('2 of 500 usage plans');
  });

  it('reports what it is not allowed to read with the missing right, never as ok, and exits 4', async () => {
    const run = await preflightOf(await sample('--json'), { GetAccountSettings: denied, GetParameter: denied });
    expect(run.code).toBe(4);
    const unchecked = run.findings().filter(({ severity }) => severity === 'unchecked');
    expect(unchecked.map(({ check, action }) => [check, action])).toEqual([
      ['CDK bootstrap', 'ssm:GetParameter'],
      ['Lambda concurrency', 'lambda:GetAccountSettings'],
    ]);
    expect(unchecked[0]?.fix).toContain('secure-api preflight --policy');
    expect(run.findings().filter(({ check }) => check === 'CDK bootstrap')).toHaveLength(1);
  });

  it('repeats throttled calls', async () => {
    const throttled = new AwsError('TooManyRequestsException', 429, 'Rate exceeded');
    const GetUsagePlans = (_: Input, nth: number) => (nth < 3 ? throttled : { items: [] });
    const run = await preflightOf(await sample(), { GetUsagePlans });
    expect([run.code, run.calls.filter(({ operation }) => operation === 'GetUsagePlans').length]).toEqual([0, 3]);
  });

  it('prints no character of a name that controls a terminal', async () => {
    const StackStatusReason = 'evil \u001b[2J\u001b]0;owned\u0007 \u202egnp.exe \u009b31m\nok        fake: all is well';
    const stack = {
      StackName: 'Documents',
      CreationTime: new Date(0),
      StackStatus: 'ROLLBACK_COMPLETE',
      StackStatusReason,
    };
    const responses = { DescribeStacks: { Stacks: [stack] }, ListStackResources: { StackResourceSummaries: [] } };
    const run = await preflightOf(await sample(), responses);
    expect(run.code).toBe(3);
    expect(run.stdout).toContain('stack-blocked');
    expect(run.stdout).toContain('\\u{202e}');
    expect(run.stdout).not.toMatch(/[^\P{C}\n]/u);
    expect(run.stdout).not.toMatch(/^ok +fake/m);
    const json = await preflightOf(await sample('--json'), responses);
    expect(json.stdout).not.toMatch(/[^\P{C}\n]/u);
    expect(json.findings().find(({ code }) => code === 'stack-blocked')?.found).toContain(StackStatusReason);
  });

  it('ends with a report when a service does not respond in time', async () => {
    await using silent = await silentServer();
    const run = await preflightOf(
      await sample('--json', '--timeout', '3'),
      {},
      { environment: { AWS_ENDPOINT_URL_LAMBDA: silent.url } },
    );
    expect(run.code).toBe(4);
    expect(run.findings().find(({ check }) => check === 'Lambda concurrency')).toMatchObject({
      severity: 'unchecked',
      found: 'GetAccountSettings got no response before the deadline',
    });
  });
});

describe('wrong use of secure-api preflight', () => {
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_EC2_METADATA_DISABLED: 'true' };

  it.each([
    ['no credentials', [], {}, none, 'credentials-unusable'],
    [
      'credentials that AWS rejects',
      [],
      { GetCallerIdentity: new AwsError('InvalidClientTokenId', 403) },
      {},
      'credentials-unusable',
    ],
    [
      'credentials that expire meanwhile',
      [],
      { GetApiKeys: new AwsError('ExpiredTokenException', 403) },
      {},
      'credentials-unusable',
    ],
    ['no region', [], {}, { AWS_REGION: '' }, 'option-missing at --region'],
    ['a stack that does not exist', ['--stack', 'Nope'], {}, {}, 'option-invalid at --stack'],
    ['a context beside an assembly', ['-c', 'a=b'], {}, {}, 'cannot be used with'],
    ['a context to write beside an assembly', ['--write-context'], {}, {}, 'cannot be used with'],
    ['a timeout that is none', ['--timeout', '0'], {}, {}, 'whole number from 1 to 900'],
  ])('is one error with exit code 2: %s', async (_, args, responses, environment, message) => {
    const run = await preflightOf(await sample(...args), responses, { environment });
    expect([run.code, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toContain(message);
    expect(run.stderr).not.toMatch(/\n\s+at |node:internal/);
  });

  it('is a folder that is no cloud assembly', async () => {
    for (const folder of [folderOf({}), folderOf({ 'manifest.json': '[]' }), '/nonexistent']) {
      const run = await preflightOf(['--assembly', folder]);
      expect([run.code, run.stdout]).toEqual([2, '']);
      expect(run.stderr).toContain('file-unreadable');
    }
  });
});
