import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../../support/gateway.ts';
import { startLogin } from '../../../support/login.ts';
import { arnOf, type Cloud, startCloud } from '../../../support/userPoolCloud.ts';

const CALLBACK = 'http://127.0.0.1:8400/callback';
let cloud: Cloud;

beforeEach(async () => {
  cloud = await startCloud([CALLBACK]);
});
afterEach(() => cloud.close());

const login = (...args: readonly string[]) =>
  cli(['login', '--no-browser', '--timeout', '1', ...args], cloud.home, undefined, '', cloud.env);

describe('the API of a deployed stack', () => {
  it.each<[what: string, args: readonly string[], message: string]>([
    ['no stack of this name', ['--stack', 'Other'], 'found no such stack in eu-central-1'],
    ['no stack in the region', ['--stack', 'Documents', '--region', 'us-east-1'], 'found no such stack in us-east-1'],
    ['another API', ['--stack', 'Documents', '--api', 'notes'], 'found documents (Documents-Api-1A2B3C4D)'],
  ])('is not found: %s', async (_, args, message) => {
    const { code, stderr } = await login(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(`api-not-deployed at --stack ${args[1]}: ${message}`);
  });

  it('is not found in a stack with other outputs, or whose deployment failed', async () => {
    cloud.stacks.push({ name: 'Web', status: 'ROLLBACK_COMPLETE', outputs: [['Url', 'https://web.example.com']] });
    expect((await login('--stack', 'Web')).stderr).toContain('a stack (ROLLBACK_COMPLETE) without outputs of an API');
  });

  it('is found by the ARN of its stack, which names the region', async () => {
    const stack = { name: 'Documents', region: 'us-west-2', outputs: cloud.stacks[0]?.outputs ?? [] };
    cloud.stacks.push(stack);
    const waiting = await startLogin(cloud, ['--stack', arnOf('Documents', undefined, 'us-west-2')]);
    waiting.process.kill();
    expect(waiting.url).toContain('/oauth2/authorize?');
  });

  it('is selected among several by the name of its definition or its own', async () => {
    const outputs = ['Orders-A-11111111', 'Orders-B-22222222'].flatMap((name) => cloud.outputsOf('orders', name));
    const [other] = cloud.stacks;
    cloud.stacks.push({ name: 'Shop', outputs: [['Url', 'https://x'], ...outputs, ...(other?.outputs ?? [])] });
    expect((await login('--stack', 'Shop')).stderr).toMatch(
      /option-missing at --api: found several APIs: orders \(Orders-A/,
    );
    expect((await login('--stack', 'Shop', '--api', 'orders')).stderr).toContain(
      'Select one: --api Orders-A-11111111.',
    );
    for (const api of ['Orders-B-22222222', 'documents']) {
      expect((await login('--stack', 'Shop', '--api', api)).stderr).toContain('no redirect within 1 seconds');
    }
  });

  it.each<[what: string, changes: Parameters<Cloud['outputsOf']>[2], message: string]>([
    ['no user pool', { issuer: undefined, clientId: undefined }, 'found no user pool'],
    ['no sign-in page', { signInUrl: undefined }, 'found a user pool without a sign-in page'],
    ['a sign-in page without TLS', { signInUrl: 'http://login.example.com' }, 'found a sign-in page that is not https'],
    ['a page that only looks like the loopback', { signInUrl: 'http://localhost.example.com' }, 'that is not https'],
    ['no callback on the loopback', { callbackUrls: undefined }, 'found callbackUrls without one on the loopback'],
    [
      'callbacks elsewhere',
      { callbackUrls: 'https://app.example.com/callback' },
      'callbackUrls without one on the loopback',
    ],
  ])('cannot be signed in to: %s', async (_, changes, message) => {
    cloud.stacks.push({ name: 'Notes', outputs: cloud.outputsOf('notes', 'Notes-Api-1', changes) });
    const { code, stderr } = await login('--stack', 'Notes');
    expect(code).toBe(2);
    expect(stderr).toContain('sign-in-missing at notes of the stack Notes');
    expect(stderr).toContain(message);
  });
});
