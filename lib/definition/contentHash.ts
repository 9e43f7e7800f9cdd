import { createHash } from 'node:crypto';
import type { Api, Route } from './api.ts';

/**
 * The hash of what a reviewer of the access matrix signs: roles with their inheritance, permissions and exclusions, the
 * default role, scopes, claims, and for each method and path who may call it, with the reasons of what is open. Names of routes,
 * limits, versions and the order of the definition do not count.
 *
 * @returns `sha256:` and 64 hexadecimal digits.
 */
export function contentHash(
  api: Pick<Api, 'name' | 'roles' | 'defaultRole' | 'scopes' | 'claimRules' | 'routes'>,
): string {
  const roles = Object.entries(api.roles.byName).map(([name, { can, extends: parents, exclusiveWith }]) => [
    name,
    sorted(can),
    sorted(parents ?? []),
    sorted(exclusiveWith ?? []),
  ]);
  const content = {
    api: api.name,
    roles: byFirst(roles),
    defaultRole: api.defaultRole ?? null,
    scopes: sorted(Object.keys(api.scopes)),
    // Left out where there are none, as in reviews from before there were claims.
    ...(Object.keys(api.claimRules).length === 0 ? {} : { claims: byFirst(Object.entries(api.claimRules)) }),
    routes: byFirst(Object.values(api.routes).map(routeContent)),
  };
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}

function routeContent({ method, path, access, ownership, where }: Route): readonly unknown[] {
  const { permission, scopes, reason } = access as { permission?: string; scopes?: readonly string[]; reason?: string };
  return [
    `${method} ${path}`,
    access.kind,
    permission ?? null,
    sorted(scopes ?? []),
    reason ?? webhookContent(access),
    ownership === undefined ? null : [ownership.field, ownership.unless ?? null],
    ...(where === undefined ? [] : [byFirst(Object.entries(where))]),
  ];
}

/** How a sender proves that a message is its own. */
function webhookContent(access: Route['access']): string | null {
  if (access.kind !== 'webhook') return null;
  const { scheme, secret, header, content } = access.webhook;
  return [scheme, secret, header, content].join(' ');
}

function sorted(strings: readonly string[]): readonly string[] {
  return [...strings].sort();
}

/** The names are different from each other, so the order has no ties. */
function byFirst(rows: readonly (readonly unknown[])[]): readonly (readonly unknown[])[] {
  return [...rows].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
