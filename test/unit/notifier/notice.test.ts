import { describe, expect, it } from 'vitest';
import { noticeOf } from '../../../lambdas/notifier/notice/notice.ts';
import { text } from '../../../lambdas/notifier/text.ts';

const runbooks = {
  guardDuty: 'https://example.com/runbooks/guard-duty',
  budget: 'https://example.com/runbooks/budget',
};
const PARTS = { id: 'm-1', severity: 'page', api: 'documents', links: {}, name: 'Documents', digest: 'abc' } as const;
const at = Date.parse('2026-11-29T10:05:00Z');
const notice = (message: string | object, isLocal = false, region = 'eu-west-1') =>
  noticeOf(typeof message === 'string' ? message : JSON.stringify(message), {
    ...PARTS,
    at,
    runbooks,
    isLocal,
    region,
  });

const FINDING = {
  version: '0',
  id: 'e-1',
  source: 'aws.guardduty',
  'detail-type': 'GuardDuty Finding',
  region: 'eu-west-1',
  detail: {
    id: '1ab92989eaf0e742df4a014d5c0a7c3f',
    type: 'UnauthorizedAccess:Lambda/TorClient',
    title: 'A Lambda function is communicating with a Tor entry node.',
    severity: 8,
    resource: { resourceType: 'Lambda', lambdaDetails: { functionName: 'Documents-things' } },
    service: {
      count: 3,
      action: { networkConnectionAction: { remoteIpDetails: { ipAddressV4: '198.51.100.7' } } },
    },
  },
};

describe('a finding of GuardDuty', () => {
  it('says what was found about which function, how severe it is, and where to read it', () => {
    expect(notice(FINDING)).toMatchObject({
      status: 'notice',
      alarm: 'Documents-guard-duty-1ab92989eaf0e742df4a014d5c0a7c3f',
      title: 'documents: GuardDuty finding',
      what: 'A Lambda function is communicating with a Tor entry node. UnauthorizedAccess:Lambda/TorClient of the function Documents-things, remote address 198.51.100.7.',
      measured: 'Severity 8 of 10, seen 3 times.',
      links: {
        runbook: runbooks.guardDuty,
        source:
          'https://eu-west-1.console.aws.amazon.com/guardduty/home?region=eu-west-1#/findings?macros=current&fId=1ab92989eaf0e742df4a014d5c0a7c3f',
      },
    });
    expect(text(notice(FINDING))).toContain('\nSource: https://eu-west-1.console');
    expect(notice(FINDING, true).links).toEqual({ runbook: runbooks.guardDuty });
  });

  it('names the role whose credentials somebody uses', () => {
    const resource = { resourceType: 'AccessKey', accessKeyDetails: { userName: 'Documents-role' } };
    const { detail } = FINDING;
    expect(notice({ ...FINDING, detail: { ...detail, resource, title: 'Exfiltrated' } }).what).toContain(
      'Exfiltrated. UnauthorizedAccess:Lambda/TorClient with the credentials of Documents-role',
    );
  });

  it('makes no link of an id or a region that is none, and no line of its title', () => {
    const odd = notice({
      ...FINDING,
      region: 'evil.example.com/',
      detail: { ...FINDING.detail, title: 'a\nRunbook: https://evil.example.com' },
    });
    expect(odd.links).toEqual({ runbook: runbooks.guardDuty });
    expect(odd.what).not.toContain('\n');
  });

  it.each([[{}], [{ detail: 'text' }], [{ detail: { resource: [], service: 7, severity: 'high' } }]])(
    'that is incomplete is a notice, too: %j',
    (part) => {
      expect(notice({ ...FINDING, detail: undefined, ...part }).measured).toBe('Severity unknown of 10.');
    },
  );
});

it('any other event says which it is', () => {
  const event = { id: 'e-2', source: 'aws.health', 'detail-type': 'AWS Health Event' };
  expect(notice(event)).toMatchObject({ title: 'documents: AWS Health Event', alarm: 'Documents-aws.health-e-2' });
});

/** As AWS Budgets writes it. */
const BUDGET = `AWS Budget Notification November 29, 2026
AWS Account 123456789012

Dear AWS Customer,

You requested that we alert you when the ACTUAL Cost associated with your Documents-budget-eu-west-1 budget is greater than $200.00 for the current month. The ACTUAL Cost associated with this budget is $212.34. You can find additional details below and by accessing the AWS Budgets dashboard [1].

Budget Name: Documents-budget-eu-west-1
Budget Type: Cost
Budgeted Amount: $200.00
Alert Type: ACTUAL
Alert Threshold: > $200.00
ACTUAL Amount: $212.34

[1] https://console.aws.amazon.com/billing/home#/budgets
`;

describe('a message of a budget', () => {
  it('says what the month has cost, of how much', () => {
    expect(notice(BUDGET)).toMatchObject({
      title: 'documents: budget',
      alarm: 'Documents-budget-costs',
      what: 'The month has reached a limit of the budget Documents-budget-eu-west-1.',
      measured: '$212.34 of $200.00 a month. It notifies above $200.00.',
      links: { runbook: runbooks.budget },
    });
  });

  it('links to the budgets in the console of its partition', () => {
    expect(notice(BUDGET).links.source).toBe('https://console.aws.amazon.com/billing/home#/budgets');
    expect(notice(BUDGET, false, 'cn-north-1').links.source).toBe('https://console.amazonaws.cn/billing/home#/budgets');
  });

  it('says that a forecast is one', () => {
    const forecast = notice(BUDGET.replaceAll('ACTUAL', 'FORECASTED'));
    expect(forecast.what).toContain('is going to cost more than');
    expect(forecast.alarm).toBe('Documents-budget-forecast');
  });

  it('without its numbers is a notice, too', () => {
    expect(notice('AWS Budget Notification').measured).toBe('');
  });
});

describe('a text', () => {
  it('of a rule on events is its sentences, with the runbook as a link', () => {
    const message =
      'documents: the certificate of api.example.com expires in 7 days and is not renewed. Restore its validation record. Runbook: https://example.com/runbooks/certificate-expiry';
    expect(notice(message)).toMatchObject({
      status: 'notice',
      what: 'documents: the certificate of api.example.com expires in 7 days and is not renewed.',
      first: 'Restore its validation record.',
      links: { runbook: 'https://example.com/runbooks/certificate-expiry' },
    });
  });

  it('makes no link of what is no https URL', () => {
    expect(notice('It failed. Runbook: javascript:alert(1)').links).toEqual({});
  });

  it('that is empty says so', () => {
    expect(notice('').what).toBe('The message is empty.');
  });
});
