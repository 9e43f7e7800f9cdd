import type { AccessPolicy } from '../definition/projected.ts';
import { missingIn } from './accessChange.ts';
import { namesOf } from './names.ts';
import type { Reach } from './reach.ts';

type PolicyRoute = AccessPolicy['routes'][number];

/** A method and path in both policies, as far as they have it. */
export interface RoutePair {
  readonly before: PolicyRoute | undefined;
  readonly after: PolicyRoute | undefined;
}

/** Something before and after a change. */
interface Both<T> {
  readonly before: T | undefined;
  readonly after: T | undefined;
}

/** `deleteDocument (DELETE /documents/{id})`. */
export function routeWords({ id, method, path }: PolicyRoute): string {
  return `${id} (${method} ${path})`;
}

/** What somebody may do now. */
export function gainWords(who: string, routes: RoutePair, { before, after }: Both<Reach>): string {
  const route = targetOf(routes);
  if (before === undefined || after === undefined) return `${who} may now call ${route}${conditionWords(after)}.`;
  const dropped = missingIn(after.scopes, before.scopes);
  const parts = [
    ...(dropped.length === 0 ? [] : [`without the ${scopeWords(dropped)}`]),
    ...(before.onlyOwn === undefined || after.onlyOwn?.field === before.onlyOwn.field ? [] : [ownerWords(after)]),
  ];
  return `${who} may now call ${route} ${parts.join(' and ')}.`;
}

/** What somebody may do no longer. */
export function lossWords(who: string, routes: RoutePair, { before, after }: Both<Reach>): string {
  if (routes.after === undefined && routes.before !== undefined) {
    return `${routeWords(routes.before)} is gone: ${lowered(who)} may call it no longer.`;
  }
  const route = targetOf(routes);
  if (before === undefined || after === undefined) return `${who} may no longer call ${route}.`;
  const added = missingIn(before.scopes, after.scopes);
  const parts = [
    ...(added.length === 0 ? [] : [`with the ${scopeWords(added)}`]),
    ...(after.onlyOwn === undefined || after.onlyOwn.field === before.onlyOwn?.field
      ? []
      : [`for what they own (${after.onlyOwn.field})`]),
  ];
  return `${who} may now call ${route} only ${parts.join(' and ')}.`;
}

function targetOf({ before, after }: RoutePair): string {
  if (after === undefined) return before === undefined ? '' : routeWords(before);
  return before === undefined ? `the new ${routeWords(after)}` : routeWords(after);
}

function conditionWords(reach: Reach | undefined): string {
  const { scopes = [], onlyOwn } = reach ?? {};
  const needed = scopes.length === 0 ? '' : `, with the ${scopeWords(scopes)}`;
  return onlyOwn === undefined ? needed : `${needed}, for what they own (${onlyOwn.field})`;
}

function ownerWords({ onlyOwn }: Reach): string {
  return onlyOwn === undefined ? 'for what others own, too' : `for what they own (${onlyOwn.field})`;
}

function scopeWords(scopes: readonly string[]): string {
  return `${scopes.length === 1 ? 'scope' : 'scopes'} ${namesOf(scopes)}`;
}

function lowered(who: string): string {
  return /^(Any|Anyone)\b/.test(who) ? who.charAt(0).toLowerCase() + who.slice(1) : who;
}
