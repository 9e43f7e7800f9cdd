import type { Fault } from '../fault.ts';
import type { RouteInput } from '../routes.ts';
import { isRecord, nearest, nearestClaim } from '../shape.ts';
import { formatValue, isOneOf, oneOf, type UncheckedApi } from './check.ts';

/** Rules of routes on path parameters: each compares a parameter of its path with a declared claim of a verified caller. */
export function checkWhere(api: UncheckedApi): readonly Fault[] {
  const claims = Object.keys(api.claims ?? {}).map((name) => `claims.${name}`);
  return Object.entries(api.routes ?? {}).flatMap(([id, route]) => {
    const options: Partial<RouteInput> = route.options ?? {};
    const { where } = options;
    if (where === undefined) return [];
    const location = `routes.${id}.where`;
    if (!isRecord(where) || Object.keys(where).length === 0) return [noRule(location, where)];
    const parameters = [...String(route.path).matchAll(/\{([^}]*)\}/g)].map(([, name]) => `path.${name}`);
    return [
      ...callerFaults(location, options),
      ...Object.entries(where).flatMap(([left, right]) => [
        ...(parameters.includes(left) ? [] : [unknownParameter(location, left, parameters)]),
        ...(isOneOf(claims, right) ? [] : [undeclared(`${location}.${left}`, right, claims)]),
      ]),
    ];
  });
}

function noRule(location: string, where: unknown): Fault {
  return {
    code: 'where-invalid',
    location,
    found: formatValue(where),
    expected: 'claims by path parameter',
    fix: "Compare a parameter with a claim, such as { 'path.tenantId': 'claims.tenant' }, or remove the option.",
  };
}

function unknownParameter(location: string, left: string, parameters: readonly string[]): Fault {
  const near = nearest(left, parameters) ?? parameters.find((one) => one === `path.${left}`);
  return {
    code: 'where-invalid',
    location: `${location}.${left}`,
    found: formatValue(left),
    expected: oneOf(parameters, 'a parameter of the path, which has none'),
    fix: near === undefined ? 'Name a parameter of the path of this route.' : `Write ${near}.`,
  };
}

function undeclared(location: string, found: unknown, claims: readonly string[]): Fault {
  const near = nearestClaim(found, claims);
  return {
    code: 'claim-undeclared',
    location,
    found: formatValue(found),
    expected: oneOf(claims, 'a claim of "claims", which declares none'),
    fix: `${near === undefined ? 'Fix the spelling' : `Write ${near}`}, or declare the claim with its schema under "claims".`,
  };
}

function callerFaults(location: string, { public: open }: Partial<RouteInput>): readonly Fault[] {
  if (open === undefined) return [];
  return [
    {
      code: 'where-invalid',
      location,
      found: 'a rule on a public route',
      expected: 'a route with a verified caller: without a token there is no claim',
      fix: 'Require a permission, or give the reason why any valid token is enough ("authenticated").',
    },
  ];
}
