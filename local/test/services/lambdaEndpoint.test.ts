import { InvokeCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FunctionModel } from '../../assembly/model.ts';
import type { InvokeOptions, InvokeResult } from '../../contracts.ts';
import { startLambdaEndpoint } from '../../services/lambdaEndpoint.ts';
import { access, signedFetch } from '../support/services.ts';

const ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:rotate';
const fn: FunctionModel = {
  logicalId: 'Rotate',
  name: 'rotate',
  arn: ARN,
  assetPath: '/none',
  handler: 'index.handler',
  runtime: 'nodejs24.x',
  timeoutSeconds: 900,
  memoryMb: 256,
  environment: { SETTINGS: '{}' },
};
const events: unknown[] = [];
let result: InvokeResult = { kind: 'ok', payload: { done: true } };
/** What happens while the function runs. */
let during = async (_: () => boolean | undefined): Promise<void> => undefined;
const runner = {
  invoke: async (_: string, event: unknown, _id: string, { isAbandoned }: InvokeOptions = {}) => {
    events.push(event);
    await during(isAbandoned ?? (() => undefined));
    return result;
  },
  close: async () => undefined,
};

let endpoint: Awaited<ReturnType<typeof startLambdaEndpoint>>;
let client: LambdaClient;
beforeAll(async () => {
  endpoint = await startLambdaEndpoint(() => ({ functions: [fn], runner, end: () => undefined }), access);
  client = new LambdaClient({ endpoint: endpoint.url, ...access, maxAttempts: 1 });
});
afterAll(() => endpoint.close());

const invoke = (FunctionName: string, Payload?: string, InvocationType?: 'Event') =>
  client.send(new InvokeCommand({ FunctionName, Payload, InvocationType }));

describe('the local Lambda, by the SDK', () => {
  it('lists the functions of the stack with their environments', async () => {
    const found = [];
    for await (const { Functions = [] } of paginateListFunctions({ client }, {})) found.push(...Functions);
    expect(found).toMatchObject([
      { FunctionName: 'rotate', FunctionArn: ARN, Environment: { Variables: { SETTINGS: '{}' } } },
    ]);
  });

  it.each(['rotate', ARN])('invokes %s and returns its result', async (name) => {
    const { Payload, FunctionError } = await invoke(name, '{"start":true}');
    expect(JSON.parse(Payload?.transformToString() ?? '')).toEqual({ done: true });
    expect(FunctionError).toBeUndefined();
    expect(events.at(-1)).toEqual({ start: true });
  });

  it('knows whether the client still waits for the result', async () => {
    const seen: (boolean | undefined)[] = [];
    const aborted = new AbortController();
    const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
    during = async (isAbandoned) => {
      seen.push(isAbandoned());
      aborted.abort();
      while (isAbandoned() === false) await new Promise((done) => setTimeout(done, 5));
      seen.push(isAbandoned());
      end();
    };
    const sent = client.send(new InvokeCommand({ FunctionName: 'rotate' }), { abortSignal: aborted.signal });
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    await isOver;
    during = async () => undefined;
    expect(seen).toEqual([false, true]);
  });

  it('takes a missing payload as an empty event', async () => {
    await invoke('rotate');
    expect(events.at(-1)).toEqual({});
  });

  it.each<[InvokeResult, string]>([
    [{ kind: 'error', errorType: 'Error', message: 'no' }, '{"errorType":"Error","errorMessage":"no"}'],
    [{ kind: 'timeout' }, '{"errorType":"Sandbox.Timedout","errorMessage":"Task timed out"}'],
  ])('reports a failed function: %j', async (failed, payload) => {
    result = failed;
    const { Payload, FunctionError, StatusCode } = await invoke('rotate');
    expect([Payload?.transformToString(), FunctionError, StatusCode]).toEqual([payload, 'Unhandled', 200]);
  });

  it.each<[InvokeResult, string]>([
    [{ kind: 'throttled' }, 'TooManyRequestsException'],
    [{ kind: 'too-large' }, 'RequestTooLargeException'],
  ])('rejects what Lambda rejects: %j', async (failed, name) => {
    result = failed;
    await expect(invoke('rotate')).rejects.toMatchObject({ name });
  });

  it('rejects an unknown function, an event that is not JSON, and an asynchronous invocation', async () => {
    result = { kind: 'ok', payload: 1 };
    await expect(invoke('other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(invoke('rotate', '{')).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
    await expect(invoke('rotate', '{}', 'Event')).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  it.each(['/', '/2015-03-31/functions/rotate', '/2015-03-31/functions/%zz/invocations'])(
    'does not know %s',
    async (path) => {
      const { status } = await signedFetch(endpoint.url, { service: 'lambda', method: 'POST', path, body: '{}' });
      expect(status).toBe(404);
    },
  );

  it('rejects a request without a signature', async () => {
    expect((await fetch(`${endpoint.url}/2015-03-31/functions/`)).status).toBe(403);
  });
});
