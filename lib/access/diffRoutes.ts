import type { AccessPolicy } from '../definition/bundledTypes.ts';
import type { AccessChange } from './accessChange.ts';
import { joinNames } from './describe.ts';
import { gainSentence, lossSentence, nameRoute, type RoutePair } from './diffSentences.ts';
import { comparePrincipalAccess, type Principal, type PrincipalAccess, principalAccess } from './principalAccess.ts';

type PolicyRoute = AccessPolicy['routes'][number];

/** The same change of access to a route, for one or more principals. */
interface Shift {
  readonly principals: readonly Principal[];
  readonly before: PrincipalAccess | undefined;
  readonly after: PrincipalAccess | undefined;
}

/** For each method and path: who is newly allowed to call it, and who no longer is. */
export function routeChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  const roles = [...new Set([...Object.keys(before.roles), ...Object.keys(after.roles)])];
  const principals: readonly Principal[] = [
    { kind: 'anyone' },
    ...sendersOf(before, after),
    { kind: 'caller' },
    ...roles.map((role) => ({ kind: 'role', role }) as const),
  ];
  return pairsOf(before, after).flatMap((pair) => {
    const shifts = shiftsOf(pair, principals, { before, after });
    return [...shifts.flatMap((shift) => sentencesOf(pair, shift)), ...exceptionChanges(pair)];
  });
}

/** One principal for each secret that senders of webhooks sign with. */
function sendersOf(...policies: readonly AccessPolicy[]): readonly Principal[] {
  const secrets = policies.flatMap(({ routes }) =>
    routes.flatMap(({ access }) => (access.kind === 'webhook' ? [access.secret] : [])),
  );
  return [...new Set(secrets)].map((secret) => ({ kind: 'sender', secret }));
}

/**
 * Identifies routes by method and path, whatever the names of routes and parameters. Where a path is gone, `/documents/{id}`
 * may match `/documents/search`; that gives nobody a new route.
 */
function pairsOf(before: AccessPolicy, after: AccessPolicy): readonly RoutePair[] {
  const old = new Map(before.routes.map((route) => [locationOf(route), route]));
  const now = new Map(after.routes.map((route) => [locationOf(route), route]));
  return [...new Set([...old.keys(), ...now.keys()])].map((location) => ({
    before: renamed(old.get(location), now.get(location)),
    after: now.get(location),
  }));
}

/** The route with the parameters named as in another one of its location: a comparison is of a position in the path. */
function renamed(route: PolicyRoute | undefined, other: PolicyRoute | undefined): PolicyRoute | undefined {
  if (route?.where === undefined || other === undefined) return route;
  const [names, others] = [parametersOf(route), parametersOf(other)];
  const nameOf = (name: string) => others[names.indexOf(name)] ?? name;
  const where = Object.entries(route.where).map(([name, claim]) => [nameOf(name), claim]);
  return { ...route, where: Object.fromEntries(where) };
}

function parametersOf({ path }: PolicyRoute): readonly string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
}

function locationOf({ method, path }: PolicyRoute): string {
  return `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`;
}

/** What changed for which principals; a change for every caller is not repeated for each role. */
function shiftsOf(
  pair: RoutePair,
  principals: readonly Principal[],
  policies: { readonly before: AccessPolicy; readonly after: AccessPolicy },
): readonly Shift[] {
  const shifts = new Map<string, Shift>();
  for (const principal of principals) {
    const before = principalAccess(policies.before, principal, pair.before);
    const after = principalAccess(policies.after, principal, pair.after);
    const { more, less } = comparePrincipalAccess(before, after);
    if (!more && !less) continue;
    const key = JSON.stringify([before ?? null, after ?? null]);
    const same = shifts.get(key);
    if (same === undefined) shifts.set(key, { principals: [principal], before, after });
    else if (same.principals[0]?.kind === 'role') {
      shifts.set(key, { ...same, principals: [...same.principals, principal] });
    }
  }
  return [...shifts.values()];
}

function sentencesOf(pair: RoutePair, { principals, before, after }: Shift): readonly AccessChange[] {
  const { more, less } = comparePrincipalAccess(before, after);
  const who = subjectOf(principals);
  const roles = principals.flatMap((principal) => (principal.kind === 'role' ? [principal.role] : []));
  const about = { route: (pair.after ?? pair.before)?.id ?? '', ...(roles.length === 0 ? {} : { roles }) };
  return [
    ...(more ? [{ effect: 'widens' as const, sentence: gainSentence(who, pair, { before, after }), ...about }] : []),
    ...(less ? [{ effect: 'narrows' as const, sentence: lossSentence(who, pair, { before, after }), ...about }] : []),
  ];
}

/** A new exception from an ownership rule: its permission may belong to other roles than the route's. */
function exceptionChanges({ before, after }: RoutePair): readonly AccessChange[] {
  const [old, now] = [before?.ownership, after?.ownership];
  if (after === undefined || old === undefined || now?.unless === undefined || old.unless === now.unless) return [];
  const sentence = `Callers with ${now.unless} can call ${nameRoute(after)} for what others own.`;
  return [{ effect: 'widens', sentence, route: after.id }];
}

function subjectOf(principals: readonly Principal[]): string {
  const [first] = principals;
  if (first?.kind === 'anyone') return 'Anyone, without a token,';
  if (first?.kind === 'sender') return `The sender that signs with ${first.secret}`;
  if (first?.kind === 'caller') return 'Any caller with a valid token';
  return joinNames(principals.flatMap((principal) => (principal.kind === 'role' ? [principal.role] : [])));
}
