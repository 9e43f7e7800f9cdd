import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alarmRunner, STACK, until } from '../support/alarms.ts';
import { aStack } from '../support/gateway.ts';

const run = alarmRunner();

test('an event in the embedded metric format is read however the name of its member is written', () => {
  const { cloudWatch } = run(aStack(), 1);
  const metrics = [{ Namespace: 'Own', Dimensions: [[]], Metrics: [{ Name: 'n' }] }];
  const document = JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: metrics }, n: 2 });
  for (const text of [document, document.replace('_aws', '\\u005faws'), document.replace('_aws', '_other')])
    cloudWatch.telemetry.log('/group', text);
  expect(cloudWatch.metrics.totals('Own', 'n', {})).toMatchObject({ count: 2, sum: 4 });
});

test('logs are in the file of their group within 200 ms or so, and all of them at close', async () => {
  const { data, cloudWatch } = run(STACK, 1);
  cloudWatch.telemetry.log('/aws/lambda/a', '{"first":1}\n');
  const path = join(data, 'logs', 'aws_lambda_a.log');
  await until(() => existsSync(path) && readFileSync(path, 'utf8') !== '');
  expect(readFileSync(path, 'utf8')).toBe('{"first":1}\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  for (let index = 0; index < 1000; index++) cloudWatch.telemetry.log('/aws/lambda/a', `line ${index}`);
  cloudWatch.telemetry.log('../../outside', 'stays inside');
  await cloudWatch.close();
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1002);
  expect(existsSync(join(data, 'logs', '__.._outside.log'))).toBe(true);
});
