import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedNames } from '../../../lib/preflight/checks/domains.ts';
import {
  openAccount,
  type PreflightReport,
  preflight,
  readStack,
  type SynthesizedStack,
} from '../../../lib/preflight/index.ts';
import { READS } from '../../../lib/preflight/reads.ts';
import { openTemplate } from '../../../lib/preflight/template.ts';
import { ACCOUNT, environmentOf, readyAccount } from '../../support/awsAccount.ts';
import { AwsError, awsEndpoint, type ReceivedCall, type Responses } from '../../support/awsEndpoint.ts';
import { synthesizeVariant, variants } from '../../support/variants.ts';

const environment = { ...process.env };
let stack: SynthesizedStack;
beforeAll(() => {
  stack = readStack(synthesizeVariant(variants['everything'] ?? {}), undefined);
});
afterAll(() => {
  process.env = environment;
});

interface Run {
  readonly report: PreflightReport;
  readonly calls: readonly ReceivedCall[];
  readonly of: (check: string | RegExp) => PreflightReport['findings'];
  readonly problems: readonly string[];
}

const zone = {
  HostedZone: { Id: '/hostedzone/Z1', Name: 'example.com.', CallerReference: 'x' },
  DelegationSet: { NameServers: ['ns.example.net'] },
};
const domain = {
  GetHostedZone: zone,
  ListResourceRecordSets: { ResourceRecordSets: [], IsTruncated: false, MaxItems: 20 },
};

/** A preflight of the stack with every prop, with the clients of the SDK. */
async function runOf(responses: Responses = {}, of = stack): Promise<Run> {
  await using endpoint = await awsEndpoint({ ...readyAccount, ...domain, ...responses });
  Object.assign(process.env, environmentOf(endpoint.url));
  const account = await openAccount(undefined, AbortSignal.timeout(60_000));
  const report = await preflight(account, of, { accountRate: { written: 10_000 }, now: new Date('2026-11-28') });
  // What the public DNS says about example.com depends on the machine of the tests; domains.test.ts has a DNS server.
  const findings = report.findings.filter(({ check }) => check !== 'delegation');
  return {
    report: { ...report, findings },
    calls: endpoint.calls,
    of: (check) =>
      findings.filter((finding) => (typeof check === 'string' ? finding.check === check : check.test(finding.check))),
    problems: findings
      .filter(({ severity }) => severity === 'error' || severity === 'warning')
      .map(({ code }) => code)
      .sort(),
  };
}

const deployedStack = (
  ...resources: readonly (readonly [id: string, type: string, physicalId: string])[]
): Responses => ({
  DescribeStacks: { Stacks: [{ StackName: stack.name, StackStatus: 'UPDATE_COMPLETE', CreationTime: new Date(0) }] },
  ListStackResources: {
    StackResourceSummaries: resources.map(([LogicalResourceId, ResourceType, PhysicalResourceId]) => ({
      LogicalResourceId,
      ResourceType,
      PhysicalResourceId,
      ResourceStatus: 'CREATE_COMPLETE',
      LastUpdatedTimestamp: new Date(0),
    })),
  },
});

/** Logical ids of the template by type. */
const idsOf = (type: string) =>
  Object.entries(stack.template['Resources'] as Record<string, { readonly Type: string }>)
    .filter(([, { Type }]) => Type === type)
    .map(([id]) => id);

