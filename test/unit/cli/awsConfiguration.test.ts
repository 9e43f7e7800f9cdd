import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root, temporaryFolder } from '../../support/folders.ts';

/** Runs a command on a machine without any configuration of AWS. */
function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<[number, string]> {
  const env = { PATH: process.env['PATH'], HOME: temporaryFolder(), AWS_EC2_METADATA_DISABLED: 'true', ...environment };
  return new Promise((done) => {
    execFile(process.execPath, [join(root, 'bin/secure-api.js'), ...args], { cwd: root, env }, (error, _, stderr) => {
      done([Number(error?.code ?? 0), stderr]);
    });
  });
}

describe.each([
  [['login', '--stack', 'Notes', '--no-browser']],
  [['users', 'list', '--stack', 'Notes']],
  [['clients', 'list', '--api', 'notes']],
  [['clients', 'rotate-secret', '--api', 'notes']],
  [['certs', 'crl', '--publish', '--bucket', 'lists']],
])('secure-api %j without a configuration of AWS', (args) => {
  it('names the option for the region', async () => {
    expect(await run(args)).toEqual([2, expect.stringMatching(/option-missing at --region/)]);
  });

  it('says how to get credentials', async () => {
    const [code, stderr] = await run(args, { AWS_REGION: 'eu-west-1' });
    expect([code, stderr]).toEqual([2, expect.stringMatching(/credentials-unusable.*aws sso login/)]);
  });
});
