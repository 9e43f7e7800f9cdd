import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rotateOriginSecret } from '../../../lambdas/originSecret/rotateOriginSecret.ts';
import { type OriginServices, originServices } from './support.ts';

const MONTH_MS = 30 * 86_400_000;
let services: OriginServices;
beforeEach(async () => {
  services = await originServices();
});
afterEach(() => services.close());

const run = (event: unknown = {}) => rotateOriginSecret(services.environment, 1)(event);
const isAccepted = () => services.patterns.includes(`^${services.value}$`);

describe('the secret between a distribution and its API', () => {
  it('is made by the first run: the web ACL accepts it before the distribution sends it', async () => {
    await expect(run()).resolves.toBe('created');
    expect(services.value).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(services.patterns).toEqual([`^${services.value}$`]);
    const writes = services.requests.map(({ name }) => name).filter((name) => /Update|put/.test(name));
    expect(writes).toEqual(['UpdateRegexPatternSet', 'put']);
  });

  it('stays as it is until it is a month old', async () => {
    await run();
    const { value, patterns } = services;
    services.changed = Date.now() - MONTH_MS + 60_000;
    await expect(run()).resolves.toBe('idle');
    expect([services.value, services.patterns]).toEqual([value, patterns]);
  });

  it('is rotated then: the web ACL accepts the old value until the next rotation', async () => {
    await run();
    const first = services.value;
    services.changed -= MONTH_MS;
    await expect(run()).resolves.toBe('rotated');
    const second = services.value;
    expect(second).not.toBe(first);
    expect(services.patterns).toEqual([`^${second}$`, `^${first}$`]);
    services.changed -= MONTH_MS;
    await run();
    expect(services.patterns).toEqual([`^${services.value}$`, `^${second}$`]);
  });

  it('is rotated before that when a person asks for it, but not while the last rotation still spreads', async () => {
    await run();
    await expect(run({ rotate: true })).resolves.toBe('idle');
    services.changed -= 600_001;
    await expect(run({ rotate: true })).resolves.toBe('rotated');
    expect(isAccepted()).toBe(true);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'is accepted after a run that failed after %i requests, and rotated by the next one',
    async (left) => {
      await run();
      services.changed -= MONTH_MS;
      services.left = left;
      const isDone = await run().then(
        () => true,
        () => false,
      );
      expect([isDone, isAccepted()]).toEqual([false, true]);
      services.left = Number.POSITIVE_INFINITY;
      await run();
      expect([isAccepted(), services.patterns.length]).toEqual([true, 2]);
    },
  );

  it('is accepted again after somebody has changed the web ACL', async () => {
    await run();
    services.patterns = ['^\\x00$'];
    await expect(run()).resolves.toBe('repaired');
    expect(isAccepted()).toBe(true);
  });

  it('is accepted where two runs overlap: the slower one accepts what the faster one has written', async () => {
    await run();
    services.changed -= MONTH_MS;
    services.before = (name) => {
      if (name !== 'put') return;
      [services.value, services.changed] = ['a'.repeat(48), Date.now()];
      services.version += 1;
      services.before = () => undefined;
    };
    await expect(run()).rejects.toThrow('412');
    expect(isAccepted()).toBe(true);
  });

  it.each(['UpdateRegexPatternSet', 'put'])(
    'is accepted at every step of two runs of which the second begins before the %s of the first, as EventBridge delivers twice',
    async (step) => {
      await run();
      services.changed -= MONTH_MS;
      const accepted: boolean[] = [];
      let second: Promise<unknown> | undefined;
      services.before = (name) => {
        accepted.push(isAccepted());
        if (name === step && second === undefined) second = run().catch((error: unknown) => error);
      };
      await run().catch((error: unknown) => error);
      await second;
      expect(second).toBeDefined();
      expect(accepted.length).toBeGreaterThan(8);
      expect([...accepted, isAccepted()]).not.toContain(false);
    },
  );

  it('is in no error and no log of a failed run', async () => {
    await run();
    services.changed -= MONTH_MS;
    services.left = 5;
    const error = await run().catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/KeyValueStore returned 400/);
    for (const pattern of services.patterns) expect(String(error)).not.toContain(pattern.slice(1, -1));
  });

  it('is signed for the region of the API in WAF, and for all regions in the store', async () => {
    await run();
    const authorizationOf = (name: string) =>
      services.requests.find((one) => one.name === name)?.request.headers.authorization;
    expect(authorizationOf('UpdateRegexPatternSet')).toContain('/eu-west-1/wafv2/aws4_request');
    expect(authorizationOf('put')).toMatch(
      /^AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/cloudfront-keyvaluestore\/aws4_request/,
    );
  });
});

describe('the custom resource of the first value', () => {
  const responses: unknown[] = [];
  const server = createServer(async (request, response) => {
    responses.push(JSON.parse(await text(request)));
    response.end();
  });
  beforeEach(async () => {
    responses.length = 0;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));
  const event = (RequestType: string) => ({
    RequestType,
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'Secret',
    PhysicalResourceId: 'origin-secret',
    ResourceProperties: {},
  });

  it('makes the first value, and never rotates', async () => {
    await run(event('Create'));
    const { value } = services;
    expect([isAccepted(), value?.length]).toEqual([true, 48]);
    services.changed -= MONTH_MS;
    await run(event('Update'));
    expect(services.value).toBe(value);
    expect(responses).toMatchObject([
      { Status: 'SUCCESS', PhysicalResourceId: 'origin-secret' },
      { Status: 'SUCCESS' },
    ]);
    expect(JSON.stringify(responses)).not.toContain(value);
  });

  it('fails the deployment where it cannot write, and changes nothing when it is deleted', async () => {
    services.left = 0;
    await run(event('Create'));
    await run(event('Delete'));
    expect(responses).toMatchObject([
      { Status: 'FAILED', Reason: 'the KeyValueStore returned 400 for its description' },
      { Status: 'SUCCESS' },
    ]);
    expect(services.requests).toHaveLength(1);
  });
});
