import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Identity, SecureApi, type SecureApiProps, SharedDomain } from '../../lib/construct/index.ts';
import type { Api } from '../../lib/definition/index.ts';
import { notesIdentity } from '../support/corsApi.ts';
import { root, temporaryFolder, writeFiles } from '../support/folders.ts';
import { cli, startGateway } from '../support/gateway.ts';
import { writeHandlers } from '../support/generated.ts';

const run = promisify(execFile);
const DEFINITION = `
import { Type } from '${fileURLToPath(import.meta.resolve('typebox'))}';
import { defineApi, defineRoles, get, object } from '${join(root, 'lib/definition/index.ts')}';
export const notes = defineApi({
  name: 'notes',
  version: '1.0.0',
  roles: defineRoles({ reader: { can: ['note:read'] }, auditor: { can: ['note:audit'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { wide: { rate: 100, burst: 50, quota: { requests: 1_000_000, per: 'DAY' } } },
  routes: {
    listNotes: get('/notes', {
      permission: 'note:read',
      responses: { 200: { description: 'The notes', body: object({ name: Type.String({ maxLength: 20 }) }) } },
    }),
    auditNotes: get('/audit', {
      permission: 'note:audit',
      responses: { 200: { description: 'The notes', body: object({ name: Type.String({ maxLength: 20 }) }) } },
    }),
    health: get('/health', { public: 'monitors call it', responses: { 200: { description: 'Up' } } }),
  },
});
`;
const mtls = { trustStore: '', revocation: true };
let project: string;
let assembly: string;

beforeAll(async () => {
  [project, assembly] = [temporaryFolder(), temporaryFolder()];
  writeFiles(project, {
    'definition.ts': DEFINITION,
    'package.json': '{ "type": "module", "secure-api": { "definition": "definition.ts" } }',
  });
  const { notes: definition } = (await import(join(project, 'definition.ts'))) as { notes: Api };
  const handlers = temporaryFolder();
  writeHandlers(definition, handlers);
  const props = { definition, handlers, identity: notesIdentity };
  const dir = join(project, 'partner-ca');
  expect(await cli(['certs', 'ca', '--dir', dir])).toMatchObject({ code: 0 });
  const app = new App({ outdir: assembly, analyticsReporting: false });
  const stackOf = (id: string) => new Stack(app, id, { env: { account: '111111111111', region: 'eu-central-1' } });
  const zoneOf = (stack: Stack) =>
    HostedZone.fromHostedZoneAttributes(stack, 'Zone', { hostedZoneId: 'Z0123', zoneName: 'example.com' });
  const api = (id: string, more: Partial<SecureApiProps>) => {
    const stack = stackOf(id);
    const domain = { name: `${id.toLowerCase()}.example.com`, zone: zoneOf(stack) };
    new SecureApi(stack, 'Api', { ...props, domain, ...more });
  };
  const trusted = { ...mtls, trustStore: join(dir, 'ca.pem') };
  const client = { from: 'uri', names: { 'spiffe://acme.example/robot': 'acme' } } as const;
  api('Plain', { domain: undefined });
  api('Named', {});
  api('Mutual', { tls: 'legacy-1.2', mtls: { ...trusted, client } });
  api('Registered', { tls: 'legacy-1.2', mtls: { ...trusted, client: { from: 'commonName' } }, clients: true });
  const mapped = (host: string, role: string) =>
    Identity.oidc({
      issuer: `https://${host}.example.com`,
      jwksUri: `https://${host}.example.com/keys`,
      audience: 'notes',
      roles: { claim: 'groups', map: { 'Some group': role } },
    });
  api('Mapped', { domain: undefined, identity: [mapped('one', 'auditor'), mapped('two', 'reader')] });
  api('Edge', { edge: 'cloudfront' });
  api('MutualEdge', { edge: 'cloudfront', mtls: trusted });
  api('OptionalEdge', { edge: 'cloudfront', mtls: { ...trusted, mode: 'optional' } });
  const versions = stackOf('Versions');
  const shared = new SharedDomain(versions, 'Domain', { name: 'api.example.com', zone: zoneOf(versions) });
  new SecureApi(versions, 'Current', { ...props, domain: { shared, basePath: 'v' } });
  const header = { name: 'x-api-version', value: '2' };
  new SecureApi(versions, 'Next', { ...props, domain: { shared, basePath: 'v', header } });
  app.synth();
});

describe('the commands of the start screen get a 2xx as they stand', () => {
  it.each([
    ['without a domain', 'Plain'],
    ['where the first of two issuers gives a role that not every route accepts', 'Mapped'],
    ['with a domain', 'Named'],
    ['with mutual TLS and a map of names', 'Mutual'],
    ['with mutual TLS and registered clients', 'Registered'],
    ['behind CloudFront', 'Edge'],
    ['behind CloudFront with mutual TLS', 'MutualEdge'],
    ['behind CloudFront with optional certificates', 'OptionalEdge'],
    ['with two versions on one name', 'Versions', 2],
  ])('%s', async (_, stack, requests = 1) => {
    const gateway = await startGateway({ assembly, cwd: project, args: ['--stack', stack] });
    onTestFinished(async () => void (await gateway.stop()));
    const printed = gateway.output().match(/^ {2}(?:CERT=|TOKEN=|npx|curl| {2}(?:--|-H|https:)).*$/gm) ?? [];
    const npx = `npx() { shift; '${process.execPath}' '${join(root, 'bin/secure-api.js')}' "$@"; }`;
    const env = { ...process.env, PATH: process.env['PATH'] };
    const { stdout } = await run('bash', ['-ec', [npx, ...printed].join('\n')], { cwd: project, env });
    const statuses = [...stdout.matchAll(/HTTP\/[\d.]+ (\d+)/g)].map(([, status]) => status);
    expect(statuses, printed.join('\n')).toEqual(Array.from({ length: requests }, () => '200'));
    if (requests > 1) {
      const lines = () => gateway.output().match(/^\d\d:\d\d:\d\d .*GET \/notes 200.*$/gm) ?? [];
      const apis = () => lines().map((line) => /^\S+ Versions-(Current|Next)/.exec(line)?.[1]);
      await vi.waitFor(() => expect(apis()).toEqual(['Current', 'Next']));
    }
  });
});
