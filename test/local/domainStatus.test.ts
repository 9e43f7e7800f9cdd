import { describe, expect, it } from 'vitest';
import { environmentOf } from '../support/awsAccount.ts';
import { AwsError, awsEndpoint, type Responses } from '../support/awsEndpoint.ts';
import { type DnsRecords, dnsServer } from '../support/dnsServer.ts';
import { root } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';

const NAME = 'api.example.com';
const RECORD = `_a1.${NAME}`;
const VALUE = '_b2.acm-validations.aws';
const TARGET = 'd-1.execute-api.eu-west-1.amazonaws.com';
const ARN = 'arn:aws:acm:eu-west-1:123456789012:certificate/c1';
const DAY_MS = 86_400_000;

const validation = { DomainName: NAME, ResourceRecord: { Name: `${RECORD}.`, Type: 'CNAME', Value: `${VALUE}.` } };
const pending = {
  CertificateArn: ARN,
  DomainName: NAME,
  Status: 'PENDING_VALIDATION',
  DomainValidationOptions: [{ ...validation, ValidationStatus: 'PENDING_VALIDATION' }],
};
const issued = {
  ...pending,
  Status: 'ISSUED',
  Type: 'AMAZON_ISSUED',
  NotAfter: new Date(Date.now() + 150 * DAY_MS),
  DomainValidationOptions: [{ ...validation, ValidationStatus: 'SUCCESS' }],
};
const resource = (LogicalResourceId: string, ResourceType: string, PhysicalResourceId?: string) => ({
  LogicalResourceId,
  ResourceType,
  ...(PhysicalResourceId === undefined ? {} : { PhysicalResourceId }),
  ResourceStatus: 'CREATE_IN_PROGRESS',
  LastUpdatedTimestamp: new Date(0),
});
const certificateResource = resource('Certificate', 'AWS::CertificateManager::Certificate', ARN);
const domainResource = resource('Domain', 'AWS::ApiGateway::DomainName', NAME);
const stack = (StackStatus: string, ...resources: readonly object[]): Responses => ({
  DescribeStacks: (input) =>
    input['StackName'] === 'Notes'
      ? { Stacks: [{ StackName: 'Notes', StackStatus, CreationTime: new Date(0) }] }
      : new AwsError('ValidationError', 400, `Stack with id ${input['StackName']} does not exist`),
  ListStackResources: { StackResourceSummaries: resources },
});
const domain = { domainName: NAME, domainNameStatus: 'AVAILABLE', regionalDomainName: TARGET, securityPolicy: 'x' };
const deploying = {
  ...stack('CREATE_IN_PROGRESS', certificateResource, resource('Domain', 'AWS::ApiGateway::DomainName')),
};
const deployed: Responses = {
  ...stack('CREATE_COMPLETE', certificateResource, domainResource),
  DescribeCertificate: { Certificate: issued },
  GetDomainName: { ...domain, regionalCertificateArn: ARN },
};
const validated: DnsRecords = { [`CNAME ${RECORD}`]: [VALUE] };
const serving: DnsRecords = { ...validated, [`CNAME ${NAME}`]: [TARGET] };

interface Finding {
  readonly severity: string;
  readonly code: string;
  readonly name: string;
  readonly found: string;
  readonly fix?: string;
}

async function status(responses: Responses, records: DnsRecords, ...more: readonly string[]) {
  await using endpoint = await awsEndpoint(responses);
  await using dns = await dnsServer(records);
  const args = ['domain', 'status', '--stack', 'Notes', '--dns-server', dns.address, ...more];
  const { code, stdout, stderr } = await cli(args, root, undefined, '', environmentOf(endpoint.url));
  const parsed = more.includes('--json') && stdout !== '' ? JSON.parse(stdout) : {};
  const findings: readonly Finding[] = parsed.findings ?? [];
  const problems = findings.filter(({ severity }) => severity !== 'ok').map((one) => `${one.severity} ${one.code}`);
  return { code, stdout, stderr, findings, problems, records: parsed.records, calls: endpoint.calls };
}
const jsonOf = (responses: Responses, records: DnsRecords) => status(responses, records, '--json');

