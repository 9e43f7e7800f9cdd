import type { CallerOf, RouteIdOf } from '../../../lib/definition/index.ts';
import { notes } from '../api.ts';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Names are inferred, not widened to strings. */
export const routeIds: Same<
  RouteIdOf<typeof notes>,
  'health' | 'getNote' | 'addNote' | 'addPhoto' | 'addPages' | 'removeNote'
> = true;
export const permissions: Same<Parameters<CallerOf<typeof notes>['can']>[0], 'note:read' | 'note:write'> = true;
export const tierNames: Same<typeof notes.defaultTier, 'free'> = true;
export const route = notes.routes.getNote.path;
