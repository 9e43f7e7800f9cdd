import type { Fault } from '../fault.ts';
import { formatValue, type UncheckedApi } from './check.ts';

/**
 * What RFC 6749, section 3.3, and the scope names of a Cognito resource server both allow, without what would have to be
 * escaped in a URL or a table.
 */
const SCOPE = /^[A-Za-z][A-Za-z0-9._:-]{0,99}$/;
/** Scopes of a Cognito resource server (Amazon Cognito quotas). */
const MAX_SCOPES = 100;
const MAX_DESCRIPTION_LENGTH = 256;

/** Scopes: declared with a valid name and a description; routes need only declared ones. */
export function checkScopes(api: UncheckedApi): readonly Fault[] {
  const scopes = api.scopes ?? {};
  const names = Object.keys(scopes);
  return [
    ...countFaults(names),
    ...Object.entries(scopes).flatMap(([name, description]) => declarationFaults(name, description)),
    ...Object.entries(api.routes ?? {}).flatMap(([id, route]) =>
      routeFaults(`routes.${id}.scopes`, route.options?.scopes, names),
    ),
  ];
}

function countFaults(names: readonly string[]): readonly Fault[] {
  if (names.length <= MAX_SCOPES) return [];
  return [
    {
      code: 'scope-invalid',
      location: 'scopes',
      found: `${names.length} scopes`,
      expected: `at most ${MAX_SCOPES}: a quota of Cognito for one resource server`,
      fix: 'Use coarser scopes. Scopes limit what a client can request; permissions decide who is allowed to do it.',
    },
  ];
}

function declarationFaults(name: string, description: unknown): readonly Fault[] {
  const faults: Fault[] = [];
  if (!SCOPE.test(name)) {
    faults.push({
      code: 'scope-invalid',
      location: `scopes.${name}`,
      found: formatValue(name),
      expected: 'letters, digits, ".", "_", ":" and "-", starting with a letter, at most 100 characters',
      fix: 'Rename the scope. Lists of scopes are separated by spaces.',
    });
  }
  const isString = typeof description === 'string' && description.trim() !== '';
  if (!isString || description.length > MAX_DESCRIPTION_LENGTH) {
    faults.push({
      code: 'scope-invalid',
      location: `scopes.${name}`,
      found: formatValue(description),
      expected: `a description of 1 to ${MAX_DESCRIPTION_LENGTH} characters`,
      fix: 'Describe what it allows a client to do, for the person who is asked to consent.',
    });
  }
  return faults;
}

function routeFaults(location: string, scopes: unknown, names: readonly string[]): readonly Fault[] {
  if (scopes === undefined) return [];
  if (!Array.isArray(scopes) || scopes.length === 0) {
    return [
      {
        code: 'scope-invalid',
        location,
        found: formatValue(scopes),
        expected: 'a list of at least one scope',
        fix: 'Name the scopes that a token needs, or remove the option.',
      },
    ];
  }
  return scopes
    .filter((scope) => !names.includes(scope))
    .map((scope) => ({
      code: 'scope-undeclared' as const,
      location,
      found: formatValue(scope),
      expected: names.length === 0 ? 'a scope of "scopes", which declares none' : `one of ${names.join(', ')}`,
      fix: 'Fix the spelling, or declare the scope with its description under "scopes".',
    }));
}
