import { type Api, type CallerOf, defineApi, get, type RouteIdOf } from '../../../lib/definition/index.ts';
import { notes, roles, tiers } from '../api.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Names are inferred, not widened to strings. */
export const routeIds: Same<
  RouteIdOf<typeof notes>,
  | 'health'
  | 'getNote'
  | 'addNote'
  | 'exportNotes'
  | 'addPhoto'
  | 'addPages'
  | 'importNotes'
  | 'importCounts'
  | 'downloadNotes'
  | 'changeNote'
  | 'removeNote'
> = true;
export const permissions: Same<Parameters<CallerOf<typeof notes>['can']>[0], 'note:read' | 'note:write'> = true;
export const tierNames: Same<typeof notes.defaultTier, 'free'> = true;
export const route = notes.routes.getNote.path;
export const scopeNames: Same<Parameters<CallerOf<typeof notes>['hasScope']>[0], 'notes.read' | 'notes.write'> = true;
export const defaultRoles: Same<typeof notes.defaultRole, 'reader' | 'writer' | 'auditor' | undefined> = true;

/** A definition without scopes has callers without scopes. */
const plain = defineApi({
  name: 'plain',
  version: '1.0.0',
  roles,
  tiers,
  routes: { list: get('/notes', { permission: 'note:read', responses: { 204: { description: 'None' } } }) },
});
export const noScopes: Same<Parameters<CallerOf<typeof plain>['hasScope']>[0], never> = true;
/** Projections take any definition. */
export const anyApis: readonly Api[] = [notes, plain];
