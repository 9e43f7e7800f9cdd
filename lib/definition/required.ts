import type { Access } from './api.ts';
import type { RequiredAccess } from './projected.ts';

/** What it takes to call a route, without the reason that only reviewers read. */
export function requiredAccess(access: Access): RequiredAccess {
  return access.kind === 'public' || access.kind === 'authenticated' ? { kind: access.kind } : access;
}
