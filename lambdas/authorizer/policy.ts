import type { AuthorizerPolicy } from '../../lib/definition/bundledTypes.ts';
import type { CallerClaims } from '../shared/callerClaims.ts';
import { MAX_RESOURCE_LENGTH } from '../shared/servedMethods.ts';
import type { Bits } from './bits.ts';
import type { PolicyDocument, PolicyStatement } from './event.ts';
import { patternIndex } from './patternIndex.ts';
import { type PolicyPatterns, policyPatterns } from './policyPatterns.ts';
import {
  patternLengths,
  QUOTES_AND_COMMA,
  type ResourceList,
  resourceLists,
  SLASH_QUOTES_AND_COMMA,
} from './policyResources.ts';
import { hasSafeShortArns, shortStage, stageOf } from './shortArn.ts';

/** Characters of a policy; the documented quota of API Gateway resource policies, which authorizers' policies share. */
export const MAX_POLICY_LENGTH = 8192;

/** The caller that policies are written for. */
export interface PolicyCaller {
  /** The routes that it is allowed to use, by their index in the access policy. */
  readonly allowed: Bits;
  readonly claims: CallerClaims;
  /** `arn:aws:execute-api:region:account:api/stage`. */
  readonly stage: string;
}

/** The policies of a caller: one for the requests that it is allowed to send, and one for each request that it is not. */
export interface CallerPolicies {
  readonly permitted: WrittenPolicy;
  readonly rejecting: (methodArn: string) => WrittenPolicy;
  /** About the memory of the policies that it keeps: {@link permitted}, and a shorter one where the room for a rejected request is missing. */
  readonly keptBytes: number;
}

/** A policy, and what it leaves to the handlers. */
export interface WrittenPolicy {
  readonly document: PolicyDocument;
  /** At most so many routes are open although the caller is not allowed to use them: handlers reject these requests. */
  readonly openRoutes: number;
}

/**
 * Makes the function that writes policies. A policy covers **every** route that the caller is allowed to use, not just the
 * requested one, because API Gateway caches it for the token. It has at most {@link MAX_POLICY_LENGTH} characters:
 * {@link policyPatterns} says how, and how many routes stay open where that is not enough.
 *
 * Of a route that compares a path parameter with a claim, it allows only the path with the caller's own value, as a literal. No
 * wildcard reaches the paths of others, unless another route of the caller needs it, such as `/tenants/*`, or the literals do not
 * fit; then handlers reject them. A resource that is longer than {@link MAX_RESOURCE_LENGTH} is left out, because
 * API Gateway would reject the whole policy: what no other one allows is denied. The definition is checked for such routes.
 *
 * A request that is not permitted is also denied by its own resource, regardless of the patterns, unless its ARN has a wildcard or is longer
 * than a resource. The document of permitted requests is frozen, because several requests get the same.
 */
