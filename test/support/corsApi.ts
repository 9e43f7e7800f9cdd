/** An API that pages of other origins call: with one origin, and with several, in one stack. */
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Type } from 'typebox';
import { type CorsProps, Identity, SecureApi } from '../../lib/construct/index.ts';
import { defineApi, defineRoles, del, get, object, put } from '../../lib/definition/index.ts';
import { temporaryFolder } from './folders.ts';

const ISSUER = 'https://login.example.com';
const quota = { requests: 1_000_000, per: 'DAY' } as const;
const exact = { requests: 10_000, perSeconds: 60, by: 'client', onUnavailable: 'reject' } as const;
const byId = object({ id: Type.String({ minLength: 1, maxLength: 36 }) });
const Note = object({ text: Type.String({ maxLength: 200 }) });
const etag = { ETag: 'Version of the note.' };

export const notes = defineApi({
  name: 'notes',
  version: '1.0.0',
  roles: defineRoles(
    { reader: { can: ['note:read'] }, writer: { extends: ['reader'], can: ['note:write'] } },
    { reviewed: '2026-11-01', reviewEveryDays: 366 },
  ),
  tiers: {
    wide: { rate: 10_000, burst: 5_000, quota, exact },
    narrow: { rate: 1, burst: 1, quota },
  },
  input: { maxBodyBytes: 4_096 },
  routes: {
    getNote: get('/notes/{id}', {
      permission: 'note:read',
      path: byId,
      responses: { 200: { description: 'The note', body: Note, headers: etag } },
    }),
    putNote: put('/notes/{id}', {
      permission: 'note:write',
      path: byId,
      headers: object({ 'if-match': Type.Optional(Type.String({ maxLength: 40 })) }),
      body: Note,
      responses: { 200: { description: 'The note', body: Note, headers: { ...etag, Vary: 'What it depends on.' } } },
    }),
    deleteNote: del('/notes/{id}', {
      permission: 'note:write',
      path: byId,
      responses: { 204: { description: 'It is gone' } },
    }),
    failNote: get('/failures/{id}', {
      permission: 'note:read',
      path: byId,
      responses: { 200: { description: 'Never', body: Note } },
      timeoutSeconds: 3,
    }),
    health: get('/health', { public: 'monitors call it', responses: { 200: { description: 'Up' } } }),
  },
});

/** Its handlers. */
export const notesHandlers = join(import.meta.dirname, 'corsHandlers');
/** Its identity: the local gateway replaces the issuer. */
export const notesIdentity = Identity.oidc({ issuer: ISSUER, audience: 'notes', jwksUri: `${ISSUER}/jwks` });

/** The folder of an assembly with the API once for each policy, in this order. */
export function corsAssembly(policies: readonly CorsProps[]): string {
  const outdir = temporaryFolder();
  const app = new App({ outdir });
  const stack = new Stack(app, 'Cors');
  for (const [i, cors] of policies.entries()) {
    new SecureApi(stack, `Api${i}`, {
      definition: notes,
      handlers: notesHandlers,
      identity: notesIdentity,
      cors,
    });
  }
  app.synth();
  return outdir;
}
