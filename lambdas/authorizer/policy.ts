import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { type Grants, isPermitted } from '../shared/grants.ts';
import type { AuthorizerEvent, PolicyDocument, PolicyStatement } from './event.ts';
import { compactPatterns, exceptPatterns, type Patterns } from './policyPatterns.ts';
import { type Segments, segmentsOf } from './resourcePattern.ts';

/** Characters of a policy; the documented quota of API Gateway resource policies, which authorizers' policies share. */
export const MAX_POLICY_LENGTH = 8192;
/** Characters of one resource in a policy ("Output from a Lambda authorizer"). */
const MAX_RESOURCE_LENGTH = 512;
/** Sets of grants whose patterns are kept; they come from tokens, so the number must have an end. */
const MAX_KEPT = 200;

/** The same permission twice: the preferred encoding, and everything but a list. */
interface Encodings {
  readonly compact: Patterns;
  readonly except: Patterns;
}

/** A policy for a caller and the request that asked for it. */
export interface PolicyRequest extends Grants {
  readonly methodArn: string;
  /** Whether the caller may use the requested route. */
  readonly permitted: boolean;
}

/**
 * Makes the function that writes policies. A policy covers **every** route that the caller may use, not just the requested
 * one, since API Gateway caches it for the token. Its size stays below {@link MAX_POLICY_LENGTH}: prefixes and methods are
 * merged; as the last resort it allows everything but what fits, and handlers refuse the rest.
 *
 * A refused request is also denied by its own resource, whatever the patterns say.
 */
export function policyWriter(policy: AccessPolicy): (request: PolicyRequest) => PolicyDocument {
  const kept = new Map<string, Encodings>();
  return ({ permissions, scopes, methodArn, permitted }) => {
    const key = [permissions, scopes].map((names) => [...names].sort().join(' ')).join(',');
    const encodings = kept.get(key) ?? encodingsFor(policy, { permissions, scopes });
    if (kept.size < MAX_KEPT) kept.set(key, encodings);
    return write(encodings, methodArn, permitted);
  };
}

/** A policy that allows nothing in the stage, whatever the caller's roles. */
export function denyAll(methodArn: string): PolicyDocument {
  return documentOf([], [`${stageOf(methodArn)}/*`]);
}

/** The route of the definition that a request was matched to by the gateway. */
export function requestedRoute(
  policy: AccessPolicy,
  event: AuthorizerEvent,
): AccessPolicy['routes'][number] | undefined {
  return policy.routes.find((route) => route.path === event.resource && route.method === event.httpMethod);
}

function encodingsFor(policy: AccessPolicy, grants: Grants): Encodings {
  const allowed: Segments[] = [];
  const denied: Segments[] = [];
  for (const route of policy.routes) {
    (isPermitted(route.access, grants) ? allowed : denied).push(segmentsOf(route.method, route.path));
  }
  return { compact: compactPatterns({ allowed, denied }), except: exceptPatterns({ allowed, denied }) };
}

function write({ compact, except }: Encodings, methodArn: string, permitted: boolean): PolicyDocument {
  // API Gateway answers 500 to a policy without statements, so "nothing" is said by a Deny.
  if (compact.allow.length === 0) return denyAll(methodArn);
  const resources = (patterns: readonly Segments[]) =>
    patterns.map((segments) => `${stageOf(methodArn)}/${segments.join('/')}`);
  const rejected = permitted || !isPlain(methodArn) ? [] : [methodArn];
  const preferred = documentOf(resources(compact.allow), [...rejected, ...resources(compact.deny)]);
  if (JSON.stringify(preferred).length <= MAX_POLICY_LENGTH) return preferred;
  return fitting(resources(except.allow), [...rejected, ...resources(except.deny)]);
}

/** `arn:aws:execute-api:region:account:api/stage`. */
function stageOf(methodArn: string): string {
  return methodArn.split('/', 2).join('/');
}

/** A path may hold characters that are wildcards in a policy; such a resource would deny more than the request. */
function isPlain(arn: string): boolean {
  return arn.length <= MAX_RESOURCE_LENGTH && !/[*?$]/.test(arn);
}

function documentOf(allow: readonly string[], deny: readonly string[]): PolicyDocument {
  const statements: readonly PolicyStatement[] = [
    { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: allow },
    { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: deny },
  ];
  return { Version: '2012-10-17', Statement: statements.filter(({ Resource }) => Resource.length > 0) };
}

/** Allows a list and denies as much of another as fits, from its start. */
function fitting(allow: readonly string[], deny: readonly string[]): PolicyDocument {
  const kept: string[] = [];
  // Each resource adds its quotes and a comma; the empty one that is counted here has no comma.
  let length = JSON.stringify(documentOf(allow, [''])).length - 3;
  for (const resource of deny) {
    length += resource.length + 3;
    if (length > MAX_POLICY_LENGTH) break;
    kept.push(resource);
  }
  return documentOf(allow, kept);
}
