import type { AccessPolicy } from '../definition/bundledTypes.ts';
import { type AccessChange, type Effect, missingFrom } from './accessChange.ts';
import { joinNames } from './describe.ts';

/** What roles gain and lose. Permissions that no route needs count too: handlers can check them. */
export function roleChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  return unionOf(Object.keys(before.roles), Object.keys(after.roles)).flatMap((role) => {
    const old = before.roles[role];
    const now = after.roles[role];
    const gained = missingFrom(old ?? [], now ?? []);
    const lost = missingFrom(now ?? [], old ?? []);
    const change = (effect: Effect, sentence: string): AccessChange => ({ effect, sentence, roles: [role] });
    if (old === undefined) {
      const effect = gained.length === 0 ? 'neither' : 'widens';
      return [change(effect, `There is a new role ${role} with ${namePermissions(gained)}.`)];
    }
    if (now === undefined)
      return [change('narrows', `The role ${role} is gone, and with it ${namePermissions(lost)}.`)];
    return [
      ...(gained.length === 0 ? [] : [change('widens', `${role} gains ${namePermissions(gained)}.`)]),
      ...(lost.length === 0 ? [] : [change('narrows', `${role} loses ${namePermissions(lost)}.`)]),
    ];
  });
}

/** Changes of the rules for all roles: exclusions, the default role, scopes. */
export function ruleChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  return [...exclusionChanges(before, after), ...defaultChanges(before, after), ...scopeChanges(before, after)];
}

function exclusionChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  const keyOf = (pair: readonly [string, string]) => [...pair].sort().join(' and ');
  const old = before.exclusive.map(keyOf);
  const now = after.exclusive.map(keyOf);
  const exists = (pair: string) => pair.split(' and ').some((role) => Object.hasOwn(after.roles, role));
  return [
    ...missingFrom(now, old)
      .filter(exists)
      .map((pair) => ({
        effect: 'widens' as const,
        sentence: `${pair} no longer exclude each other: a caller with both roles no longer loses both.`,
        roles: pair.split(' and '),
      })),
    ...missingFrom(old, now).map((pair) => ({
      effect: 'narrows' as const,
      sentence: `${pair} exclude each other: a caller with both roles has neither.`,
      roles: pair.split(' and '),
    })),
  ];
}

function defaultChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  if (before.defaultRole === after.defaultRole) return [];
  const permissionsOf = ({ roles, defaultRole }: AccessPolicy) =>
    defaultRole === undefined ? [] : (roles[defaultRole] ?? []);
  const gained = missingFrom(permissionsOf(before), permissionsOf(after));
  const effect = gained.length > 0 ? 'widens' : 'narrows';
  const sentence =
    after.defaultRole === undefined
      ? `Callers no longer have the default role ${before.defaultRole}.`
      : `Every caller with a valid token has the role ${after.defaultRole}${instead(before.defaultRole)}: ${namePermissions(permissionsOf(after))}.`;
  return [{ effect, sentence }];
}

function instead(role: string | undefined): string {
  return role === undefined ? '' : ` instead of ${role}`;
}

/** A scope grants nothing by itself; its effect shows in the routes that need it. */
function scopeChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  return [
    ...missingFrom(before.scopes, after.scopes).map((scope) => `There is a new scope ${scope}.`),
    ...missingFrom(after.scopes, before.scopes).map((scope) => `The scope ${scope} is gone.`),
  ].map((sentence) => ({ effect: 'neither' as const, sentence }));
}

function namePermissions(permissions: readonly string[]): string {
  if (permissions.length === 0) return 'no permission';
  return `the ${permissions.length === 1 ? 'permission' : 'permissions'} ${joinNames(permissions)}`;
}

function unionOf(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])];
}
