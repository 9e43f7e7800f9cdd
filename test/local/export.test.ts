import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AwsError, awsEndpoint } from '../support/awsEndpoint.ts';
import { clientOf } from '../support/client.ts';
import { root, temporaryFolder } from '../support/folders.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';
import { readMetrics } from '../support/openMetrics.ts';
import { selectorsOf } from '../support/promql.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

interface Rules {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

const rulesOf = (text: string) => (parse(text) as Rules).groups.flatMap(({ rules }) => rules);

describe('secure-api export', () => {
  it.each(['prometheus', 'grafana', 'datadog'])(
    'writes the files for %s, and names what it leaves out',
    async (target) => {
      const out = join(temporaryFolder(), 'exported');
      const args = ['export', target, '--assembly', await sampleAssembly(), '--out', out, '--json'];
      const { code, stdout, stderr } = await cli(args);
      const { files, exported, skipped, deployed } = JSON.parse(stdout);
      expect(
        readdirSync(out)
          .map((name) => join(out, name))
          .sort(),
      ).toEqual([...files].sort());
      expect([code, deployed, exported.length > 5]).toEqual([0, false, true]);
      for (const { what, reason } of skipped) expect(stderr).toContain(`${what}: ${reason}`);
      expect(stderr).toContain('export again with --stack');
      expect((await cli([...args, '--strict'])).code).toBe(3);
    },
  );

  it('prints the files as JSON', async () => {
    const { stdout } = await cli(['export', 'prometheus', '--assembly', await sampleAssembly(), '--out', '-']);
    expect(Object.keys(JSON.parse(stdout))).toEqual(['rules.yml', 'yace.yml', 'prometheus.yml', 'alertmanager.yml']);
  });
});

describe('of a deployed stack', () => {
  const StackId = 'arn:aws:cloudformation:eu-central-1:123456789012:stack/Documents/1';
  const ask = (url: string) =>
    cli(
      ['export', 'prometheus', '--stack', 'Documents', '--region', 'eu-central-1', '--out', '-', '--json'],
      root,
      undefined,
      '',
      {
        AWS_ENDPOINT_URL: url,
        AWS_ACCESS_KEY_ID: 'a',
        AWS_SECRET_ACCESS_KEY: 'b',
        NO_COLOR: '1',
      },
    );

  it('has the names that CloudFormation generated', async () => {
    const template = readFileSync(join(await sampleAssembly(), 'Documents.template.json'), 'utf8');
    const { Resources } = JSON.parse(template) as { Resources: Readonly<Record<string, { Type: string }>> };
    const summaries = Object.entries(Resources).map(([LogicalResourceId, { Type }]) => {
      const name = `deployed-${LogicalResourceId}`;
      const ids: Readonly<Record<string, string>> = {
        'AWS::SNS::Topic': `arn:aws:sns:eu-central-1:123456789012:${name}`,
        'AWS::SQS::Queue': `https://sqs.eu-central-1.amazonaws.com/123456789012/${name}`,
      };
      return {
        LogicalResourceId,
        PhysicalResourceId: ids[Type] ?? name,
        ResourceType: Type,
        ResourceStatus: 'CREATE_COMPLETE' as const,
        LastUpdatedTimestamp: new Date(0),
      };
    });
    await using endpoint = await awsEndpoint({
      DescribeStacks: {
        Stacks: [{ StackName: 'Documents', StackId, StackStatus: 'CREATE_COMPLETE', CreationTime: new Date(0) }],
      },
      GetTemplate: { TemplateBody: template },
      ListStackResources: { StackResourceSummaries: summaries },
    });
    const { stdout, stderr } = await ask(endpoint.url);
    expect(stderr).not.toContain('local gateway');
    const { files, deployed } = JSON.parse(stdout);
    expect(deployed).toBe(true);
    const labels = rulesOf(files['rules.yml'])
      .flatMap(({ expr }) => selectorsOf(expr))
      .map((one) => one.labels);
    const values = (name: string) => [...new Set(labels.flatMap((one) => one[name] || []))];
    expect(values('region')).toEqual(['eu-central-1']);
    for (const name of ['FunctionName', 'TableName', 'TopicName', 'QueueName', 'LogGroupName']) {
      expect(values(`dimension_${name}`).length).toBeGreaterThan(0);
      expect(
        values(`dimension_${name}`).filter(
          (value) => !value.startsWith('deployed-Api') && !value.startsWith('deployed-'),
        ),
      ).toEqual([]);
    }
  });

  it('says that there is no such stack', async () => {
    await using endpoint = await awsEndpoint({
      DescribeStacks: new AwsError('ValidationError', 400, 'Stack with id Documents does not exist'),
    });
    const { code, stderr } = await ask(endpoint.url);
    expect([code, JSON.parse(stderr).error.code]).toEqual([2, 'api-not-deployed']);
  });
});

describe('beside a running gateway', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway?.stop());

  it('has rules that read the series which the gateway serves', async () => {
    const call = clientOf(gateway.ready);
    const token = await gateway.token('viewer');
    for (let i = 0; i < 3; i++) await call('GET', '/documents', { token });
    const series = readMetrics(await (await fetch(gateway.ready.metricsUrl)).text());
    const { stdout } = await cli(['export', 'prometheus', '--assembly', await sampleAssembly(), '--out', '-']);
    const selectors = rulesOf(JSON.parse(stdout)['rules.yml']).flatMap(({ expr }) => selectorsOf(expr));
    // A selector matches a series without a label where it asks for an empty one.
    const matching = selectors.filter(({ name, labels }) =>
      series
        .get(name)
        ?.some((one) => Object.entries(labels).every(([label, value]) => (one.labels?.[label] ?? '') === value)),
    );
    const names = new Set(matching.map(({ name }) => name));
    for (const name of [
      'aws_apigateway_count_sum',
      'aws_apigateway_5_xxerror_sum',
      'aws_apigateway_latency_pr__3000_',
      'aws_lambda_invocations_sum',
      'aws_lambda_duration_p99',
      'aws_secureapi_authorizer_allow_sum',
      'aws_logs_incoming_log_events_sum',
    ])
      expect([...names]).toContain(name);
  });
});
