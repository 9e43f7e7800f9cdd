import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { createClock } from '../../services/clock.ts';
import { requestToken } from '../../services/issuer/requestToken.ts';
import { secretValues } from '../../services/secrets/values.ts';
import { secretVersions } from '../../services/secrets/versions.ts';
import type { Access } from '../../services/signature.ts';
import { startServices } from '../../services/start.ts';
import { aStack } from '../support/gateway.ts';
import { sampleTokenSettings } from '../support/issuer.ts';
import { caFile, signedFetch, testTls } from '../support/services.ts';

const SECRET = { arn: 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:keys-AbCdEf', name: 'keys' };
const TABLE = {
  logicalId: 'T',
  name: 'Test-Table',
  properties: {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  },
};
const MODEL = aStack({ secrets: [SECRET], tables: [TABLE] });
const tokenSettings = sampleTokenSettings();

const optionsFor = async (data: string) => ({
  data,
  secrets: secretVersions(secretValues(data), data),
  clock: createClock(60),
  tls: await testTls(),
  print: () => {},
  tokenSettings,
});

test('everything a function needs is reachable by its environment', async () => {
  const data = temporaryFolder();
  const options = await optionsFor(data);
  const services = await startServices(MODEL, options);
  const { environment } = services;
  expect(environment).toMatchObject({
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: expect.stringMatching(/^.{40}$/),
    AWS_ENDPOINT_URL_S3: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
    AWS_REGION: 'eu-central-1',
  });
  const own: Access = {
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  };
  const client = new DynamoDBClient({ endpoint: environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '', ...own });
  expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(['Test-Table']);
  const read = {
    service: 'secretsmanager',
    headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: JSON.stringify({ SecretId: SECRET.arn }),
  };
  const secretsUrl = environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? '';
  const response = await signedFetch(secretsUrl, { ...read, by: own });
  expect(await response.json()).toMatchObject({ SecretString: secretValues(data)(SECRET) });
  for (const name of ['AWS_ENDPOINT_URL_DYNAMODB', 'AWS_ENDPOINT_URL_SECRETS_MANAGER']) {
    const fromPage = await fetch(environment[name] ?? '', {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    });
    expect(fromPage.status).toBe(403);
  }
  const ca = caFile(data, options.tls.caPem);
  const ready = {
    url: '',
    ca,
    issuer: services.issuer,
    pid: process.pid,
    data,
    dynamodb: '',
    metricsUrl: '',
    apis: [],
  };
  expect(await requestToken({ ready, data, roles: ['viewer'] })).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  expect([services.alarms(), services.notifications(), services.emulationGaps]).toEqual([[], [], []]);
  await services.close();
  await services.close();
  await expect(fetch(environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '')).rejects.toThrow();
});

test('when a part cannot start, those that ran are ended and the reason is thrown', async () => {
  const first = await startServices(MODEL, await optionsFor(temporaryFolder()));
  const data = temporaryFolder();
  const issuerPort = Number(new URL(first.issuer).port);
  await expect(startServices(MODEL, { ...(await optionsFor(data)), issuerPort })).rejects.toThrow(/port \d+ is in use/);
  // The tables are free again, so the second try gets them.
  const second = await startServices(MODEL, await optionsFor(data));
  await second.close();
  await first.close();
});
