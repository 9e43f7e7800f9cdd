import { copyFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { access, definitionOf } from '../../../support/accessCli.ts';
import { folderOf } from '../../../support/folders.ts';
import { sampleAssembly } from '../../../support/sampleAssembly.ts';

const API = ['--definition', 'api.mjs'];

describe('access diff against what is deployed', () => {
  let assembly: string;
  let narrower: string;

  /** The template of the sample's stack, maybe with another access. */
  const template = (change: (access: { roles: Record<string, string[]> }) => void = () => {}) => {
    const read = JSON.parse(readFileSync(join(assembly, 'Documents.template.json'), 'utf8'));
    const resources = Object.values(read.Resources) as { Metadata?: { 'secure-api'?: { access?: never } } }[];
    const policy = resources.find(({ Metadata }) => Metadata?.['secure-api']?.access)?.Metadata?.['secure-api']?.access;
    if (policy === undefined) throw new Error('the template has no access policy');
    change(policy);
    return JSON.stringify(read);
  };
  beforeAll(async () => {
    assembly = await sampleAssembly();
    narrower = template((policy) => {
      policy.roles['manager'] = [];
    });
  });
  const gains = 'manager gains the permissions document:create, document:publish';

  it('reads an assembly', async () => {
    for (const more of [[], ['--stack', 'Documents']]) {
      const { code, stdout } = await access(['diff', assembly, ...more]);
      expect([code, stdout]).toEqual([0, expect.stringContaining('Nobody gains or loses access')]);
    }
    expect(await access(['diff', assembly, '--stack', 'Other'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('option-invalid'),
    });
    const changed = folderOf({ 'Documents.template.json': narrower });
    copyFileSync(join(assembly, 'manifest.json'), join(changed, 'manifest.json'));
    expect(await access(['diff', changed])).toMatchObject({ code: 3, stdout: expect.stringContaining(gains) });
  });

  it('reads a template file, and rejects that of another API', async () => {
    const folder = folderOf({ 'deployed.json': narrower, 'api.mjs': definitionOf() });
    const file = join(folder, 'deployed.json');
    expect(await access(['diff', file])).toMatchObject({ code: 3, stdout: expect.stringContaining(gains) });
    expect(await access(['diff', file, ...API], { cwd: folder })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('found the access of documents; expected that of notes'),
    });
  });

  it('reads the template of a stack by the CloudFormation API', async () => {
    const requests: string[] = [];
    const escaped = narrower.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        requests.push(body);
        const known = new URLSearchParams(body).get('StackName') === 'Documents';
        const responseBody = known
          ? `<GetTemplateResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><GetTemplateResult><TemplateBody>${escaped}</TemplateBody></GetTemplateResult></GetTemplateResponse>`
          : '<ErrorResponse><Error><Code>ValidationError</Code><Message>Stack with id Other does not exist</Message></Error></ErrorResponse>';
        response.writeHead(known ? 200 : 400, { 'content-type': 'text/xml' }).end(responseBody);
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const env = {
      AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret-of-the-test',
    };
    const found = await access(['diff', '--stack', 'Documents', '--region', 'eu-west-1'], { env });
    const missing = await access(['diff', '--stack', 'Other', '--region', 'eu-west-1', '--json'], { env });
    server.close();
    expect(found).toMatchObject({ code: 3, stderr: '' });
    expect(found.stdout).toContain('documents: access compared with the deployed stack Documents');
    expect(found.stdout).toContain(gains);
    expect(Object.fromEntries(new URLSearchParams(requests[0]))).toMatchObject({
      Action: 'GetTemplate',
      StackName: 'Documents',
    });
    expect([missing.code, missing.stdout]).toEqual([1, '']);
    expect(JSON.parse(missing.stderr)).toMatchObject({ error: { message: 'Stack with id Other does not exist' } });
  });
});
