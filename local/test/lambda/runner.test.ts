import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { folderOf } from '../../../test/support/folders.ts';
import { type RunningFunction, runFunction } from '../support/lambda.ts';
import { testTls } from '../support/services.ts';

const open: RunningFunction[] = [];
const start = (...args: Parameters<typeof runFunction>): RunningFunction => {
  const made = runFunction(...args);
  open.push(made);
  return made;
};
afterEach(() => Promise.all(open.splice(0).map((made) => made.close())));

describe('a function that returns', () => {
  it('receives the event and a context, and returns its result', async () => {
    const fn = start(`export const handler = async (event, context) => ({
      event, id: context.awsRequestId, name: context.functionName, arn: context.invokedFunctionArn,
      memory: context.memoryLimitInMB, group: context.logGroupName, left: context.getRemainingTimeInMillis() })`);
    const result = await fn.invoke({ path: '/x', gone: undefined }, 'id-7');
    expect(result).toMatchObject({
      kind: 'ok',
      payload: { event: { path: '/x' }, id: 'id-7', name: 'sample', memory: '128' },
    });
    const { arn, group, left } = (result as { payload: Record<string, unknown> }).payload;
    expect([arn, group]).toEqual(['arn:aws:lambda:eu-west-1:000000000000:function:sample', '/aws/lambda/sample']);
    expect(left).toBeGreaterThan(4_000);
    expect(left).toBeLessThanOrEqual(5_000);
  });

  it('needs no library that strips types once its runtime is compiled', async () => {
    const source = 'export const handler = async () => process.memoryUsage().external';
    const first = start(source);
    await first.invoke();
    await first.close();
    const { payload } = (await start(source).invoke()) as { payload: number };
    // With the library it is more than 10 MB.
    expect(payload).toBeLessThan(8_000_000);
  });

  it('stays warm and handles one event at a time', async () => {
    const fn = start(
      `let count = 0, busy = 0, most = 0;
       export const handler = async () => {
         most = Math.max(most, ++busy); await new Promise((done) => setTimeout(done, 5)); busy--;
         return { count: ++count, most };
       }`,
      { reservedConcurrency: 1 },
    );
    for (const count of [1, 2, 3]) expect(await fn.invoke()).toEqual({ kind: 'ok', payload: { count, most: 1 } });
  });

  it('rejects undeclared responses whatever the template says, and sets the mode only where the template has it', async () => {
    const source = 'export const handler = async () => process.env.SECURE_API_RESPONSES ?? null';
    const asks = { environment: { SECURE_API_RESPONSES: 'report' } };
    expect(await start(source, asks).invoke()).toEqual({ kind: 'ok', payload: 'enforce' });
    expect(await start(source).invoke()).toEqual({ kind: 'ok', payload: null });
  });

  it('returns null when the handler returns nothing', async () => {
    expect(await start('export const handler = async () => {}').invoke()).toEqual({ kind: 'ok', payload: null });
  });

  it('starts more instances for long events, and throttles beyond the reserved concurrency', async () => {
    const source = `import { threadId } from 'node:worker_threads';
      export const handler = async () => { await new Promise((done) => setTimeout(done, 2_000)); return threadId; }`;
    const fn = start(source, { reservedConcurrency: 3 });
    const results = await Promise.all([1, 2, 3, 4].map(() => fn.invoke()));
    expect(results[3]).toEqual({ kind: 'throttled' });
    expect(new Set(results.slice(0, 3).map((result) => (result as { payload: number }).payload)).size).toBeGreaterThan(
      1,
    );
    expect(fn.metric('Throttles')).toEqual({ sum: 1, count: 4 });
    expect(fn.metric('Invocations').sum).toBe(3);
    expect(fn.metric('ConcurrentExecutions')).toEqual({ sum: 1 + 2 + 3, count: 3 });
  });

  it('is found by a versioned ARN, and an unknown function is an error', async () => {
    const { createLambdaRunner } = await import('../../lambda/runner.ts');
    const runner = createLambdaRunner([], { environment: {}, caPem: '', onLog: () => {}, metric: () => {} });
    const result = await runner.invoke('arn:aws:lambda:eu-west-1:1:function:none:live', {}, 'id');
    expect(result).toMatchObject({ kind: 'error', errorType: 'ResourceNotFoundException' });
  });

  it('counts invocations, errors and time', async () => {
    const fn = start('export const handler = async ({ fail }) => { if (fail) throw new RangeError("no") }');
    await fn.invoke({});
    await fn.invoke({ fail: true });
    expect(fn.metric('Invocations')).toEqual({ sum: 2, count: 2 });
    expect(fn.metric('Errors')).toEqual({ sum: 1, count: 2 });
    expect(fn.metric('Duration').sum).toBeGreaterThan(0);
  });
});

