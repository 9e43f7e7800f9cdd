import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import { formatValue, type UncheckedApi } from './check.ts';

/** Shorter than this is not a reason that a reviewer could judge. */
const SHORTEST_REASON = 8;
const OPEN = ['public', 'authenticated'] as const;
const EXPECTED = 'exactly one of permission (or scopes, or both), public, authenticated';

/** Every route says who may call it, once, with a permission that someone has or a reason that someone can judge. */
export function checkAccess(api: UncheckedApi): readonly Fault[] {
  const granted = new Set(Object.values(api.roles?.byName ?? {}).flatMap((role) => role.can ?? []));
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const options: Partial<RouteInput> = route.options ?? {};
    const needed = (['permission', 'scopes'] as const).filter((kind) => options[kind] !== undefined).join(' with ');
    const kinds = [needed, ...OPEN.filter((kind) => options[kind] !== undefined)].filter((kind) => kind !== '');
    return [
      ...countFaults(`routes.${id}`, kinds),
      ...permissionFaults(`routes.${id}.permission`, options.permission, granted),
      ...OPEN.flatMap((kind) => reasonFaults(`routes.${id}.${kind}`, options[kind])),
    ];
  });
}

function countFaults(location: string, kinds: readonly string[]): readonly Fault[] {
  if (kinds.length === 1) return [];
  if (kinds.length > 1) {
    return [
      {
        code: 'route-access-ambiguous',
        location,
        found: kinds.join(' and '),
        expected: EXPECTED,
        fix: 'Keep the strictest one.',
      },
    ];
  }
  return [
    {
      code: 'route-without-access',
      location,
      found: 'no permission and no reason to be open',
      expected: EXPECTED,
      fix: 'Give the permission that callers need, or say why the route is public: "liveness probe".',
    },
  ];
}

function permissionFaults(location: string, permission: unknown, granted: ReadonlySet<string>): readonly Fault[] {
  if (permission === undefined || granted.has(String(permission))) return [];
  return [
    {
      code: 'permission-not-granted',
      location,
      found: formatValue(permission),
      expected: `a permission that some role grants: ${[...granted].sort().join(', ')}`,
      fix: 'Mend the spelling, or grant the permission to a role: as it is, nobody could ever call the route.',
    },
  ];
}

function reasonFaults(location: string, reason: unknown): readonly Fault[] {
  if (reason === undefined || (typeof reason === 'string' && reason.trim().length >= SHORTEST_REASON)) return [];
  return [
    {
      code: 'access-reason-missing',
      location,
      found: formatValue(reason),
      expected: `a reason of at least ${SHORTEST_REASON} characters`,
      fix: 'Write why no permission is needed; the access matrix shows it to reviewers.',
    },
  ];
}
