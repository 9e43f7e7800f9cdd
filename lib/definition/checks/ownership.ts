import { ownershipOf } from '../access.ts';
import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import { formatValue, oneOf, type UncheckedApi } from './check.ts';

const FIELD = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;

/** Ownership rules: a valid field, an exception that some role has, and a route with a verified caller. */
export function checkOwnership(api: UncheckedApi): readonly Fault[] {
  const granted = new Set(Object.values(api.roles?.byName ?? {}).flatMap((role) => role.can ?? []));
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const options: Partial<RouteInput> = route.options ?? {};
    if (options.ownership === undefined) return [];
    const location = `routes.${id}.ownership`;
    return [
      ...formFaults(location, options.ownership),
      ...exceptionFaults(`${location}.unless`, options.ownership, granted),
      ...callerFaults(location, options),
    ];
  });
}

function formFaults(location: string, ownership: unknown): readonly Fault[] {
  const isRule = typeof ownership === 'string' || (typeof ownership === 'object' && ownership !== null);
  const rule = isRule ? ownershipOf(ownership as NonNullable<RouteInput['ownership']>) : undefined;
  if (typeof rule?.field === 'string' && FIELD.test(rule.field)) return [];
  return [
    {
      code: 'ownership-invalid',
      location,
      found: formatValue(ownership),
      expected: 'the name of a field, or { field, unless } with a permission',
      fix: "Name the field that holds the owner's caller.id, such as 'createdBy'.",
    },
  ];
}

function exceptionFaults(location: string, ownership: unknown, granted: ReadonlySet<string>): readonly Fault[] {
  const unless = (ownership as { readonly unless?: unknown } | null)?.unless;
  if (unless === undefined || (typeof unless === 'string' && granted.has(unless))) return [];
  return [
    {
      code: 'permission-not-granted',
      location,
      found: formatValue(unless),
      expected: oneOf([...granted].sort(), 'a permission that some role grants, and no role grants any'),
      fix: 'Fix the spelling, or grant the permission to a role. Without it, nobody has the exception.',
    },
  ];
}

function callerFaults(location: string, { public: open }: Partial<RouteInput>): readonly Fault[] {
  if (open === undefined) return [];
  return [
    {
      code: 'ownership-invalid',
      location,
      found: 'a rule on a public route',
      expected: 'a route with a verified caller',
      fix: 'Require a permission, or give the reason why any valid token is enough ("authenticated").',
    },
  ];
}