describe('secure-api domain status', () => {
  it('finds nothing missing where everything works, and exits 0', async () => {
    const run = await jsonOf(deployed, serving);
    expect([run.problems, run.code, run.stderr]).toEqual([[], 0, '']);
    expect(run.findings.map(({ severity, name }) => `${severity} ${name}`)).toEqual(Array(3).fill(`ok ${NAME}`));
    const reads = run.calls.filter(({ operation }) => !/^(Describe|List|Get)/.test(operation));
    expect(reads).toEqual([]);
  });

  it('prints the record that a deployment waits for as a line of a zone file, and exits 4', async () => {
    const run = await status({ ...deploying, DescribeCertificate: { Certificate: pending } }, {});
    expect(run.code).toBe(4);
    expect(run.stdout).toContain(`  ${RECORD}. CNAME ${VALUE}.\n`);
    // What the reader has to do comes first.
    expect(run.stdout).toMatch(/waiting validation-record-missing[\s\S]*waiting not-created Domain/);
  });

  it.each<[string, DnsRecords, readonly string[]]>([
    ['is missing', {}, ['waiting validation-record-missing']],
    ['has another value', { [`CNAME ${RECORD}`]: ['other.example.net'] }, ['waiting validation-record-wrong']],
    [
      'is at a name to which the provider appended its domain',
      { [`CNAME ${RECORD}.example.com`]: [VALUE] },
      ['waiting validation-record-doubled'],
    ],
    ['is right, so that ACM has yet to look', validated, ['waiting validation-running']],
    ['cannot be read', { [`CNAME ${RECORD}`]: 'broken' }, ['waiting dns-failed']],
    [
      'is right, and CAA records forbid Amazon',
      { ...validated, 'CAA example.com': ['letsencrypt.org'] },
      ['waiting validation-running', 'waiting authority-forbidden'],
    ],
  ])('explains a validation whose record %s', async (_, records, problems) => {
    const waiting = {
      ...stack('CREATE_IN_PROGRESS', certificateResource),
      DescribeCertificate: { Certificate: pending },
    };
    const run = await jsonOf(waiting, records);
    expect([run.problems, run.code]).toEqual([problems, 4]);
    // A code of the resolver is in parentheses, after what it means.
    for (const { found } of run.findings) expect(found).not.toMatch(/(?<!\()\bE[A-Z]{4,}/);
  });

  it('says which name to enter at a provider that appends its zone', async () => {
    const records = { [`CNAME ${RECORD}.example.com`]: [VALUE] };
    const run = await jsonOf({ ...deploying, DescribeCertificate: { Certificate: pending } }, records);
    expect(run.findings.find(({ code }) => code === 'validation-record-doubled')?.fix).toBe(
      'Your DNS provider appends .example.com to each name. Enter the name of the record as _a1.api',
    );
  });

  it.each<[string, object, string]>([
    ['failed by CAA records', { ...pending, Status: 'FAILED', FailureReason: 'CAA_ERROR' }, 'certificate-unusable'],
    ['was not validated in time', { ...pending, Status: 'VALIDATION_TIMED_OUT' }, 'validation-timed-out'],
    ['expired', { ...issued, NotAfter: new Date(Date.now() - DAY_MS) }, 'certificate-expired'],
    [
      'could not be renewed',
      {
        ...issued,
        RenewalSummary: { RenewalStatus: 'FAILED', DomainValidationOptions: [], UpdatedAt: new Date(0) },
      },
      'renewal-failed',
    ],
  ])('exits 3 where a certificate %s', async (_, Certificate, code) => {
    const run = await jsonOf({ ...deployed, DescribeCertificate: { Certificate } }, serving);
    expect([run.problems, run.code]).toEqual([[`fault ${code}`], 3]);
    expect(run.findings.find((one) => one.code === code)?.fix).not.toBe('');
  });

  it('says that a certificate will not renew without its record', async () => {
    const run = await jsonOf(deployed, { [`CNAME ${NAME}`]: [TARGET] });
    expect([run.problems, run.code]).toEqual([['waiting validation-record-missing'], 4]);
    expect(run.records).toEqual([{ name: RECORD, type: 'CNAME', value: VALUE }]);
  });

  it.each<[string, DnsRecords, readonly string[]]>([
    ['has no address', validated, ['waiting address-missing']],
    ['leads elsewhere', { ...validated, [`CNAME ${NAME}`]: ['old.example.net'] }, ['waiting address-elsewhere']],
    ['has an address of something else', { ...validated, [`A ${NAME}`]: ['192.0.2.1'] }, ['waiting address-elsewhere']],
    [
      'has an alias record',
      { ...validated, [`A ${NAME}`]: ['192.0.2.1'], [`A ${TARGET}`]: ['192.0.2.2', '192.0.2.1'] },
      [],
    ],
    [
      'leads there in two steps',
      { ...validated, [`CNAME ${NAME}`]: ['a.example.net'], 'CNAME a.example.net': [TARGET] },
      [],
    ],
  ])('compares where the name leads: it %s', async (_, records, problems) => {
    expect((await jsonOf(deployed, records)).problems).toEqual(problems);
  });

  it('asks for a name below a wildcard', async () => {
    const wildcard = { ...domain, domainName: '*.example.com', regionalCertificateArn: ARN };
    const records = { ...validated, 'CNAME secure-api-status.example.com': [TARGET] };
    expect((await jsonOf({ ...deployed, GetDomainName: wildcard }, records)).problems).toEqual([]);
  });

  it('compares with the distribution where one is in front', async () => {
    const edge = { StackName: 'Notes-edge', StackStatus: 'CREATE_COMPLETE', CreationTime: new Date(0) };
    const Outputs = [
      { OutputKey: 'Other', OutputValue: 'd222.cloudfront.net', Description: 'Where shop.example.com leads' },
      { OutputKey: 'Target', OutputValue: 'd111.cloudfront.net', Description: `Where ${NAME} leads` },
    ];
    const responses: Responses = {
      ...deployed,
      DescribeStacks: (input) =>
        input['StackName'] === 'Notes-edge'
          ? { Stacks: [{ ...edge, Outputs }] }
          : { Stacks: [{ ...edge, StackName: 'Notes' }] },
      ListStackResources: (input) =>
        input['StackName'] === 'Notes-edge'
          ? { StackResourceSummaries: [resource('Distribution', 'AWS::CloudFront::Distribution', 'E1')] }
          : { StackResourceSummaries: [certificateResource, domainResource] },
    };
    const run = await jsonOf(responses, serving);
    expect(run.problems).toEqual(['waiting address-elsewhere']);
    expect(run.records).toEqual([{ name: NAME, type: 'CNAME', value: 'd111.cloudfront.net' }]);
    const there = await jsonOf(responses, { ...validated, [`CNAME ${NAME}`]: ['d111.cloudfront.net'] });
    expect(there.problems).toEqual([]);
    expect(there.calls.find(({ input }) => input['StackName'] === 'Notes-edge')?.region).toBe('us-east-1');
  });

  it('explains a domain that API Gateway changes, and one whose certificate it does not accept', async () => {
    const of = (domainNameStatus: string) => ({ ...deployed, GetDomainName: { ...domain, domainNameStatus } });
    const updating = await jsonOf(of('UPDATING'), serving);
    expect([updating.problems, updating.code]).toEqual([['waiting domain-updating'], 4]);
    const failed = await jsonOf(of('PENDING_OWNERSHIP_VERIFICATION'), serving);
    expect([failed.problems, failed.code]).toEqual([['fault domain-unusable'], 3]);
  });

  it('with --wait looks again until everything works, and says meanwhile what is missing', async () => {
    const DescribeCertificate = (_: unknown, nth: number) => ({ Certificate: nth < 3 ? pending : issued });
    const run = await status(
      { ...deployed, DescribeCertificate },
      serving,
      '--wait',
      '60',
      '--interval',
      '1',
      '--json',
    );
    expect([run.code, run.problems]).toEqual([0, []]);
    expect(run.stderr).toBe(
      `Waiting (stack CREATE_COMPLETE):\n  ${NAME}: DNS has the right record ${RECORD}, and ACM has not validated it yet; expected: a certificate that ACM has issued\n`,
    );
  });

  it('with --wait stops at the end of the time, and at once where something has failed', async () => {
    const late = await status(deployed, validated, '--wait', '1', '--interval', '1', '--json');
    expect([late.code, late.problems]).toEqual([4, ['waiting address-missing']]);
    const failed = { ...deployed, ...stack('ROLLBACK_COMPLETE', certificateResource) };
    const run = await status(failed, serving, '--wait', '600', '--json');
    expect([run.code, run.problems]).toEqual([3, ['fault stack-failed']]);
  });

  it('rejects a stack that does not exist or has no domain, and a DNS server that is no address', async () => {
    const none = await jsonOf(stack('CREATE_COMPLETE'), {});
    expect([none.code, none.stderr]).toEqual([
      2,
      expect.stringContaining('a stack (CREATE_COMPLETE) without a domain'),
    ]);
    const missing = await jsonOf({ DescribeStacks: new AwsError('ValidationError', 400, 'Stack does not exist') }, {});
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('no such stack in eu-west-1')]);
    const wrong = await status(deployed, {}, '--dns-server', 'dns.example.com', '--json');
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('expected an IP address')]);
  });

  it('prints no character of a name that controls a terminal', async () => {
    const evil = { ...validated, [`CNAME ${NAME}`]: ['a\u001b[2J.example.net'] };
    const run = await status(deployed, evil);
    expect(run.stdout).not.toContain('\u001b');
    expect(run.stdout).toContain('waiting');
  });
});
