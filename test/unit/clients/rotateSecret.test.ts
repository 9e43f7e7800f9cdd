import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openRotation, refusal } from '../../../lib/clients/index.ts';
import type { InvokeResult } from '../../../local/contracts.ts';
import { keyRegistry } from '../../../local/services/apigateway/keyRegistry.ts';
import { startControlPlane } from '../../../local/services/apigateway/start.ts';
import { createUsageRecords } from '../../../local/services/apigateway/usageRecords.ts';
import { startLambdaEndpoint } from '../../../local/services/lambdaEndpoint.ts';
import { aStack } from '../../../local/test/support/gateway.ts';
import { access } from '../../../local/test/support/services.ts';
import { temporaryFolder } from '../../support/folders.ts';

const plan = (id: string, api: string, secret: string) => ({
  id,
  name: id,
  stages: [{ restApiId: api, stage: 'live', methods: {} }],
  tags: { 'secure-api:api': api, 'secure-api:tier': 'free', 'secure-api:keysSecret': secret },
});
const model = aStack({ usagePlans: [plan('p1', 'notes', 'arn:notes'), plan('p2', 'other', 'arn:other')] });
const functionOf = (name: string, environment: Readonly<Record<string, string>>) => ({
  logicalId: name,
  name,
  arn: `arn:aws:lambda:eu-west-1:123456789012:function:${name}`,
  assetPath: '/none',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  timeoutSeconds: 900,
  memoryMb: 256,
  environment,
});
const functions = [
  functionOf('authorizer', { SECURE_API_KEYS_SECRET: 'arn:notes' }),
  functionOf('rotation', { SECURE_API_KEYS_SECRET: 'arn:notes', SECURE_API_ROTATION: '{}' }),
];

const closing: (() => Promise<void>)[] = [];
const invoked: [string, unknown][] = [];
let result: InvokeResult = { kind: 'ok', payload: { phase: 'idle', lastChange: '' } };
beforeAll(async () => {
  const keys = keyRegistry(temporaryFolder(), model);
  const clock = { now: Date.now, speed: 1 };
  const plane = await startControlPlane({ model, keys, usageRecords: createUsageRecords(), clock }, access);
  const invoke = async (arn: string, event: unknown) => {
    invoked.push([arn, event]);
    return result;
  };
  const runner = { invoke, close: async () => undefined };
  const lambda = await startLambdaEndpoint(() => ({ functions, runner, end: () => undefined }), access);
  closing.push(plane.close, lambda.close);
  const environment = {
    AWS_ENDPOINT_URL_API_GATEWAY: plane.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_REGION: 'eu-west-1',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const close of closing) await close();
});

describe('the rotation of the secret of a deployed API', () => {
  it('is run by the function that has the secret of its usage plans', async () => {
    const rotation = await openRotation({ api: 'notes', local: true });
    expect(await rotation.run({ start: true })).toEqual({ phase: 'idle', lastChange: '' });
    expect(invoked).toEqual([[expect.stringMatching(/:rotation$/), { start: true, seconds: 20 }]]);
  });

  it('is an error where no function does it', async () => {
    await expect(openRotation({ api: 'other', local: true })).rejects.toThrow(/^rotation-not-deployed at other/);
  });

  it('is an error that names the function when it fails', async () => {
    result = { kind: 'error', errorType: 'Error', message: 'hidden' };
    const rotation = await openRotation({ api: 'notes', local: true });
    const failed = rotation.run({});
    await expect(failed).rejects.toThrow(/rotation failed: see its log/);
    await expect(failed).rejects.not.toThrow(/hidden/);
  });

  it.each([
    [{ phase: 'too-soon', until: '2026-11-29T00:00:00.000Z' } as const, /^rotation-too-soon.*after 2026-11-29/],
    [{ phase: 'no-room', keys: 9_990, needed: 20, limit: 10_000 } as const, /^keys-exhausted.*9990 API keys.*20 more/],
  ])('explains why it did not start: %j', (progress, message) => {
    expect(refusal(progress)?.message).toMatch(message);
  });

  it('has no reason for one that goes on', () => {
    expect(refusal({ phase: 'preparing', prepared: 1, total: 2 })).toBeUndefined();
  });
});
