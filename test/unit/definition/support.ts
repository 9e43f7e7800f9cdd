import type { Fault } from '../../../lib/definition/fault.ts';
import { DefinitionError, defineApi, defineRoles, get, post, type RolesInput } from '../../../lib/definition/index.ts';
import { TODAY } from '../../support/ledger.ts';

export const ok = { responses: { 200: { description: 'Fine' } } } as const;
export const read = { permission: 'note:read', ...ok } as const;
export const can = ['note:read'];
export const roles = defineRoles(
  { reader: { can: ['note:read'] }, writer: { extends: ['reader'], can: ['note:write'] } },
  { reviewed: '2026-11-01', reviewEveryDays: 90 },
);
export const tiers = { free: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' } } } as const;

/** A valid definition. */
export const base = {
  name: 'notes',
  version: '1.0.0',
  roles,
  scopes: { 'notes.read': 'Read notes' },
  tiers,
  routes: { list: get('/notes', read) },
} as const;

/** The base with one route, `list`, of these options. */
export const withRoute = (options: object, path = '/notes') => ({
  routes: { list: post(path as '/x', { ...ok, ...options } as never) },
});

/** The base with these roles. */
export const withRoles = (byName: RolesInput, more: object = {}) => ({ roles: { ...roles, byName }, ...more });

/** The faults of the base with a change that the types would reject, as JavaScript could write it. */
export function faultsOf(change: Record<string, unknown>): readonly { code: string; location: string }[] {
  return wholeFaultsOf(change).map(({ code, location }) => ({ code, location }));
}

/** The faults with all that is said of them. */
export function wholeFaultsOf(change: Record<string, unknown>): readonly Fault[] {
  try {
    defineApi({ ...base, ...change } as unknown as Parameters<typeof defineApi>[0], { today: TODAY });
  } catch (error) {
    if (error instanceof DefinitionError) return error.faults;
    throw error;
  }
  return [];
}

/** The codes of {@link faultsOf}. */
export const codesOf = (change: Record<string, unknown>) => faultsOf(change).map((fault) => fault.code);

/** A string with a bound, as every schema of a request needs it. */
export const text = { type: 'string', maxLength: 9 } as const;

/** An object with the property `a`. */
export const withA = (a: object, more: object = {}) => ({
  type: 'object',
  properties: { a },
  additionalProperties: false,
  ...more,
});

/** The faults of a route with this body. */
export const bodyFaults = (body: object) => faultsOf(withRoute({ ...read, body }));
