import type { AccessPolicy } from '../definition/projected.ts';
import type { AccessChange } from './accessChange.ts';
import { gainWords, lossWords, type RoutePair, routeWords } from './diffWords.ts';
import { namesOf } from './names.ts';
import { compareReach, type Principal, type Reach, reachOf } from './reach.ts';

type PolicyRoute = AccessPolicy['routes'][number];

/** What of a route became more or less for some principals, all alike. */
interface Shift {
  readonly principals: readonly Principal[];
  readonly before: Reach | undefined;
  readonly after: Reach | undefined;
}

/** For each method and path: who may call it now and could not before, and the other way round. */
export function routeChanges(before: AccessPolicy, after: AccessPolicy): readonly AccessChange[] {
  const roles = [...new Set([...Object.keys(before.roles), ...Object.keys(after.roles)])];
  const principals: readonly Principal[] = [
    { kind: 'anyone' },
    { kind: 'caller' },
    ...roles.map((role) => ({ kind: 'role', role }) as const),
  ];
  return pairsOf(before, after).flatMap((pair) => {
    const shifts = shiftsOf(pair, principals, { before, after });
    return [...shifts.flatMap((shift) => sentencesOf(pair, shift)), ...exceptionChanges(pair)];
  });
}

/**
 * Routes are told apart by method and path, whatever they are called and whatever their parameters are called. Where a path
 * is gone, `/documents/{id}` may answer for `/documents/search`; that gives nobody a route that he had not.
 */
function pairsOf(before: AccessPolicy, after: AccessPolicy): readonly RoutePair[] {
  const old = new Map(before.routes.map((route) => [locationOf(route), route]));
  const now = new Map(after.routes.map((route) => [locationOf(route), route]));
  return [...new Set([...old.keys(), ...now.keys()])].map((location) => ({
    before: old.get(location),
    after: now.get(location),
  }));
}

function locationOf({ method, path }: PolicyRoute): string {
  return `${method} ${path.replaceAll(/\{[^}]*\}/g, '{}')}`;
}

/** What changed for whom; a change that holds for every caller is not told again for each role. */
function shiftsOf(
  pair: RoutePair,
  principals: readonly Principal[],
  policies: { readonly before: AccessPolicy; readonly after: AccessPolicy },
): readonly Shift[] {
  const shifts = new Map<string, Shift>();
  for (const principal of principals) {
    const before = reachOf(policies.before, principal, pair.before);
    const after = reachOf(policies.after, principal, pair.after);
    const { more, less } = compareReach(before, after);
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
  const { more, less } = compareReach(before, after);
  const who = whoWords(principals);
  const roles = principals.flatMap((principal) => (principal.kind === 'role' ? [principal.role] : []));
  const about = { route: (pair.after ?? pair.before)?.id ?? '', ...(roles.length === 0 ? {} : { roles }) };
  return [
    ...(more ? [{ effect: 'widens' as const, sentence: gainWords(who, pair, { before, after }), ...about }] : []),
    ...(less ? [{ effect: 'narrows' as const, sentence: lossWords(who, pair, { before, after }), ...about }] : []),
  ];
}

/** Another exception from an ownership rule: who has it need not be who has the route's permission. */
function exceptionChanges({ before, after }: RoutePair): readonly AccessChange[] {
  const [old, now] = [before?.ownership, after?.ownership];
  if (after === undefined || old === undefined || now?.unless === undefined || old.unless === now.unless) return [];
  const sentence = `Who has ${now.unless} may call ${routeWords(after)} for what others own.`;
  return [{ effect: 'widens', sentence, route: after.id }];
}

function whoWords(principals: readonly Principal[]): string {
  const [first] = principals;
  if (first?.kind === 'anyone') return 'Anyone, without a token,';
  if (first?.kind === 'caller') return 'Any caller with a valid token';
  return namesOf(principals.flatMap((principal) => (principal.kind === 'role' ? [principal.role] : [])));
}
