import type { Fault } from '../fault.ts';
import { checkAccess } from './access.ts';
import type { Check, UncheckedApi } from './check.ts';
import { checkExact } from './exact.ts';
import { checkExclusive } from './exclusive.ts';
import { checkFloods } from './floods.ts';
import { checkInput } from './input.ts';
import { checkNames } from './names.ts';
import { checkOptions } from './options.ts';
import { checkOwnership } from './ownership.ts';
import { checkPaths } from './paths.ts';
import { checkPatterns } from './patterns.ts';
import { checkRoles } from './roles.ts';
import { checkRouteLimits } from './routeLimits.ts';
import { checkSchemas } from './schemas.ts';
import { checkScopes } from './scopes.ts';
import { checkTexts } from './textPolicies.ts';
import { checkTiers } from './tiers.ts';
import { checkUploads } from './uploads.ts';

const CHECKS: readonly Check[] = [
  checkNames,
  checkRoles,
  checkExclusive,
  checkTiers,
  checkRouteLimits,
  checkFloods,
  checkExact,
  checkPaths,
  checkAccess,
  checkScopes,
  checkOwnership,
  checkOptions,
  checkSchemas,
  checkInput,
  checkTexts,
  checkPatterns,
  checkUploads,
];

/** Runs every check and gives every fault, in the order of the checks. */
export function checkApi(api: unknown): readonly Fault[] {
  return CHECKS.flatMap((check) => check(api as UncheckedApi));
}
