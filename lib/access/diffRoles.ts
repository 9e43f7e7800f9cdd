import type { AccessPolicy } from '../definition/projected.ts';
import { type AccessChange, type Effect, missingIn } from './accessChange.ts';
import { namesOf } from './names.ts';

/** What roles gain and lose. A permission counts although no route asks for it: handlers may ask for it themselves. */
export function roleChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  return unionOf(Object.keys(before.roles), Object.keys(after.roles)).flatMap((role) => {
    const old = before.roles[role];
    const now = after.roles[role];
    const gained = missingIn(old ?? [], now ?? []);
    const lost = missingIn(now ?? [], old ?? []);
    const change = (effect: Effect, sentence: string): AccessChange => ({ effect, sentence, roles: [role] });
    if (old === undefined) {
      const effect = gained.length === 0 ? 'neither' : 'widens';
      return [change(effect, `There is a new role ${role} with ${permissionWords(gained)}.`)];
    }
    if (now === undefined)
      return [change('narrows', `The role ${role} is gone, and with it ${permissionWords(lost)}.`)];
    return [
      ...(gained.length === 0 ? [] : [change('widens', `${role} gains ${permissionWords(gained)}.`)]),
      ...(lost.length === 0 ? [] : [change('narrows', `${role} loses ${permissionWords(lost)}.`)]),
    ];
  });
}

/** Changes of what holds for all roles: exclusions, the default role, scopes. */
export function ruleChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  return [...exclusionChanges(before, after), ...defaultChanges(before, after), ...scopeChanges(before, after)];
}

function exclusionChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  const keyOf = (pair: readonly [string, string]) => [...pair].sort().join(' and ');
  const old = before.exclusive.map(keyOf);
  const now = after.exclusive.map(keyOf);
  const exists = (pair: string) => pair.split(' and ').some((role) => Object.hasOwn(after.roles, role));
  return [
    ...missingIn(now, old)
      .filter(exists)
      .map((pair) => ({
        effect: 'widens' as const,
        sentence: `${pair} no longer exclude each other: who holds both no longer loses both.`,
        roles: pair.split(' and '),
      })),
    ...missingIn(old, now).map((pair) => ({
      effect: 'narrows' as const,
      sentence: `${pair} exclude each other: who holds both has neither.`,
      roles: pair.split(' and '),
    })),
  ];
}

function defaultChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  if (before.defaultRole === after.defaultRole) return [];
  const permissionsOf = ({ roles, defaultRole }: AccessPolicy) =>
    defaultRole === undefined ? [] : (roles[defaultRole] ?? []);
  const gained = missingIn(permissionsOf(before), permissionsOf(after));
  const effect = gained.length > 0 ? 'widens' : 'narrows';
  const sentence =
    after.defaultRole === undefined
      ? `Callers no longer have the default role ${before.defaultRole}.`
      : `Every caller with a valid token has the role ${after.defaultRole}${instead(before.defaultRole)}: ${permissionWords(permissionsOf(after))}.`;
  return [{ effect, sentence }];
}

function instead(role: string | undefined): string {
  return role === undefined ? '' : ` instead of ${role}`;
}

/** A scope gives nothing by itself; the routes that ask for it tell what becomes of it. */
function scopeChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  return [
    ...missingIn(before.scopes, after.scopes).map((scope) => `There is a new scope ${scope}.`),
    ...missingIn(after.scopes, before.scopes).map((scope) => `The scope ${scope} is gone.`),
  ].map((sentence) => ({ effect: 'neither' as const, sentence }));
}

function permissionWords(permissions: readonly string[]): string {
  if (permissions.length === 0) return 'no permission';
  return `the ${permissions.length === 1 ? 'permission' : 'permissions'} ${namesOf(permissions)}`;
}

function unionOf(one: readonly string[], other: readonly string[]): readonly string[] {
  return [...new Set([...one, ...other])];
}
