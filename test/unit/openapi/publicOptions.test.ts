import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import {
  type Api,
  defineApi,
  defineRoles,
  get,
  mergePatchOf,
  object,
  patch,
  post,
  Webhook,
} from '../../../lib/definition/index.ts';
import { publicOpenApi } from '../../../lib/openapi/index.ts';
import { type Tree, validate } from './support.ts';

const Note = object({ id: Type.Integer(), text: Type.Optional(Type.String({ maxLength: 99 })) }, { title: 'Note' });
const Text = object({ text: Type.String({ maxLength: 99 }) }, { title: 'Text' });
const write = { permission: 'note:write' } as const;
const made = { 204: { description: 'Done' } };
const dates = { since: '2026-01-01', sunset: '2027-01-01', link: 'https://example.com/moved' };

const api = defineApi(
  {
    name: 'notes',
    version: '1.0.0',
    description: 'Notes of companies.',
    roles: defineRoles({ clerk: { can: ['note:read', 'note:write'] } }, { reviewed: '2026-11-01' }),
    tiers: { free: { rate: 1, burst: 2, quota: { requests: 1_000, per: 'DAY' } } },
    scopes: { 'notes.write': 'Change notes' },
    claims: { tenant: Type.String({ maxLength: 64, pattern: '^[a-z0-9-]+$' }) },
    problems: {
      closed: { status: 409, title: 'The note is closed', description: 'Open it first.' },
      'not-yours': { status: 403, title: 'The note is of somebody else' },
      busy: { status: 503, title: 'The archive is busy' },
    },
    routes: {
      read: get('/tenants/{tenantId}/notes', {
        permission: 'note:read',
        where: { 'path.tenantId': 'claims.tenant' },
        path: object({ tenantId: Type.String({ maxLength: 64, pattern: '^[a-z0-9-]+$' }) }),
        cookies: object({ view: Type.Optional(Type.Enum(['list', 'table'])) }),
        responses: {
          200: { description: 'The note', body: Note },
          304: { description: 'It has not changed' },
        },
        deprecated: dates,
      }),
      change: patch('/notes', {
        ...write,
        scopes: ['notes.write'],
        body: mergePatchOf(Note),
        bodyType: 'application/merge-patch+json',
        responses: made,
        problems: [404, 'closed', 'not-yours', 'busy'],
      }),
      add: post('/notes', { ...write, body: Text, idempotency: { required: true }, responses: made }),
      touch: post('/touched', { ...write, idempotency: true, responses: made }),
      form: post('/forms', {
        ...write,
        body: Text,
        bodyType: ['application/json', 'application/x-www-form-urlencoded'],
        bodyRequired: false,
        responses: { 303: { description: 'See the note', cookies: { seen: { description: 'What was seen.' } } } },
      }),
      file: get('/file', { ...write, responses: { 200: { description: 'All', contentType: 'application/pdf' } } }),
      csv: get('/csv', { ...write, responses: { 200: { description: 'All', contentType: 'text/csv' } } }),
      paid: post('/paid', { webhook: Webhook.stripe('stripe'), body: Text, responses: made }),
      pushed: post('/pushed', { webhook: Webhook.github('github', { rememberDays: 1 }), responses: made }),
      sent: post('/sent', { webhook: Webhook.standard('standard'), responses: made }),
    },
  },
  { today: new Date('2026-11-10') },
) as unknown as Api;
const document = publicOpenApi(api) as unknown as Tree;
const operation = (path: string, method: string) => document['paths']?.[path]?.[method];
const parameters = (path: string, method: string) => (operation(path, method)?.['parameters'] ?? []) as readonly Tree[];
const responses = (path: string, method: string) => operation(path, method)?.['responses'];

