import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { type CallerClaims, claimString } from '../shared/callerClaims.ts';
import { unique } from '../shared/claimValues.ts';
import { type Grants, isPermitted } from '../shared/grants.ts';
import { MAX_RESOURCE_LENGTH, routeMethod, servedMethods } from '../shared/servedMethods.ts';
import type { AuthorizerEvent, PolicyDocument, PolicyStatement } from './event.ts';
import { compactPatterns, everythingPatterns, exceptPatterns, type PolicyPatterns } from './policyPatterns.ts';
import { boundSegments, type Segments, segmentsOf } from './resourcePattern.ts';

/** Characters of a policy; the documented quota of API Gateway resource policies, which authorizers' policies share. */
export const MAX_POLICY_LENGTH = 8192;
/** Maximum sets of grants whose patterns are cached: tokens decide how many there are. */
const MAX_CACHED = 200;

/** Encodings of the same permissions: the preferred one, everything except a list, and the last resort. */
interface Encodings {
  readonly compact: PolicyPatterns;
  readonly except: PolicyPatterns;
  readonly everything: PolicyPatterns;
}

/** The caller and the request that a policy is written for. */
export interface PolicyRequest extends Grants {
  readonly methodArn: string;
  /** @default - none */
  readonly claims?: CallerClaims;
  /** Whether the caller is allowed to use the requested route. */
  readonly permitted: boolean;
}

/**
 * Makes the function that writes policies. A policy covers **every** route that the caller is allowed to use, not just the
 * requested one, because API Gateway caches it for the token. It has at most {@link MAX_POLICY_LENGTH} characters: prefixes
 * and methods are merged; as the last resort the policy allows everything except the denials that fit, and handlers reject
 * the rest.
 *
 * Of a route that compares a path parameter with a claim, it allows only the path with the caller's own value, as a literal. No
 * wildcard reaches the paths of others, unless another route of the caller needs it, such as `/tenants/*`, or the literals do not
 * fit; then handlers reject them. A resource that is longer than {@link MAX_RESOURCE_LENGTH} is left out, because
 * API Gateway would reject the whole policy: what no other one allows is denied. The definition is checked for such routes.
 *
 * A request that is not permitted is also denied by its own resource, regardless of the patterns.
 */
export function policyWriter(policy: AccessPolicy): (request: PolicyRequest) => PolicyDocument {
  const cache = new Map<string, Encodings>();
  const compared = unique(policy.routes.flatMap(({ where = {} }) => Object.values(where)));
  return ({ permissions, scopes, claims = {}, methodArn, permitted }) => {
    const own = compared.map((name) => claimString(claims, name) ?? '');
    const key = [permissions, scopes].map((names) => [...names].sort().join(' ')).join(',');
    const cacheKey = own.length === 0 ? key : `${key},${own.join(',')}`;
    const encodings = cache.get(cacheKey) ?? encodingsFor(policy, { permissions, scopes, claims });
    if (cache.size < MAX_CACHED) cache.set(cacheKey, encodings);
    return write(encodings, methodArn, permitted);
  };
}

/** A policy that denies everything in the stage, regardless of the caller's roles. */
export function denyAll(methodArn: string): PolicyDocument {
  return documentOf([], [`${stageOf(methodArn)}/*`]);
}

/** The route of the definition to which the gateway matched a request. */
export function requestedRoute(
  policy: AccessPolicy,
  event: AuthorizerEvent,
): AccessPolicy['routes'][number] | undefined {
  const method = routeMethod(event.httpMethod);
  return policy.routes.find((route) => route.path === event.resource && route.method === method);
}

function encodingsFor(
  policy: AccessPolicy,
  { claims, ...grants }: Grants & { readonly claims: CallerClaims },
): Encodings {
  const allowed: Segments[] = [];
  const denied: Segments[] = [];
  const foreign: Segments[] = [];
  for (const { method: routed, path, access, where = {} } of policy.routes) {
    const hasClaims = Object.values(where).every((name) => Object.hasOwn(claims, name));
    for (const method of servedMethods(routed)) {
      if (!isPermitted(access, grants) || !hasClaims) denied.push(segmentsOf(method, path));
      else {
        const bound = boundSegments(method, path, (parameter) => claimString(claims, where[parameter] ?? ''));
        allowed.push(bound.own);
        foreign.push(...bound.foreign);
      }
    }
  }
  const split = { allowed, denied, foreign };
  return {
    compact: compactPatterns(split),
    except: exceptPatterns(split),
    everything: everythingPatterns(split),
  };
}

function write({ compact, except, everything }: Encodings, methodArn: string, permitted: boolean): PolicyDocument {
  const resources = (patterns: readonly Segments[]) =>
    patterns.map((segments) => `${stageOf(methodArn)}/${segments.join('/')}`).filter(isReadable);
  const rejected = permitted || !isPlain(methodArn) ? [] : [methodArn];
  const preferredAllow = resources(compact.allow);
  // API Gateway responds with 500 to a policy without statements, so a Deny expresses "nothing".
  if (preferredAllow.length === 0) return denyAll(methodArn);
  const preferred = documentOf(preferredAllow, [...rejected, ...resources(compact.deny)]);
  if (JSON.stringify(preferred).length <= MAX_POLICY_LENGTH) return preferred;
  const { allow, deny } = lengthOf(resources(except.allow)) <= MAX_POLICY_LENGTH ? except : everything;
  return fitting(resources(allow), [...rejected, ...resources(deny)]);
}

function lengthOf(allow: readonly string[]): number {
  return JSON.stringify(documentOf(allow, [])).length;
}

/** `arn:aws:execute-api:region:account:api/stage`. */
function stageOf(methodArn: string): string {
  return methodArn.split('/', 2).join('/');
}

/** A path can contain characters that are wildcards in a policy; such a resource would deny more than the request. */
function isPlain(arn: string): boolean {
  return isReadable(arn) && !/[*?$]/.test(arn);
}

function isReadable(arn: string): boolean {
  return arn.length <= MAX_RESOURCE_LENGTH;
}

function documentOf(allow: readonly string[], deny: readonly string[]): PolicyDocument {
  const statements: readonly PolicyStatement[] = [
    { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: allow },
    { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: deny },
  ];
  return { Version: '2012-10-17', Statement: statements.filter(({ Resource }) => Resource.length > 0) };
}

/** Allows a list and denies as many resources of another as fit, from its start. */
function fitting(allow: readonly string[], deny: readonly string[]): PolicyDocument {
  const fitted: string[] = [];
  // Each resource adds its quotes and a comma; the empty one that is counted here has no comma.
  let length = JSON.stringify(documentOf(allow, [''])).length - 3;
  for (const resource of deny) {
    length += resource.length + 3;
    if (length > MAX_POLICY_LENGTH) break;
    fitted.push(resource);
  }
  return documentOf(allow, fitted);
}
