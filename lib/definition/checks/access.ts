import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import { formatValue, oneOf, type UncheckedApi } from './check.ts';

/** A shorter reason is too little for a reviewer. */
const MIN_REASON_LENGTH = 8;
const OPEN = ['public', 'authenticated'] as const;
const EXPECTED = 'exactly one of permission (or scopes, or both), public, authenticated, webhook';
const WITHOUT_PERMISSION = [...OPEN, 'webhook'] as const;

/** Every route declares once who is allowed to call it: by a permission that some role grants, or with a reason. */
export function checkAccess(api: UncheckedApi): readonly Fault[] {
  const granted = new Set(Object.values(api.roles?.byName ?? {}).flatMap((role) => role.can ?? []));
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const options: Partial<RouteInput> = route.options ?? {};
    const needed = (['permission', 'scopes'] as const).filter((kind) => options[kind] !== undefined).join(' with ');
    const kinds = [needed, ...WITHOUT_PERMISSION.filter((kind) => options[kind] !== undefined)].filter(
      (kind) => kind !== '',
    );
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
      found: 'no permission, scopes, public, authenticated or webhook',
      expected: EXPECTED,
      fix: 'Name the permission that callers need, or give the reason why the route is public, such as "liveness probe".',
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
      expected: oneOf([...granted].sort(), 'a permission that some role grants, and no role grants any'),
      fix: 'Fix the spelling, or grant the permission to a role. Without it, nobody can call the route.',
    },
  ];
}

function reasonFaults(location: string, reason: unknown): readonly Fault[] {
  if (reason === undefined || (typeof reason === 'string' && reason.trim().length >= MIN_REASON_LENGTH)) return [];
  return [
    {
      code: 'access-reason-missing',
      location,
      found: formatValue(reason),
      expected: `a reason of at least ${MIN_REASON_LENGTH} characters`,
      fix: 'Write why no permission is needed. Reviewers read it in the access matrix.',
    },
  ];
}
