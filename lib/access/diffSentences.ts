import type { AccessPolicy } from '../definition/bundledTypes.ts';
import { missingFrom } from './accessChange.ts';
import { describeWhere, joinNames } from './describe.ts';
import { comparisonsOf, type PrincipalAccess } from './principalAccess.ts';

type PolicyRoute = AccessPolicy['routes'][number];

/** The route of a method and path in each policy; undefined where it has none. */
export interface RoutePair {
  readonly before: PolicyRoute | undefined;
  readonly after: PolicyRoute | undefined;
}

/** A value before and after a change. */
interface Both<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** `deleteDocument (DELETE /documents/{id})`. */
export function nameRoute({ id, method, path }: PolicyRoute): string {
  return `${id} (${method} ${path})`;
}

/** What a principal is newly allowed to do. */
export function gainSentence(who: string, routes: RoutePair, { before, after }: Both<PrincipalAccess>): string {
  const route = routeName(routes);
  if (before === undefined || after === undefined) return `${who} can now call ${route}${conditionsOf(after)}.`;
  const dropped = missingFrom(after.scopes, before.scopes);
  const parts = [
    ...(dropped.length === 0 ? [] : [`without the ${nameScopes(dropped)}`]),
    ...comparisonsDropped(before, after).map((comparison) => `also where ${comparison} does not hold`),
    ...(before.onlyOwn === undefined || after.onlyOwn?.field === before.onlyOwn.field ? [] : [ownershipOf(after)]),
  ];
  return `${who} can now call ${route} ${parts.join(' and ')}.`;
}

/** What a principal is no longer allowed to do. */
export function lossSentence(who: string, routes: RoutePair, { before, after }: Both<PrincipalAccess>): string {
  if (routes.after === undefined && routes.before !== undefined) {
    return `${nameRoute(routes.before)} is gone: ${lowered(who)} can no longer call it.`;
  }
  const route = routeName(routes);
  if (before === undefined || after === undefined) return `${who} can no longer call ${route}.`;
  const added = missingFrom(before.scopes, after.scopes);
  const parts = [
    ...(added.length === 0 ? [] : [`with the ${nameScopes(added)}`]),
    ...comparisonsDropped(after, before).map((comparison) => `where ${comparison}`),
    ...(after.onlyOwn === undefined || after.onlyOwn.field === before.onlyOwn?.field
      ? []
      : [`for what they own (${after.onlyOwn.field})`]),
  ];
  return `${who} can now call ${route} only ${parts.join(' and ')}.`;
}

/** The comparisons of one that another does not have. */
function comparisonsDropped(one: PrincipalAccess, other: PrincipalAccess): readonly string[] {
  return missingFrom(comparisonsOf(other.where), comparisonsOf(one.where));
}

function routeName({ before, after }: RoutePair): string {
  if (after === undefined) return before === undefined ? '' : nameRoute(before);
  return before === undefined ? `the new ${nameRoute(after)}` : nameRoute(after);
}

function conditionsOf(reach: PrincipalAccess | undefined): string {
  const { scopes = [], onlyOwn } = reach ?? {};
  const compared = reach?.where === undefined ? '' : `, where ${describeWhere(reach.where)}`;
  const needed = `${scopes.length === 0 ? '' : `, with the ${nameScopes(scopes)}`}${compared}`;
  return onlyOwn === undefined ? needed : `${needed}, for what they own (${onlyOwn.field})`;
}

function ownershipOf({ onlyOwn }: PrincipalAccess): string {
  return onlyOwn === undefined ? 'also for what others own' : `for what they own (${onlyOwn.field})`;
}

function nameScopes(scopes: readonly string[]): string {
  return `${scopes.length === 1 ? 'scope' : 'scopes'} ${joinNames(scopes)}`;
}

function lowered(who: string): string {
  return /^(Any|Anyone)\b/.test(who) ? who.charAt(0).toLowerCase() + who.slice(1) : who;
}
