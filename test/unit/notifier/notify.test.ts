import { afterEach, describe, expect, it, vi } from 'vitest';
import { notify } from '../../../lambdas/notifier/notify.ts';
import type { Channel } from '../../../lambdas/shared/notifierSettings.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { awsStandIn, httpsReceiver } from './receivers.ts';
import { alarmMessage, TRIGGER } from './support.ts';

afterEach(() => vi.unstubAllEnvs());

const PAGE = 'arn:aws:sns:eu-west-1:123456789012:page';
const INFO = 'arn:aws:sns:eu-west-1:123456789012:info';
const mail = (topic: string, severities: Channel['severities']) => ({ kind: 'email', topic, severities }) as const;
const MAILS = mail('mails', ['page', 'ticket', 'info']);
const CHAT = { kind: 'slack', secret: 'chat', severities: ['page'] } as const;

const POLICY: Parameters<typeof notify>[0] = {
  api: 'documents',
  roles: { viewer: ['document:read'] },
  routes: [
    { id: 'create', method: 'POST', path: '/documents', access: { kind: 'permission', permission: 'document:write' } },
  ],
};

/** A report of each rule. */
const GetInsightRuleReport = () => ({
  Contributors: [{ Keys: ['203.0.113.9'], ApproximateAggregateValue: 25 }],
});

interface Setting {
  readonly channels?: readonly Channel[];
  readonly results?: Parameters<typeof awsStandIn>[0];
  readonly local?: object;
  readonly logs?: boolean;
  readonly webAclLog?: string;
  readonly stack?: { readonly stack: string; readonly api?: string };
}

