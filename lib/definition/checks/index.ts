import type { Fault } from '../fault.ts';
import { checkAccess } from './access.ts';
import type { Check, UncheckedApi } from './check.ts';
import { checkClaims } from './claims.ts';
import { checkDefaults } from './defaults.ts';
import { checkDeprecation } from './deprecation.ts';
import { checkExactLimits } from './exactLimits.ts';
import { checkExclusiveRoles } from './exclusiveRoles.ts';
import { checkIdempotency } from './idempotency.ts';
import { checkInput } from './input.ts';
import { checkNames } from './names.ts';
import { checkOptionalSchemas } from './optionalSchemas.ts';
import { checkOptions } from './options.ts';
import { checkOwnership } from './ownership.ts';
import { checkPaths } from './paths.ts';
import { checkPatterns } from './patterns.ts';
import { checkPossible } from './possible.ts';
import { checkProblems } from './problems.ts';
import { checkRawBodies } from './rawBodies.ts';
import { checkRequestBodies } from './requestBodies.ts';
import { checkResourceLengths } from './resourceLength.ts';
import { checkResponseCookies } from './responseCookies.ts';
import { checkResponses } from './responses.ts';
import { checkRoles } from './roles.ts';
import { checkRouteLimits } from './routeLimits.ts';
import { checkSchemaKeywords } from './schemaKeywords.ts';
import { checkSchemaNames } from './schemaNames.ts';
import { checkSchemas } from './schemas.ts';
import { schemaValueFaults } from './schemaValues.ts';
import { checkScopes } from './scopes.ts';
import { shapeFaults } from './shape.ts';
import { checkTextPolicies } from './textPolicies.ts';
import { checkTiers } from './tiers.ts';
import { checkUploads } from './uploads.ts';
import { checkWafLimits } from './wafLimits.ts';
import { checkWebhooks } from './webhooks.ts';
import { checkWhere } from './where.ts';

const CHECKS: readonly Check[] = [
  checkNames,
  checkRoles,
  checkExclusiveRoles,
  checkTiers,
  checkRouteLimits,
  checkWafLimits,
  checkExactLimits,
  checkPaths,
  checkAccess,
  checkScopes,
  checkOwnership,
  checkClaims,
  checkWhere,
  checkResourceLengths,
  checkOptions,
  checkRequestBodies,
  checkRawBodies,
  checkOptionalSchemas,
  checkIdempotency,
  checkDeprecation,
  checkResponses,
  checkProblems,
  checkResponseCookies,
  checkSchemas,
  checkSchemaKeywords,
  checkSchemaNames,
  checkDefaults,
  checkPossible,
  checkInput,
  checkTextPolicies,
  checkPatterns,
  checkUploads,
  checkWebhooks,
];

/**
 * Runs every check and gives every fault, in the order of the checks. They inspect what the form promises them, so a value of
 * another kind than expected is reported before they run.
 */
export function checkApi(api: unknown, options: unknown): readonly Fault[] {
  const shape = shapeFaults(api, options);
  const faults = shape.map(({ kind: _, ...fault }) => fault);
  if (shape.some(({ kind }) => kind === 'value')) return faults;
  const values = schemaValueFaults(api as UncheckedApi);
  if (values.length > 0) return [...faults, ...values];
  return [...faults, ...CHECKS.flatMap((check) => check(api as UncheckedApi))];
}