describe('a preflight of the stack with every prop', () => {
  it('finds nothing wrong in a ready account', async () => {
    const { report } = await runOf();
    expect(report.findings.filter(({ severity }) => severity !== 'ok')).toEqual([]);
  });

  it('sends WAF the rules of the template, with strings to search as bytes', async () => {
    const { calls } = await runOf();
    const [check] = calls.filter(({ operation }) => operation === 'CheckCapacity');
    expect(check?.input).toMatchObject({ Scope: 'REGIONAL' });
    const rules = check?.input['Rules'] as readonly { readonly Name: string }[];
    expect(rules.map(({ Name }) => Name)).toContain('AWSManagedRulesCommonRuleSet');
  });

  it('reports a log group of a fixed name that an earlier stack left, with the command that adopts or deletes it', async () => {
    const name = 'orders-log';
    const Resources = {
      ...(stack.template['Resources'] as object),
      Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: name } },
    };
    const fixed = { ...stack, template: { ...stack.template, Resources } };
    const left = { DescribeLogGroups: { logGroups: [{ logGroupName: `${name}-more` }, { logGroupName: name }] } };
    const { of, problems } = await runOf(left, fixed);
    expect(problems).toContain('name-taken');
    expect(of(name)[0]?.fix).toMatch(
      /--import-existing-resources$|^aws logs delete-log-group --log-group-name orders-log/,
    );
    const longer = { DescribeLogGroups: { logGroups: [{ logGroupName: `${name}-more` }] } };
    expect((await runOf(longer, fixed)).problems).not.toContain('name-taken');
    const group = deployedStack(['Log', 'AWS::Logs::LogGroup', name]);
    expect((await runOf({ ...left, ...group }, fixed)).problems).not.toContain('name-taken');
  });

  it('does not look for the log group of WAF, whose name no other stack has', async () => {
    const { calls } = await runOf();
    expect(calls.filter(({ operation }) => operation === 'DescribeLogGroups')).toEqual([]);
  });

  it('counts the log policies of the account, and those of the stack once', async () => {
    const DescribeResourcePolicies = {
      resourcePolicies: Array.from({ length: 10 }, (_, i) => ({ policyName: `p${i}` })),
    };
    const { problems, of } = await runOf({ DescribeResourcePolicies });
    const [own] = idsOf('AWS::Logs::ResourcePolicy');
    if (own === undefined) expect(of(/resource policies/)).toEqual([]);
    else {
      expect(problems).toContain('quota-exceeded');
      const deployed = deployedStack([own, 'AWS::Logs::ResourcePolicy', 'policy']);
      expect((await runOf({ DescribeResourcePolicies, ...deployed })).problems).not.toContain('quota-exceeded');
    }
  });

  it('reports addresses that get no mail, and those alone', async () => {
    const topic = idsOf('AWS::SNS::Topic').find((id) => id.includes('Mails')) ?? '';
    const [subscription = ''] = idsOf('AWS::SNS::Subscription');
    const arn = `arn:aws:sns:eu-west-1:${ACCOUNT}:alarms`;
    const deployed = deployedStack(
      [topic, 'AWS::SNS::Topic', arn],
      [subscription, 'AWS::SNS::Subscription', `${arn}:1`],
    );
    const subscribed = (SubscriptionArn: string) => ({
      ListSubscriptionsByTopic: {
        Subscriptions: [{ Protocol: 'email', Endpoint: 'ops@example.com', SubscriptionArn, TopicArn: arn }],
      },
    });
    expect((await runOf({ ...deployed, ...subscribed('PendingConfirmation') })).problems).toEqual([
      'subscription-pending',
    ]);
    expect((await runOf({ ...deployed, ListSubscriptionsByTopic: { Subscriptions: [] } })).problems).toEqual([
      'subscription-missing',
    ]);
    expect((await runOf({ ...deployed, ...subscribed(`${arn}:1`) })).problems).toEqual([]);
  });

  it('reports a zone that is missing, private, or another; and records that exist', async () => {
    const of = async (responses: Responses) => (await runOf(responses)).problems;
    expect(await of({ GetHostedZone: new AwsError('NoSuchHostedZone', 404) })).toEqual(['zone-missing']);
    const privateZone = { ...zone.HostedZone, Config: { PrivateZone: true } };
    expect(await of({ GetHostedZone: { HostedZone: privateZone } })).toEqual(['zone-private']);
    expect(await of({ GetHostedZone: { ...zone, HostedZone: { ...zone.HostedZone, Name: 'ample.com.' } } })).toEqual([
      'zone-other-domain',
    ]);
    const record = { Name: 'api.example.com.', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] };
    const ListResourceRecordSets = { ...domain.ListResourceRecordSets, ResourceRecordSets: [record] };
    expect(await of({ ListResourceRecordSets })).toContain('record-taken');
  });

  it('reports a host name and a domain of Cognito that others have', async () => {
    const { problems } = await runOf({
      GetDomainNames: { items: [{ domainName: 'api.example.com' }] },
      DescribeUserPoolDomain: { DomainDescription: { UserPoolId: 'eu-west-1_other', AWSAccountId: ACCOUNT } },
    });
    expect(problems).toEqual(['domain-taken', 'sign-in-domain-taken']);
  });

  it('reports the resource types that the region does not have', async () => {
    const missing = 'AWS::GuardDuty::MalwareProtectionPlan';
    const DescribeType = ({ TypeName }: Readonly<Record<string, unknown>>) =>
      TypeName === missing ? new AwsError('TypeNotFoundException', 404) : {};
    const { of } = await runOf({ DescribeType });
    expect(of('resource types')).toMatchObject([
      { code: 'region-without-type', found: `eu-west-1 does not have ${missing}` },
    ]);
  });
});

