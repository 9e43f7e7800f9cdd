import type { AccessPolicy } from '../../lib/definition/projected.ts';
import { compactPatterns, exceptPatterns, type Patterns } from './compact.ts';
import { type Grants, isPermitted } from './decide.ts';
import type { AuthorizerEvent, PolicyDocument, PolicyStatement } from './event.ts';
import { type Segments, segmentsOf } from './pattern.ts';

/** Characters of a policy; the documented quota of API Gateway resource policies, which authorizers' policies share. */
export const MAX_POLICY_LENGTH = 8192;
/** Characters of one resource in a policy ("Output from a Lambda authorizer"). */
const MAX_RESOURCE_LENGTH = 512;
/** Sets of grants whose patterns are kept; they come from tokens, so the number must have an end. */
const MAX_KEPT = 200;

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
  const kept = new Map<string, readonly Patterns[]>();
  return ({ permissions, scopes, methodArn, permitted }) => {
    const key = [permissions, scopes].map((names) => [...names].sort().join(' ')).join(',');
    const patterns = kept.get(key) ?? patternsFor(policy, { permissions, scopes });
    if (kept.size < MAX_KEPT) kept.set(key, patterns);
    return write(patterns, methodArn, permitted);
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

/** The same permission as two encodings, the preferred one first. */
function patternsFor(policy: AccessPolicy, grants: Grants): readonly Patterns[] {
  const allowed: Segments[] = [];
  const denied: Segments[] = [];
  for (const route of policy.routes) {
    (isPermitted(route.access, grants) ? allowed : denied).push(segmentsOf(route.method, route.path));
  }
  return [compactPatterns({ allowed, denied }), exceptPatterns({ allowed, denied })];
}

function write(patterns: readonly Patterns[], methodArn: string, permitted: boolean): PolicyDocument {
  const resource = (segments: Segments) => `${stageOf(methodArn)}/${segments.join('/')}`;
  const refused = permitted || !isPlain(methodArn) ? [] : [methodArn];
  const documents = patterns.map(({ allow, deny }) =>
    // API Gateway answers 500 to a policy without statements, so "nothing" is said by a Deny.
    allow.length === 0
      ? documentOf([], [resource(['*'])])
      : documentOf(allow.map(resource), [...refused, ...deny.map(resource)]),
  );
  const [preferred] = documents;
  const fitting = documents.find((document) => JSON.stringify(document).length <= MAX_POLICY_LENGTH);
  return fitting ?? shorten(documents.at(-1) ?? (preferred as PolicyDocument));
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

function shorten(document: PolicyDocument): PolicyDocument {
  const [allow, deny] = ['Allow', 'Deny'].map((effect) =>
    document.Statement.filter(({ Effect }) => Effect === effect).flatMap(({ Resource }) => Resource),
  );
  const kept: string[] = [];
  let length = JSON.stringify(documentOf(allow ?? [], ['']).Statement).length + 64;
  for (const resource of deny ?? []) {
    length += resource.length + 3;
    if (length > MAX_POLICY_LENGTH) break;
    kept.push(resource);
  }
  return documentOf(allow ?? [], kept);
}
