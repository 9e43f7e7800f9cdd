import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { DefinitionError, defineApi, defineRoles, get, object, post } from '../../lib/definition/index.ts';
import { flawsOf, misspellings, type Path, pathsIn, renamed, replaced, STRANGE_VALUES } from '../support/mistakes.ts';

const exact = { requests: 100, perSeconds: 60, by: 'client', onUnavailable: 'reject', lease: 2, delayMs: 100 } as const;
const input = {
  maxBodyBytes: 1_000,
  maxDepth: 5,
  maxKeys: 50,
  maxStringLength: 500,
  maxArrayItems: 50,
  maxHeaderBytes: 4_096,
  maxUrlBytes: 2_048,
  unicode: 'normalize',
} as const;
const responses = { 200: { description: 'Done', body: object({ ok: Type.Boolean() }), headers: { etag: 'Version' } } };
const review = {
  reviewed: '2026-11-01',
  reviewEveryDays: 90,
  reviewer: 'Ada',
  contentHash: `sha256:${'0'.repeat(64)}`,
};

/** A definition that uses every name that there is, as the types would check it. */
const complete = {
  name: 'notes',
  version: '1.0.0',
  title: 'Notes',
  description: 'Notes of users',
  roles: {
    reader: { can: ['note:read'] },
    writer: { extends: ['reader'], can: ['note:write'], exclusiveWith: ['auditor'] },
    auditor: { can: ['note:audit'] },
  },
  review,
  tiers: {
    free: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' }, exact },
    partner: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' }, exact: true, clients: ['acme'] },
  },
  defaultTier: 'free',
  anonymous: { rate: 1, burst: 1, perAddress: 100, exact: { requests: 10, perSeconds: 60, by: 'address' } },
  input,
  defaultRole: 'reader',
  scopes: { 'notes.read': 'Read notes' },
  routes: {
    addNote: post('/notes/{id}', {
      permission: 'note:write',
      scopes: ['notes.read'],
      ownership: { field: 'createdBy', unless: 'note:audit' },
      summary: 'Add',
      description: 'Adds a note',
      path: object({ id: Type.String({ maxLength: 9 }) }),
      query: object({ draft: Type.Boolean() }),
      headers: object({ 'x-trace': Type.String({ maxLength: 9 }) }),
      cookies: object({ theme: Type.String({ maxLength: 9 }) }),
      body: object({ text: Type.String({ maxLength: 9 }) }),
      bodyType: ['application/json', 'application/x-www-form-urlencoded'],
      bodyRequired: false,
      rawBody: true,
      idempotency: { required: true, expiresAfterSeconds: 3_600 },
      responses,
      problems: [404, 409],
      limits: { free: { rate: 1, burst: 2, exact } },
      flood: { requests: 10, perSeconds: 60 },
      deprecated: { since: '2026-01-01', sunset: '2027-01-01', link: 'https://example.com/moved' },
      isolate: true,
      timeoutSeconds: 5,
      memoryMb: 256,
      concurrency: 10,
      ...input,
    }),
    addPhoto: post('/photos', {
      authenticated: 'everybody has photos',
      upload: { field: 'photo', maxBytes: 1_000, maxFiles: 2, maxPixels: 1_000, types: { 'image/png': ['.png'] } },
      responses,
    }),
    health: get('/health', { public: 'liveness probe', responses }),
  },
  strict: false,
};

/** Defines the API and returns the error that it reports; any other error fails the test. */
function errorOf(definition: unknown): DefinitionError | undefined {
  const { roles, review, ...rest } = definition as Record<string, never>;
  const today = new Date('2026-11-10');
  try {
    defineApi({ ...(rest as object), roles: defineRoles(roles as never, review as never) } as never, { today });
    return undefined;
  } catch (error) {
    if (error instanceof DefinitionError) return error;
    throw error;
  }
}

const SCHEMAS = ['path', 'query', 'headers', 'cookies', 'body'];
const isSchema = (path: Path) => path[2] === 'options' && SCHEMAS.includes(String(path.at(-1)));
/** Objects whose names the user chooses. */
const isFree = (path: Path) =>
  ['roles', 'tiers', 'scopes', 'routes'].includes(path.join()) ||
  (path[2] === 'options' && ['responses', 'limits', 'headers'].includes(String(path.at(-1))));
const paths = pathsIn(complete, isSchema);
const isPart = (path: Path) => ['roles', 'review'].includes(path.join());

describe('a definition', () => {
  it('that uses every name is accepted', () => {
    expect(errorOf(complete)?.faults).toBeUndefined();
  });

  it('is rejected with each name of each object misspelt, and the error suggests the name', () => {
    const names = paths.filter(
      (path) => typeof path.at(-1) === 'string' && !isPart(path) && !isFree(path.slice(0, -1)),
    );
    const cases = names.flatMap((path) => misspellings(String(path.at(-1))).map((name) => [path, name] as const));
    const accepted = cases.filter(([path, name]) => {
      const faults = errorOf(renamed(complete, path, name))?.faults ?? [];
      const known = String(path.at(-1));
      return !faults.some(
        ({ location, fix }) => location.endsWith(name) && (fix.includes(known) || known.includes('/')),
      );
    });
    expect(accepted.map(([path, name]) => [...path, name].join('.'))).toEqual([]);
    expect(cases.length).toBeGreaterThan(400);
  });

  it('with each value replaced by each strange one is accepted, or rejected with a clear message', () => {
    const cases = [[], ...paths].flatMap((path) => STRANGE_VALUES.map((value) => [path, value] as const));
    const flaws = cases.flatMap(([path, value]) => {
      const where = `${path.join('.')} = ${String(typeof value)}`;
      try {
        const message = errorOf(path.length === 0 ? (value ?? {}) : replaced(complete, path, value))?.message ?? '';
        return flawsOf(message).map((flaw) => `${where}: ${flaw} in ${message}`);
      } catch (error) {
        return [`${where}: ${(error as Error).stack?.slice(0, 300)}`];
      }
    });
    expect(flaws).toEqual([]);
    expect(cases.length).toBeGreaterThan(2_000);
  });
});

describe('defineApi', () => {
  it.each([{ todays: new Date() }, { today: new Date('soon') }, { today: '2026-11-10' }, null])(
    'rejects %o as options',
    (options) => {
      const { roles: _, review: __, ...rest } = complete;
      const define = () => defineApi({ ...rest, roles: defineRoles({}, complete.review) } as never, options as never);
      expect(define).toThrow(/option-invalid at options/);
    },
  );

  it('rejects a definition whose roles are misspelt', () => {
    const { roles: _, review: __, ...rest } = complete;
    const roles = defineRoles(complete.roles as never, complete.review);
    const define = () => defineApi({ ...rest, rolse: roles } as never);
    expect(define).toThrow(/option-invalid at rolse: found "rolse"; expected one of name, .*\n +Write roles\./);
  });

  it.each([undefined, null, 5, 'notes', []])('rejects %s as a whole', (whole) => {
    expect(() => defineApi(whole as never)).toThrow(
      /option-invalid at defineApi\(\): found .*an object with name, version/,
    );
  });
});