describe('a preflight of other stacks', () => {
  const certificate = { Status: 'ISSUED', DomainName: '*.example.com', NotAfter: new Date('2027-06-01') };

  it.each([
    'address and country lists',
    'a sign-in domain',
    'a domain with its own certificate',
    'several names',
    'a shared domain',
    'a user pool',
  ])('finds nothing wrong in a ready account: %s', async (name) => {
    const other = readStack(synthesizeVariant(variants[name] ?? {}), undefined);
    const { report } = await runOf({ DescribeCertificate: { Certificate: certificate } }, other);
    expect(report.findings.filter(({ severity }) => severity !== 'ok')).toEqual([]);
  });

  const named = (name: string) => readStack(synthesizeVariant(variants[name] ?? {}), undefined);

  it('checks each of several names, and the record of a wildcard as Route 53 lists it', async () => {
    const names = ['api.example.com', 'shop.example.com', '*.tenants.example.com'];
    const record = {
      Name: '\\052.tenants.example.com.',
      Type: 'CNAME',
      TTL: 60,
      ResourceRecords: [{ Value: 'x.example' }],
    };
    const ListResourceRecordSets = { ...domain.ListResourceRecordSets, ResourceRecordSets: [record] };
    const { of } = await runOf({ ListResourceRecordSets }, named('several names'));
    expect(of('host name').map(({ found }) => found)).toEqual(names.map((name) => `${name} is free`));
    expect(of('records').map(({ code }) => code)).toEqual(['ok', 'ok', 'record-taken']);
  });

  it('says that a deployment waits for a record at another provider, until the certificate is deployed', () => {
    const external = named('the DNS of another provider');
    const environment = { stackName: external.name, account: ACCOUNT, region: 'eu-west-1', partition: 'aws' };
    const template = openTemplate(external.template, environment);
    const [certificateId = ''] = template.ofType('AWS::CertificateManager::Certificate').map(({ id }) => id);
    const of = (...resources: readonly { readonly id: string; readonly type: string; readonly physicalId: string }[]) =>
      servedNames({
        stack: external,
        template,
        deployed: { status: undefined, resources },
        region: 'eu-west-1',
      } as never);
    const served = { name: 'api.example.com', zone: undefined, newRecords: [], isIssued: true };
    expect(of()).toEqual([{ ...served, needsRecord: true }]);
    const deployed = { id: certificateId, type: 'AWS::CertificateManager::Certificate', physicalId: 'arn' };
    expect(of(deployed)).toEqual([{ ...served, needsRecord: false }]);
  });
});

describe('a call without result', () => {
  const rejections = [
    ['a missing right', new AwsError('AccessDeniedException', 400)],
    ['a missing right, as services with XML say it', new AwsError('AccessDenied', 403)],
  ] as const;

  it.each(rejections)('is never "ok": %s, for each call', async (_, rejection) => {
    const everyCall = new Set((await runOf()).calls.map(({ operation }) => operation));
    everyCall.delete('GetCallerIdentity');
    expect(everyCall.size).toBeGreaterThan(15);
    const ready = (await runOf()).report.findings.map(({ check }) => check);
    for (const operation of everyCall) {
      const { report } = await runOf({ [operation]: rejection });
      const unchecked = report.findings.filter(({ severity }) => severity === 'unchecked');
      const action = READS[operation as keyof typeof READS].action;
      expect(
        unchecked.map((finding) => finding.action),
        operation,
      ).toContain(action);
      expect(new Set(report.findings.map(({ check }) => check)), operation).toEqual(new Set(ready));
      expect(
        report.findings.filter(({ severity }) => severity === 'error' || severity === 'warning'),
        operation,
      ).toEqual([]);
    }
  });

  it('leaves all checks unchecked when everything is denied', async () => {
    const all = Object.fromEntries(
      Object.keys(READS).map((operation) => [operation, new AwsError('AccessDeniedException', 403)]),
    );
    const { report } = await runOf(all);
    const withoutCalls = ['account', 'lookups'];
    const known = report.findings.filter(
      ({ severity, check }) => severity !== 'unchecked' && !withoutCalls.includes(check),
    );
    // What AWS documents as a fixed number needs no call.
    expect(known.map(({ check }) => check)).toEqual(['resources of the API', 'method throttles of a usage plan']);
  });
});
