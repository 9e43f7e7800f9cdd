import { isTime, stringsOf } from '../../lambdas/shared/claimValues.ts';
import { rolesIn } from '../../lambdas/shared/tokenRoles.ts';
import type { Api, Route } from '../definition/api.ts';
import { describeGrant, describeRequirement, joinNames, quoted } from './describe.ts';
import {
  activeRoles,
  type Elevation,
  type EvaluatedRole,
  evaluateRoles,
  permissionsOfAll,
  type TokenRights,
} from './evaluateRoles.ts';
import { readTokenClaims, type Step, whereSteps } from './explainClaims.ts';
import { grantOf } from './grants.ts';
import { scopesOf } from './matrix.ts';

/** The stack sets it for each issuer, and the definition has no issuers. */
const WITHOUT_TOLERANCE = ', not counting the clock tolerance that the authorizer has for its issuer';

/** Claims of a token that was decoded, not verified. */
export type Claims = Readonly<Record<string, unknown>>;

/** A decision with the steps that led to it. */
export interface Explanation {
  readonly route: string;
  /** 200 stands for every success status; the handler chooses it. */
  readonly status: 200 | 401 | 403;
  readonly steps: readonly Step[];
}

/** Which claim holds the roles, and the time of the decision. */
export interface ExplainOptions {
  readonly rolesClaim: string;
  /** Names in the token by name of the definition's claim, where they differ. */
  readonly claimNames?: Readonly<Record<string, string>>;
  /** Epoch seconds. */
  readonly at: number;
}

/**
 * Explains the decision on a route for the claims of a token: times, claims, each role, permission, scopes, ownership. It does not check
 * what only the authorizer can know: signature, issuer with its clock tolerance, audience and revocation.
 */
export function explainAccess(api: Api, route: Route, claims: Claims, options: ExplainOptions): Explanation {
  const { rolesClaim, at } = options;
  const opening = note(`${route.id} is ${route.method} ${route.path}; it needs ${describeRequirement(route)}.`);
  if (route.access.kind === 'public') {
    const sentence = `It is public (${route.access.reason}): it needs no token.`;
    return { route: route.id, status: 200, steps: [opening, { result: 'pass', sentence }] };
  }
  if (route.access.kind === 'webhook') {
    const sentence = 'It is for the sender of a webhook: a token does not replace the signature.';
    return { route: route.id, status: 401, steps: [opening, { result: 'fail', sentence }] };
  }
  const times = timeStep(claims, at);
  if (times.result === 'fail') return { route: route.id, status: 401, steps: [opening, times] };
  const read = readTokenClaims(api, claims, options.claimNames);
  if ('sentence' in read) return { route: route.id, status: 401, steps: [opening, times, read] };
  const rights = holderOf(api, claims, rolesClaim);
  const evaluated = evaluateRoles(api, rights, at);
  const steps = [
    opening,
    times,
    ...evaluated.map(roleStep),
    ...requirementSteps(api, route, activeRoles(evaluated), rights),
    ...whereSteps(route.where, read.claims),
  ];
  return { route: route.id, status: steps.some(({ result }) => result === 'fail') ? 403 : 200, steps };
}

/** Reads what a token grants, as the authorizer does. */
function holderOf(api: Api, claims: Claims, rolesClaim: string): TokenRights {
  const prefix = `${api.name}/`;
  return {
    roles: rolesIn(claims, { claim: rolesClaim }).roles,
    scopes: stringsOf(claims['scope'] ?? claims['scp']).map((scope) =>
      scope.startsWith(prefix) ? scope.slice(prefix.length) : scope,
    ),
    elevated: Array.isArray(claims['elevated']) ? claims['elevated'].filter(isElevation) : [],
  };
}

function timeStep({ exp, nbf, iat }: Claims, at: number): Step {
  const [wrong] = Object.entries({ exp, nbf, iat }).find(([, value]) => value !== undefined && !isTime(value)) ?? [];
  if (wrong !== undefined)
    return { result: 'fail', sentence: `The token's ${wrong} is not a time, so it is rejected.` };
  if (!isTime(exp)) return { result: 'fail', sentence: 'The token has no exp, so it is rejected.' };
  const end = formatTime(exp);
  if (exp <= at) return { result: 'fail', sentence: `The token expired at ${end}${WITHOUT_TOLERANCE}.` };
  if (isTime(nbf) && nbf > at) {
    return { result: 'fail', sentence: `The token is not valid before ${formatTime(nbf)}${WITHOUT_TOLERANCE}.` };
  }
  return { result: 'pass', sentence: `The token is valid until ${end}.` };
}

function roleStep({ role, status, until = 0, excludedBy }: EvaluatedRole): Step {
  const name = quoted(role);
  const sentences = {
    held: `The token has the role ${name}.`,
    default: `Every caller has the default role ${name}.`,
    elevated: `The token has the role ${name} until ${formatTime(until)}.`,
    unknown: `The role ${name} is not in the definition, so it grants nothing.`,
    ended: `The role ${name} was temporary and ended at ${formatTime(until)}, so it grants nothing.`,
    exclusive: `The role ${name} excludes ${quoted(excludedBy)}, which the caller also has, so neither grants anything.`,
  };
  return note(sentences[status]);
}

function requirementSteps(
  api: Api,
  route: Route,
  roles: readonly string[],
  { scopes = [] }: TokenRights,
): readonly Step[] {
  const { access, ownership } = route;
  const permission = access.kind === 'permission' ? [permissionStep(api, access.permission, roles)] : [];
  const open = access.kind === 'authenticated' ? [pass(`Any valid token is enough: ${access.reason}.`)] : [];
  const own = ownership === undefined ? [] : [ownershipStep(api, ownership, roles)];
  return [...permission, ...open, ...scopeSteps(scopesOf(access), scopes), ...own];
}

function permissionStep(api: Api, permission: string, roles: readonly string[]): Step {
  const ways = roles.flatMap((role) => {
    const grant = grantOf(api, role, permission);
    return grant === undefined || grant.byDefault === true ? [] : [describeGrant(role, grant)];
  });
  if (ways.length > 0) return pass(`The permission ${permission} is granted by ${joinNames(ways)}.`);
  const who = Object.keys(api.roles.byName).filter((role) => grantOf(api, role, permission) !== undefined);
  return {
    result: 'fail',
    sentence: `No role of the caller grants the permission ${permission}; ${joinNames(who)} would.`,
  };
}

function scopeSteps(needed: readonly string[], scopes: readonly string[]): readonly Step[] {
  return needed.map((scope) =>
    scopes.includes(scope)
      ? pass(`The token has the scope ${scope}.`)
      : { result: 'fail' as const, sentence: `The token is missing the scope ${scope}.` },
  );
}

function ownershipStep(api: Api, { field, unless }: NonNullable<Route['ownership']>, roles: readonly string[]): Step {
  if (unless !== undefined && permissionsOfAll(api, roles).includes(unless)) {
    return pass(`The permission ${unless} also allows the caller to use what others own.`);
  }
  return note(`The handler allows the caller to use only their own resources, by ${field}.`);
}

function isElevation(entry: unknown): entry is Elevation {
  const { role, until } = (entry ?? {}) as Partial<Elevation>;
  return typeof role === 'string' && Number.isSafeInteger(until);
}

/** Times of tokens are in seconds; a number that no date can hold is shown unchanged. */
function formatTime(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? String(seconds) : time.toISOString();
}

function pass(sentence: string): Step {
  return { result: 'pass', sentence };
}

function note(sentence: string): Step {
  return { result: 'note', sentence };
}
