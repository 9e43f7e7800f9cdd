import type { BundledIssuers } from '../../lib/definition/tokenIssuer.ts';
import type { AuthorizerEnvironment, Readable } from '../shared/wireContract.ts';
import { AuthorizerFault } from './reasons.ts';

/** The JSON of the token issuers in the bundle. */
export type ReadBundledIssuers = (environment: Readable<AuthorizerEnvironment>) => string;

/**
 * The token issuers of the bundle, with the values of the deployment. Only bundles that have issuers import it.
 *
 * @throws {AuthorizerFault} `configuration-invalid` without a value: what remains must not become the name of an issuer.
 * @example
 * ```ts
 * bundledIssuers(['[{"issuer":"https://', 0, '"}]'])({ SECURE_API_ISSUER_VALUES: '["login.example.com"]' });
 * ```
 */
export function bundledIssuers(parts: BundledIssuers): ReadBundledIssuers {
  return (environment) => {
    const values = parseValues(environment.SECURE_API_ISSUER_VALUES ?? '[]');
    return parts.map((part) => (typeof part === 'string' ? part : inJson(values[part], part))).join('');
  };
}

function inJson(value: unknown, position: number): string {
  if (typeof value === 'string' && value !== '') return JSON.stringify(value).slice(1, -1);
  throw invalid(`[${position}] is not a string`);
}

function parseValues(json: string): readonly unknown[] {
  try {
    const values: unknown = JSON.parse(json);
    if (Array.isArray(values)) return values;
  } catch {
    // Reported below.
  }
  throw invalid('is not a list');
}

function invalid(what: string): AuthorizerFault {
  return new AuthorizerFault('configuration-invalid', new Error(`SECURE_API_ISSUER_VALUES ${what}`));
}