async function notifier({ channels = [MAILS], results = {}, local, logs = false, webAclLog, stack }: Setting) {
  const aws = await awsStandIn({ Publish: () => ({}), GetInsightRuleReport, ...results });
  const settings = {
    topics: { [PAGE]: 'page', [INFO]: 'info' },
    channels,
    accessLog: '/api/access',
    webAclLog,
    ...stack,
  };
  const variables = {
    ...aws.environment,
    SECURE_API_NAME: 'documents',
    POWERTOOLS_LOG_LEVEL: logs ? 'INFO' : 'SILENT',
    SECURE_API_NOTIFIER: JSON.stringify(settings),
    ...(local === undefined ? {} : { SECURE_API_LOCAL_NOTIFICATIONS: JSON.stringify(local) }),
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return { handler: notify(POLICY), calls: aws.calls };
}

const eventOf = (Message: string, TopicArn = PAGE, MessageId = 'm-1') => ({
  Records: [{ Sns: { MessageId, TopicArn, Message } }],
});
const published = (calls: Awaited<ReturnType<typeof notifier>>['calls']) =>
  calls.filter(({ operation }) => operation === 'Publish').map(({ input }) => input['TopicArn']);

describe('the notifier', () => {
  it('sends each channel the alarms of its severities', async () => {
    const pages = mail('pages', ['page']);
    const { handler, calls } = await notifier({ channels: [MAILS, pages] });
    await handler(eventOf(alarmMessage(), INFO));
    expect(published(calls)).toEqual(['mails']);
    await handler(eventOf(alarmMessage(), PAGE, 'm-2'));
    expect(published(calls).toSorted()).toEqual(['mails', 'mails', 'pages']);
  });

  it('asks CloudWatch of the region of the alarm, as that of a distribution is in us-east-1', async () => {
    const { handler, calls } = await notifier({});
    const AlarmArn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:documents-edge-blocks';
    const AlarmDescription = 'documents: Blocks.\nContributors: documents-EdgeBlockedRules';
    const [blocks] = await handler(eventOf(alarmMessage({ AlarmArn, AlarmDescription })));
    // No log of the API has what CloudFront blocked.
    expect(blocks?.text).not.toContain('logs-insights');
    const asked = calls.filter(({ operation }) => operation === 'GetInsightRuleReport');
    expect(asked.map(({ input }) => input['RuleName'])).toEqual(['documents-EdgeBlockedRules']);
    expect(asked.map(({ region }) => region)).toEqual(['us-east-1']);
  });

  it('links to the log of the web ACL, and asks it what was blocked, in the message of an alarm on blocks', async () => {
    const { handler } = await notifier({ webAclLog: 'aws-waf-logs-documents' });
    const AlarmDescription = 'documents: Blocks.\nContributors: documents-BlockedRules, documents-BlockedAddresses';
    const [blocks] = await handler(eventOf(alarmMessage({ AlarmDescription })));
    const [logins] = await handler(eventOf(alarmMessage(), PAGE, 'm-2'));
    const query = (text = '') => /logs-insights\S+/.exec(text)?.[0] ?? 'none';
    expect(query(blocks?.text)).toContain('aws-waf-logs-documents');
    expect(query(blocks?.text)).toContain('terminatingRuleId');
    expect(query(logins?.text)).not.toContain('aws-waf-logs-documents');
    expect(blocks?.text).toContain('Blocked rules');
  });

  it('names commands that show the alarm, its requests and the dashboard of the deployed API', async () => {
    const AlarmDescription = 'documents: Tokens.\nLook: logs --status 401\nContributors: documents-RejectedTokens';
    const commands = async (stack: Setting['stack'], changes: object = {}) => {
      const { handler } = await notifier(stack === undefined ? {} : { stack });
      const [result] = await handler(eventOf(alarmMessage({ AlarmDescription, ...changes }), PAGE, 'm-3'));
      return [...(result?.text.matchAll(/^ {2}(npx .*)$/gm) ?? [])].map(([, command]) => command);
    };
    expect(await commands({ stack: 'Documents' })).toEqual([
      'npx secure-api alarms failed-logins --stack Documents --region eu-west-1',
      'npx secure-api logs --status 401 --since 15m --stack Documents --region eu-west-1',
      'npx secure-api dashboard --html --stack Documents --region eu-west-1',
    ]);
    const several = { stack: 'Documents', api: 'documents' };
    expect(await commands(several, { NewStateValue: 'OK' })).toEqual([
      'npx secure-api alarms --state alarm --stack Documents --api documents --region eu-west-1',
    ]);
    const day = { Trigger: { ...TRIGGER, Period: 3600, EvaluationPeriods: 24 } };
    expect((await commands({ stack: 'A' }, day))[1]).toBe(
      'npx secure-api logs --status 401 --since 1d --stack A --region eu-west-1',
    );
    // A stack of an older release, and an alarm of a distribution, which is in another stack.
    expect(await commands(undefined)).toEqual([]);
    const AlarmArn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:documents-edge-errors';
    expect(await commands({ stack: 'A' }, { AlarmArn })).toEqual([]);
    // Nothing that a shell acts on comes from a description.
    for (const look of ['logs; rm -rf ~', 'logs $(id)', 'clients list', 'logs --client "a"']) {
      const hostile = await commands({ stack: 'A' }, { AlarmDescription: `X.\nLook: ${look}` });
      expect(hostile).toHaveLength(2);
      expect(hostile.join()).not.toContain(look);
    }
  });

  it('says how many sources the list leaves out', async () => {
    const Contributors = Array.from({ length: 9 }, (_, i) => ({
      Keys: [`203.0.113.${i}`],
      ApproximateAggregateValue: 20 - i,
    }));
    const text = async (report: object) => {
      const { handler } = await notifier({ results: { GetInsightRuleReport: () => report } });
      const AlarmDescription = 'documents: Tokens.\nContributors: documents-RejectedTokens';
      const [result] = await handler(eventOf(alarmMessage({ AlarmDescription })));
      return result?.text ?? '';
    };
    const whole = { Contributors, ApproximateUniqueCount: 17, AggregateValue: 120 };
    expect(await text(whole)).toContain('  5. 203.0.113.4: 16 requests\n  and about 12 more: 30 requests\n');
    expect(await text({ Contributors, ApproximateUniqueCount: 6, AggregateValue: 91 })).toContain(
      'and about 1 more: 1 request\n',
    );
    expect(await text({ ...whole, ApproximateUniqueCount: 5 })).not.toContain('more:');
    expect(await text({ Contributors })).not.toContain('more:');
  });

  it('treats an alarm of a topic that it does not know as a page', async () => {
    const { handler, calls } = await notifier({ channels: [mail('pages', ['page'])] });
    await handler(eventOf(alarmMessage(), 'arn:aws:sns:us-east-1:123456789012:other'));
    expect(published(calls)).toEqual(['pages']);
  });

  it('knows the severity of the topics of a distribution by their names, and links to the region of the alarm', async () => {
    const { handler } = await notifier({});
    const topic = (id: string) => `arn:aws:sns:us-east-1:123456789012:Shop-edge-ApiCloudFront${id}3F2A9C01-x4Yz`;
    const AlarmArn = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:documents-edge-errors';
    const severities = [];
    for (const id of ['AlarmTopic', 'TicketTopic', 'InfoTopic']) {
      const [result] = await handler(eventOf(alarmMessage({ AlarmArn }), topic(id), id));
      severities.push(result?.severity);
      expect(result?.text).toContain('Alarm: https://us-east-1.console.aws.amazon.com/');
      expect(result?.text).toContain('Requests of that time: https://eu-west-1.console.aws.amazon.com/');
    }
    expect(severities).toEqual(['page', 'ticket', 'info']);
  });

  it('asks Contributor Insights who, by the rules of the alarm, in the time that it looked at', async () => {
    const { handler, calls } = await notifier({});
    const [result] = await handler(eventOf(alarmMessage()));
    const reports = calls.filter(({ operation }) => operation === 'GetInsightRuleReport').map(({ input }) => input);
    expect(reports.map(({ RuleName }) => RuleName)).toEqual(['documents-TopAddresses', 'documents-TopClients']);
    const at = (time: string) => Date.parse(time) / 1000;
    expect(reports[0]).toMatchObject({
      StartTime: at('2026-11-29T10:00:00Z'),
      EndTime: at('2026-11-29T10:06:00Z'),
      Period: 360,
      OrderBy: 'Sum',
    });
    expect(result?.text).toContain('Who\n  Top addresses:\n  1. 203.0.113.9: 25');
  });

  it('says of denied requests what the route needs, the roles of the caller and the reason', async () => {
    const Keys = ['POST', '/documents', 'viewer', 'claim-mismatch permission-missing'];
    const report = () => ({ Contributors: [{ Keys, ApproximateAggregateValue: 25 }] });
    const { handler } = await notifier({ results: { GetInsightRuleReport: report } });
    const AlarmDescription = 'One caller is denied.\nContributors: documents-DeniedRoutes';
    const [result] = await handler(eventOf(alarmMessage({ AlarmDescription })));
    expect(result?.text).toContain(
      'Denied routes:\n  1. POST /documents · needs document:write · roles viewer · permission-missing: 25',
    );
  });

  it('asks no rule of another API, and nobody when the alarm ended', async () => {
    const { handler, calls } = await notifier({});
    await handler(eventOf(alarmMessage({ AlarmDescription: 'X.\nContributors: shop-TopClients' })));
    await handler(eventOf(alarmMessage({ NewStateValue: 'OK' }), PAGE, 'm-2'));
    expect(calls.map(({ operation }) => operation)).toEqual(['Publish', 'Publish']);
  });

  it('tells nobody of a first OK, except PagerDuty, unless the missing data was told', async () => {
    const { handler, calls } = await notifier({});
    const ok = { NewStateValue: 'OK', OldStateValue: 'INSUFFICIENT_DATA' };
    const [quiet] = await handler(eventOf(alarmMessage(ok)));
    expect(quiet?.channels).toEqual([]);
    expect(published(calls)).toEqual([]);
    await handler(eventOf(alarmMessage({ ...ok, InsufficientDataActions: [PAGE] }), PAGE, 'm-2'));
    expect(published(calls)).toEqual(['mails']);
  });

  it('has the numbers of the alarms below a composite one', async () => {
    const StateReason = 'Threshold Crossed: … [180.0 (29/11/26 09:00:00)] …';
    const child = { AlarmName: 'documents-a-hour', StateValue: 'ALARM', StateReason, Period: 3600, Threshold: 100 };
    const quiet = { ...child, StateValue: 'OK', StateReason: '[1.0]' };
    const MetricAlarms = [{ ...child, ComparisonOperator: 'GreaterThanThreshold', EvaluationPeriods: 1 }, quiet];
    const { handler, calls } = await notifier({ results: { DescribeAlarms: () => ({ MetricAlarms }) } });
    const Arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:documents-a-hour';
    const [result] = await handler(eventOf(alarmMessage({ Trigger: undefined, TriggeringChildren: [{ Arn }] })));
    expect(calls[0]).toMatchObject({ operation: 'DescribeAlarms', input: { AlarmNames: ['documents-a-hour'] } });
    expect(result?.text).toContain('180 responses with 401 in five minutes. It fires above 100.');
    expect(calls.find(({ operation }) => operation === 'GetInsightRuleReport')?.input['Period']).toBe(3_660);
  });

  it('says less, and says so, when CloudWatch does not respond', async () => {
    const { handler, calls } = await notifier({ results: { GetInsightRuleReport: () => undefined } });
    const [result] = await handler(eventOf(alarmMessage()));
    expect(result?.text).toMatch(/Who\n {2}Unknown: Contributor Insights did not respond \(monitoring returned 400/);
    expect(published(calls)).toEqual(['mails']);
  });

  it('sends to the other channels when one fails, and fails so that Lambda repeats that one alone', async () => {
    let secrets = 0;
    const GetSecretValue = () => {
      secrets += 1;
      return secrets === 1 ? { SecretString: 'https://10.0.0.1/services/T0/B0/token' } : undefined;
    };
    const { handler, calls } = await notifier({ channels: [CHAT, MAILS], results: { GetSecretValue } });
    const first = handler(eventOf(alarmMessage()));
    await expect(first).rejects.toThrow(/^not delivered: slack: its address is not public$/);
    expect(published(calls)).toEqual(['mails']);
    const second = handler(eventOf(alarmMessage()));
    await expect(second).rejects.toThrow(/^not delivered: slack: secretsmanager returned 400 AccessDeniedException$/);
    expect(published(calls)).toEqual(['mails']);
  });

  it('logs each message, and no secret of a channel', async () => {
    const GetSecretValue = () => ({ SecretString: 'https://10.0.0.1/services/T0/B0/hidden-token' });
    const { handler } = await notifier({ channels: [CHAT], results: { GetSecretValue }, logs: true });
    const lines = (await linesOf(() => handler(eventOf(alarmMessage())))).join('\n');
    expect(lines).toContain('25 responses with 401 in five minutes');
    expect(lines).toContain('"channel":"slack"');
    expect(lines).not.toContain('hidden-token');
  });

  it('passes on what is no alarm, such as the text of a rule', async () => {
    const { handler, calls } = await notifier({});
    const [result] = await handler(eventOf('documents: the certificate has expired. Restore its validation record.'));
    expect(result).toMatchObject({ status: 'notice', severity: 'page' });
    expect(published(calls)).toEqual(['mails']);
    expect(await handler({})).toEqual([]);
  });
});

describe('the notifier of the local gateway', () => {
  it('sends nothing, and returns what it would have sent, without links to a console', async () => {
    const pager = { kind: 'pagerDuty', secret: 'x', region: 'us', severities: ['page'] } as const;
    const { handler, calls } = await notifier({ channels: [CHAT, MAILS, pager], local: {} });
    const [result] = await handler(eventOf(alarmMessage()));
    expect(calls.map(({ operation }) => operation)).toEqual(['GetInsightRuleReport', 'GetInsightRuleReport']);
    expect(result?.channels.map(({ kind, result: kept }) => [kind, kept])).toEqual([
      ['slack', 'kept'],
      ['email', 'kept'],
      ['pagerDuty', 'kept'],
    ]);
    // A page of the user's own, which the package does not have.
    expect(result?.text).toContain('Runbook: https://docs.example.com');
    expect(result?.text).not.toContain('console.aws.amazon.com');
    expect(JSON.stringify(result)).not.toContain('routing_key');
  });

  it('names commands for this machine, and the runbook in the installed package', async () => {
    const local = { options: '--data state', runbooks: 'node_modules/secure-api/docs/runbooks' };
    const { handler } = await notifier({ channels: [CHAT], local });
    const runbook = 'https://github.com/secure-api/secure-api/blob/main/docs/runbooks/failed-logins.md';
    const AlarmDescription = `documents: Tokens.\nLook: logs --status 401\nRunbook: ${runbook}`;
    const [result] = await handler(eventOf(alarmMessage({ AlarmDescription })));
    expect(result?.text).toContain('  npx secure-api logs --status 401 --since 15m --data state\n');
    expect(result?.text).toContain('Runbook: node_modules/secure-api/docs/runbooks/failed-logins.md');
    // What Slack would have got has the link.
    expect(JSON.stringify(result?.channels)).toContain(runbook);
  });

  it('signs and sends it to a webhook on this machine, and to no other', async () => {
    const key = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const { handler } = await notifier({ local: { webhook: { url: 'https://hooks.example.com', key } } });
    const [result] = await handler(eventOf(alarmMessage()));
    expect(result?.channels.at(-1)).toEqual({
      kind: 'webhook',
      result: 'failed',
      reason: 'its address is not one of this machine',
    });
    const receiver = await httpsReceiver();
    expect(receiver.received).toEqual([]);
  });
});