describe('what a route declares is in the public document', () => {
  it('which is valid, and says that HEAD is possible', async () => {
    expect(await validate(document)).toEqual({ valid: true });
    expect(String(document['info']?.['description'])).toMatch(/^Notes of companies\.\n[\s\S]*\n\n`HEAD` is possible/);
  });

  it('rules on claims, and cookies of requests', () => {
    expect(operation('/tenants/{tenantId}/notes', 'get')?.['description']).toContain(
      '`tenantId` must be the claim `tenant` of the caller, spelled the same.',
    );
    expect(parameters('/tenants/{tenantId}/notes', 'get')).toContainEqual(
      expect.objectContaining({ name: 'view', in: 'cookie', required: false }),
    );
  });

  it('headers of the end of a route with each declared response', () => {
    for (const status of ['200', '304']) {
      expect(responses('/tenants/{tenantId}/notes', 'get')?.[status]?.['headers']).toMatchObject({
        Deprecation: { example: '@1767225600' },
        Sunset: { example: 'Fri, 01 Jan 2027 00:00:00 GMT' },
        Link: { example: expect.stringContaining('rel="sunset"') },
      });
    }
    expect(responses('/tenants/{tenantId}/notes', 'get')?.['304']?.['headers']).toHaveProperty('ETag');
  });

  it('merge patches, whose members can be missing or null', () => {
    const content = operation('/notes', 'patch')?.['requestBody']?.['content'];
    const name = String(content?.['application/merge-patch+json']?.['schema']?.['$ref']).split('/').at(-1) ?? '';
    const patched = document['components']?.['schemas']?.[name];
    expect(patched).not.toHaveProperty('required');
    expect(JSON.stringify(patched?.['properties']?.['text'])).toContain('"null"');
  });

  it('own problems beside those of the checks', () => {
    const of = (status: string) => String(responses('/notes', 'patch')?.[status]?.['description']);
    expect(of('409')).toContain('- `closed`: Open it first.');
    expect(of('403')).toMatch(/^The caller has no permission[\s\S]*\n\n- `not-yours`: The note is of somebody else$/);
    expect(of('503')).toContain('- `busy`');
    expect(responses('/notes', 'patch')?.['503']?.['headers']).toHaveProperty('Retry-After');
  });

  it('the challenge of a missing scope', () => {
    expect(responses('/notes', 'patch')?.['403']?.['headers']).toHaveProperty('WWW-Authenticate');
    expect(document['components']?.['responses']?.['Forbidden']?.['headers']).toHaveProperty('WWW-Authenticate');
    const { change: _, ...routes } = api.routes;
    const without = publicOpenApi({ ...api, routes }) as unknown as Tree;
    expect(without['components']?.['responses']?.['Forbidden']).not.toHaveProperty('headers');
  });

  it.each([
    ['/notes', true],
    ['/touched', false],
  ])('keys of repeated requests (%s)', (path, required) => {
    expect(parameters(path, 'post')).toContainEqual(
      expect.objectContaining({ name: 'idempotency-key', in: 'header', required }),
    );
    expect(responses(path, 'post')?.['204']?.['headers']).toHaveProperty('Idempotency-Replayed');
    expect(responses(path, 'post')).toHaveProperty('503');
    expect(responses(path, 'post')?.['409']).toMatchObject({
      description: expect.stringMatching(/`idempotency-in-progress`.*\n.*`idempotency-response-unavailable`/),
      headers: { 'Retry-After': {} },
    });
    expect(responses(path, 'post')?.['422']?.['description']).toContain('`idempotency-key-reused`');
  });

  it('forms, optional bodies, redirects and cookies of responses', () => {
    expect(operation('/forms', 'post')?.['requestBody']).toMatchObject({
      required: false,
      content: { 'application/json': {}, 'application/x-www-form-urlencoded': {} },
    });
    expect(responses('/forms', 'post')?.['303']).toEqual({
      description: 'See the note',
      headers: {
        'Set-Cookie': { description: '`seen`: What was seen.', schema: { type: 'string' } },
        Location: { description: 'Where to go on.', schema: { type: 'string' } },
      },
    });
  });

  it('text and bytes', () => {
    expect(responses('/csv', 'get')?.['200']?.['content']).toEqual({ 'text/csv': { schema: { type: 'string' } } });
    expect(responses('/file', 'get')?.['200']?.['content']).toEqual({ 'application/pdf': {} });
  });

  it('webhooks with their sender, signature and signed headers', () => {
    const schemes = document['components']?.['securitySchemes'];
    const headerOf = (path: string) => {
      const [requirement = {}] = (operation(path, 'post')?.['security'] ?? []) as readonly object[];
      return schemes?.[Object.keys(requirement)[0] ?? '']?.['name'];
    };
    expect(['/paid', '/pushed', '/sent'].map(headerOf)).toEqual([
      'stripe-signature',
      'x-hub-signature-256',
      'webhook-signature',
    ]);
    expect(parameters('/sent', 'post').map(({ name }) => name)).toEqual(['webhook-id', 'webhook-timestamp']);
    expect(operation('/pushed', 'post')?.['description']).toContain(
      'GitHub signed. A message that was handled in the last day gets',
    );
  });
});
