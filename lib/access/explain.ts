import type { Api, Route } from '../definition/api.ts';
import { grantOf } from './grants.ts';
import {
  countingRoles,
  type Elevation,
  type EvaluatedRole,
  evaluateRoles,
  type Holder,
  permissionsOfAll,
} from './holder.ts';
import { scopesOf } from './matrix.ts';
import { namesOf, quoted } from './names.ts';
import { grantWords, neededBy } from './words.ts';

/** Claims of a token that was decoded, not verified. */
export type Claims = Readonly<Record<string, unknown>>;

/** One step of a decision: what was looked at, and whether the caller got past it. */
export interface Step {
  readonly verdict: 'pass' | 'fail' | 'note';
  readonly text: string;
}

/** A decision with the steps that led to it. */
export interface Explanation {
  readonly route: string;
  /** 200 stands for every success: the handler decides which. */
  readonly status: 200 | 401 | 403;
  readonly steps: readonly Step[];
}

/** How the claims are read. */
export interface ExplainOptions {
  readonly rolesClaim: string;
  /** Epoch seconds. */
  readonly at: number;
}

/**
 * Walks the decision on a route for the claims of a token: times, roles one by one, permission, scopes, ownership. What
 * only the authorizer can know (signature, issuer, audience, revocation) is not looked at.
 */
export function explainAccess(api: Api, route: Route, claims: Claims, { rolesClaim, at }: ExplainOptions): Explanation {
  const opening = note(`${route.id} is ${route.method} ${route.path}; it needs ${neededBy(route)}.`);
  if (route.access.kind === 'public') {
    const text = `It is public (${route.access.reason}): no token is asked for.`;
    return { route: route.id, status: 200, steps: [opening, { verdict: 'pass', text }] };
  }
  const times = timeStep(claims, at);
  if (times.verdict === 'fail') return { route: route.id, status: 401, steps: [opening, times] };
  const holder = holderOf(api, claims, rolesClaim);
  const judged = evaluateRoles(api, holder, at);
  const steps = [opening, times, ...judged.map(roleStep), ...needSteps(api, route, countingRoles(judged), holder)];
  return { route: route.id, status: steps.some(({ verdict }) => verdict === 'fail') ? 403 : 200, steps };
}

/** Reads what a token says of its holder's rights, as the authorizer does. */
function holderOf(api: Api, claims: Claims, rolesClaim: string): Holder {
  const prefix = `${api.name}/`;
  return {
    roles: [...new Set(stringsOf(claims[rolesClaim]))],
    scopes: stringsOf(claims['scope'] ?? claims['scp']).map((scope) =>
      scope.startsWith(prefix) ? scope.slice(prefix.length) : scope,
    ),
    elevated: Array.isArray(claims['elevated']) ? claims['elevated'].filter(isElevation) : [],
  };
}

function timeStep({ exp, nbf }: Claims, at: number): Step {
  if (typeof exp !== 'number') return { verdict: 'fail', text: 'The token has no exp: it is refused.' };
  const end = timeWords(exp);
  if (exp <= at) return { verdict: 'fail', text: `The token has expired at ${end}.` };
  if (typeof nbf === 'number' && nbf > at)
    return { verdict: 'fail', text: `The token is not valid before ${timeWords(nbf)}.` };
  return { verdict: 'pass', text: `The token is valid until ${end}.` };
}

function roleStep({ role, verdict, until = 0, excludedBy }: EvaluatedRole): Step {
  const name = quoted(role);
  const words = {
    held: `The token has the role ${name}.`,
    default: `Every caller has the default role ${name}.`,
    elevated: `The token has the role ${name} until ${timeWords(until)}.`,
    unknown: `The role ${name} is not in the definition: it gives nothing.`,
    ended: `The role ${name} was temporary and ended at ${timeWords(until)}: it gives nothing.`,
    exclusive: `The role ${name} excludes ${quoted(excludedBy)}, which the caller has, too: neither gives anything.`,
  };
  return note(words[verdict]);
}

function needSteps(api: Api, route: Route, roles: readonly string[], { scopes = [] }: Holder): readonly Step[] {
  const { access, ownership } = route;
  const permission = access.kind === 'permission' ? [permissionStep(api, access.permission, roles)] : [];
  const open = access.kind === 'authenticated' ? [pass(`Any valid token will do: ${access.reason}.`)] : [];
  const own = ownership === undefined ? [] : [ownerStep(api, ownership, roles)];
  return [...permission, ...open, ...scopeSteps(scopesOf(access), scopes), ...own];
}

function permissionStep(api: Api, permission: string, roles: readonly string[]): Step {
  const ways = roles.flatMap((role) => {
    const grant = grantOf(api, role, permission);
    return grant === undefined || grant.byDefault === true ? [] : [grantWords(role, grant)];
  });
  if (ways.length > 0) return pass(`The permission ${permission} is given by ${namesOf(ways)}.`);
  const who = Object.keys(api.roles.byName).filter((role) => grantOf(api, role, permission) !== undefined);
  return { verdict: 'fail', text: `No role of the caller gives the permission ${permission}; ${namesOf(who)} would.` };
}

function scopeSteps(needed: readonly string[], scopes: readonly string[]): readonly Step[] {
  return needed.map((scope) =>
    scopes.includes(scope)
      ? pass(`The token has the scope ${scope}.`)
      : { verdict: 'fail' as const, text: `The token lacks the scope ${scope}.` },
  );
}

function ownerStep(api: Api, { field, unless }: NonNullable<Route['ownership']>, roles: readonly string[]): Step {
  if (unless !== undefined && permissionsOfAll(api, roles).includes(unless)) {
    return pass(`The permission ${unless} lets the caller use what others own, too.`);
  }
  return note(`The handler lets the caller use only what is his own, by ${field}.`);
}

function isElevation(entry: unknown): entry is Elevation {
  const { role, until } = (entry ?? {}) as Partial<Elevation>;
  return typeof role === 'string' && Number.isSafeInteger(until);
}

function stringsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((text) => text !== '');
  return Array.isArray(claim) ? claim.filter((text): text is string => typeof text === 'string') : [];
}

/** Times of tokens are seconds; what no date can hold is told as it is. */
function timeWords(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString();
}

function pass(text: string): Step {
  return { verdict: 'pass', text };
}

function note(text: string): Step {
  return { verdict: 'note', text };
}
