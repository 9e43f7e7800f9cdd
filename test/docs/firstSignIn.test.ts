import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../support/folders.ts';
import { cli } from '../support/gateway.ts';
import { browserPath, freeCallbacks } from '../support/login.ts';
import { type Cloud, startCloud } from '../support/userPoolCloud.ts';

const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
const section = page.split('\n## ').find((part) => part.startsWith('First sign-in\n')) ?? '';
const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => block);
/** The address that the page shows in place of that of the reader's stack. */
const SHOWN = 'https://abcdefghij.execute-api.eu-central-1.amazonaws.com/live/';

describe('docs/deploy.md, followed word for word', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud(await freeCallbacks(1));
  });
  afterAll(() => cloud.close());

  /** Runs a block as a person does, whose `npx` and browser are those of this test. */
  async function follow(block: string): Promise<string> {
    const folder = temporaryFolder();
    const npx = `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, 'bin/secure-api.js')}" "$@"\n`;
    writeFileSync(join(folder, 'npx'), npx, { mode: 0o755 });
    const env = { ...process.env, ...cloud.env, PATH: `${folder}${delimiter}${browserPath().PATH}` };
    const script = block.replace(SHOWN, `${cloud.url}/live/`);
    const { stdout } = await promisify(execFile)('bash', ['-eu', '-c', script], { cwd: cloud.home, env });
    return stdout;
  }

  it('leads from a deployed stack to the first 200, and out again', async () => {
    const [add = '', login = '', call = '', logout = ''] = blocks;
    await follow(add);
    const [user] = cloud.pool.users.values();
    expect([user?.mails, [...(user?.groups ?? [])]]).toEqual([1, ['editor', 'tier:premium']]);
    expect(await follow(login)).toContain('npx secure-api token --stack Documents');
    expect(await follow(call)).toMatch(/^HTTP\/1\.1 200/);
    await follow(logout);
    expect(await follow(call)).toMatch(/^HTTP\/1\.1 401/);
  });

  it('manages users later, and selects an API', async () => {
    expect(blocks).toHaveLength(5);
    cloud.stacks.push({ name: 'Shop', region: 'eu-west-1', outputs: cloud.outputsOf('orders', 'Shop-Orders-1') });
    await cli(['users', 'add', 'bob@example.com', '--stack', 'Documents'], cloud.home, undefined, '', cloud.env);
    const output = await follow(blocks[4] ?? '');
    expect(output).toContain('bob@example.com');
    expect(output).toContain('Signed in to orders');
    expect([...cloud.pool.users.values()].map(({ email }) => email)).not.toContain('bob@example.com');
  });
});
