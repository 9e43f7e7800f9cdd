import type { Access } from '../definition/access.ts';
import type { ClaimRule, Where } from '../definition/claims.ts';
import type { Grant } from './grants.ts';
import type { MatrixRow } from './matrix.ts';

/** `a`, `a and b`, `a, b and c`. */
export function joinNames(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** Untrusted text as JSON, with the control characters escaped that JSON leaves: it cannot control a terminal. */
export function quoted(value: unknown): string {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return (JSON.stringify(value) ?? '').replaceAll(/[\u007f-\u009f\u2028-\u202e]/g, escaped);
}

/** What a route needs: permission, scopes, ownership, claims. */
export function describeRequirement({
  access,
  ownership,
  where,
}: Pick<MatrixRow, 'access' | 'ownership' | 'where'>): string {
  const own = ownership === undefined ? [] : [`own (${ownership.field})`];
  const except = ownership?.unless === undefined ? '' : ` unless ${ownership.unless}`;
  const only = where === undefined ? '' : `, only where ${describeWhere(where)}`;
  return `${[...requirementsOf(access), ...own].join(', ')}${except}${only}`;
}

/** `path.tenantId = claims.tenant`. */
export function describeWhere(where: Where): string {
  return joinNames(Object.entries(where).map(([parameter, claim]) => `path.${parameter} = claims.${claim}`));
}

/** What the value of a claim is: `string, at most 64 characters, ^[a-z]+$`. */
export function describeRule({ type, values, min, max, patterns = [] }: ClaimRule): string {
  if (values !== undefined) return `one of ${values.join(', ')}`;
  const unit = type === 'string' ? ' characters' : '';
  const bounds = [
    ...(min === undefined ? [] : [`at least ${min}${unit}`]),
    ...(max === undefined ? [] : [`at most ${max}${unit}`]),
  ];
  return [type, ...bounds, ...patterns].join(', ');
}

/** Why a role has a permission: `editor`, `admin → manager → editor`, or `clerk by the default role member`. */
export function describeGrant(role: string, { path, byDefault }: Grant): string {
  return byDefault === true ? `${role} by the default role ${path.join(' → ')}` : path.join(' → ');
}

function requirementsOf(access: Access): readonly string[] {
  if (access.kind === 'public') return ['nothing (public)'];
  if (access.kind === 'authenticated') return ['any valid token'];
  if (access.kind === 'webhook') return [`a signature (${access.webhook.scheme}: ${access.webhook.secret})`];
  const scopes = (access.scopes ?? []).map((scope) => `scope ${scope}`);
  return access.kind === 'permission' ? [access.permission, ...scopes] : scopes;
}