export function policyWriter(policy: AuthorizerPolicy): (caller: PolicyCaller) => CallerPolicies {
  const index = patternIndex(policy);
  const canShorten = hasSafeShortArns(policy);
  const findPatterns = policyPatterns(index);
  const lengthsFor = patternLengths(index.patterns);
  const listsFor = resourceLists(index.patterns);
  return ({ allowed, claims, stage }) => {
    const arns = { long: stage, short: canShorten(stage) ? shortStage(stage) : stage };
    const rooms = {
      lengths: lengthsFor(claims),
      ofResource: arns.long.length + SLASH_QUOTES_AND_COMMA,
      ofShortResource: arns.short.length + SLASH_QUOTES_AND_COMMA,
    };
    const resourcesFor = (reserved: number): Resources => {
      const found = findPatterns(allowed, {
        ...rooms,
        characters: ROOM - reserved,
        // A rejected request is denied.
        withoutDeny: reserved === 0 ? FIRST_DENY : 0,
      });
      const listOf = listsFor(found.isShort ? arns.short : arns.long, claims, rooms.lengths);
      return { allow: listOf(found.allow), deny: listOf(found.deny), openRoutes: found.open };
    };
    const roomy = resourcesFor(0);
    const permitted = {
      document: frozen(documentOf(roomy.allow.resources, roomy.deny.resources, stage)),
      openRoutes: roomy.openRoutes,
    };
    const length = lengthOf(roomy);
    /** For the resource of a rejected request. */
    const spare = MAX_POLICY_LENGTH - length - (roomy.deny.resources.length === 0 ? FIRST_DENY : 0);
    let tight: Resources | undefined;
    return {
      permitted,
      keptBytes: (roomy.allow.bytes + roomy.deny.bytes) * (spare < REJECTED_LENGTH ? 2 : 1),
      rejecting: (methodArn) => {
        if (!isPlain(methodArn) || roomy.allow.resources.length === 0) return permitted;
        const isRoomy = methodArn.length + QUOTES_AND_COMMA <= spare;
        if (!isRoomy) tight ??= resourcesFor(REJECTED_LENGTH);
        const resources = isRoomy ? roomy : (tight ?? roomy);
        const deny = [methodArn, ...resources.deny.resources];
        return { document: documentOf(resources.allow.resources, deny, stage), openRoutes: resources.openRoutes };
      },
    };
  };
}

/** A policy that denies everything in the stage, regardless of the caller's roles. */
export function denyAll(methodArn: string): PolicyDocument {
  return documentOf([], [], stageOf(methodArn));
}

interface Resources {
  readonly allow: ResourceList;
  readonly deny: ResourceList;
  readonly openRoutes: PolicyPatterns['open'];
}

/** A path can contain characters that are wildcards in a policy; such a resource would deny more than the request. */
function isPlain(arn: string): boolean {
  return arn.length <= MAX_RESOURCE_LENGTH && !/[*?$]/.test(arn);
}

/** API Gateway responds with 500 to a policy without statements, so a Deny expresses "nothing". */
function documentOf(allow: readonly string[], deny: readonly string[], stage: string): PolicyDocument {
  const denied = allow.length === 0 ? [`${stage}/*`] : deny;
  const statements = [statementOf('Allow', allow), statementOf('Deny', denied)];
  return { Version: '2012-10-17', Statement: statements.filter(({ Resource }) => Resource.length > 0) };
}

function statementOf(Effect: PolicyStatement['Effect'], Resource: readonly string[]): PolicyStatement {
  return { Effect, Action: 'execute-api:Invoke', Resource };
}

/** Of a policy in JSON. The first resource of a list has no comma. */
function lengthOf({ allow, deny }: Resources): number {
  const statements = 2 - (deny.resources.length === 0 ? 1 : 0);
  return ALLOW_ONLY + (statements - 1) * DENY_STATEMENT + allow.characters + deny.characters - statements;
}

/** At most, of the resource of a rejected request. */
const REJECTED_LENGTH = MAX_RESOURCE_LENGTH + QUOTES_AND_COMMA;
const ALLOW_ONLY = JSON.stringify({ Version: '2012-10-17', Statement: [statementOf('Allow', [])] }).length;
/** Characters that a statement of denied resources adds. */
const DENY_STATEMENT = JSON.stringify(statementOf('Deny', [])).length + 1;
/** The same where it is new: its first resource has no comma, which the length of a resource includes. */
const FIRST_DENY = DENY_STATEMENT - 1;
/** For resources, in a policy with both statements. The first resource of each list has no comma. */
const ROOM = MAX_POLICY_LENGTH - ALLOW_ONLY - DENY_STATEMENT + 2;

function frozen(document: PolicyDocument): PolicyDocument {
  for (const statement of document.Statement) {
    Object.freeze(statement.Resource);
    Object.freeze(statement);
  }
  Object.freeze(document.Statement);
  return Object.freeze(document);
}