describe('the code of a function', () => {
  const invokeOnce = async (files: Readonly<Record<string, string>>, handler = 'index.handler', parent?: string) =>
    start({ asset: folderOf(files, parent) }, { handler }).invoke();

  it.each([
    ['an ES module', { 'index.mjs': 'export const handler = async () => 1' }, 'index.handler'],
    [
      'a CommonJS module',
      { 'index.js': 'exports.handler = async () => require("./other").one', 'other.js': 'exports.one = 1' },
      'index.handler',
    ],
    ['a .cjs file', { 'index.cjs': 'exports.handler = async () => 1' }, 'index.handler'],
    [
      '.js under a package of type module',
      { 'index.js': 'export const handler = () => 1', 'package.json': '{"type":"module"}' },
      'index.handler',
    ],
    ['a nested file and export', { 'src/app.mjs': 'export const api = { get: async () => 1 }' }, 'src/app.api.get'],
  ])('may be %s', async (_, files, handler) => {
    expect(await invokeOnce(files, handler)).toEqual({ kind: 'ok', payload: 1 });
  });

  it('is read as on Lambda when a package of type module lies around the assembly', async () => {
    const project = folderOf({ 'package.json': '{"type":"module"}' });
    const files = {
      'index.js': 'const { one } = require("./other.js"); exports.handler = async () => one',
      'other.js': 'exports.one = 1',
    };
    expect(await invokeOnce(files, 'index.handler', project)).toEqual({ kind: 'ok', payload: 1 });
  });

  it.each([
    ['the file is missing', {}, 'index.handler', 'Runtime.ImportModuleError'],
    ['the export is missing', { 'index.mjs': '' }, 'index.handler', 'Runtime.HandlerNotFound'],
    ['the handler has no export', { 'index.mjs': '' }, 'index', 'Runtime.MalformedHandlerName'],
    [
      'it wants a callback',
      { 'index.mjs': 'export const handler = (a, b, done) => done()' },
      'index.handler',
      'Runtime.CallbackHandlerDeprecated',
    ],
    ['it throws while loading', { 'index.mjs': 'throw new EvalError("no")' }, 'index.handler', 'EvalError'],
  ])('fails the event when %s', async (_, files, handler, errorType) => {
    expect(await invokeOnce(files, handler)).toMatchObject({ kind: 'error', errorType });
  });

  it('does not run in another language', async () => {
    const fn = start('', { runtime: 'python3.13' });
    expect(await fn.invoke()).toMatchObject({ kind: 'error', errorType: 'Runtime.InvalidRuntime' });
  });
});

describe('the environment of a function', () => {
  it('are its own variables and those of Lambda, never those of the parent', async () => {
    process.env['PARENT_SECRET'] = 'hidden';
    const fn = start(
      'export const handler = async () => ({ ...process.env })',
      { environment: { TABLE_NAME: 't', _HANDLER: 'x' } },
      {
        environment: { AWS_ENDPOINT_URL_DYNAMODB: 'https://localhost:1' },
      },
    );
    const { payload } = (await fn.invoke()) as { payload: Record<string, string> };
    expect(payload).toMatchObject({
      TABLE_NAME: 't',
      AWS_ENDPOINT_URL_DYNAMODB: 'https://localhost:1',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'sample',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      _HANDLER: 'index.handler',
    });
    expect(payload).not.toHaveProperty('PARENT_SECRET');
    delete process.env['PARENT_SECRET'];
  });

  it('have a folder of compiled modules only where the function names one', async () => {
    const source = 'export const handler = async () => process.env.NODE_COMPILE_CACHE ?? null';
    expect(process.env['NODE_COMPILE_CACHE']).toBeDefined();
    expect(await start(source).invoke()).toEqual({ kind: 'ok', payload: null });
    const own = { NODE_COMPILE_CACHE: folderOf({}) };
    expect(await start(source, { environment: own }).invoke()).toEqual({
      kind: 'ok',
      payload: own.NODE_COMPILE_CACHE,
    });
  });

  it('take NODE_OPTIONS that a thread cannot have without failing', async () => {
    const environment = { NODE_OPTIONS: '--icu-data-dir=/nowhere' };
    const fn = start('export const handler = async () => 1', { environment });
    expect(await fn.invoke()).toEqual({ kind: 'ok', payload: 1 });
    expect(fn.lines[0]).toContain('NODE_OPTIONS is not emulated locally');
  });

  it('trust the local CA', async () => {
    const { cert, key, caPem } = await testTls();
    const server = createServer({ key, cert }, (_, response) => response.end('hello'));
    await new Promise<void>((done) => server.listen(0, 'localhost', done));
    const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
    const source = 'export const handler = async ({ url }) => (await fetch(url)).text()';
    const trusting = start(source, {}, { caPem });
    expect(await trusting.invoke({ url })).toEqual({ kind: 'ok', payload: 'hello' });
    expect(await start(source).invoke({ url })).toMatchObject({ kind: 'error', errorType: 'TypeError' });
    server.close();
  });
});
