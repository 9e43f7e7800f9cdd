/** Which security schemes an operation asks for. Root-level `security` is ignored, as API Gateway ignores it on import. */

import type { OpenApiBody } from '../assembly/model.ts';
import { isRecord, type Json, list, record, string } from '../assembly/values.ts';
import type { CompiledRoute } from './step.ts';

/** The extension that makes a security scheme a Lambda or Cognito authorizer. */
export const AUTHORIZER_EXTENSION = 'x-amazon-apigateway-authorizer';

/** The schemes under `components/securitySchemes`, by name. */
export function securitySchemes(body: OpenApiBody): Readonly<Record<string, Json>> {
  const schemes = record(record(body['components'])['securitySchemes']);
  return Object.fromEntries(Object.entries(schemes).map(([name, scheme]) => [name, record(scheme)]));
}

/** Names of the schemes in the operation's `security`, in order. */
export function schemesOf(operation: CompiledRoute['operation']): string[] {
  return list(operation['security']).flatMap((requirement) => Object.keys(record(requirement)));
}

/** True when the scheme is API Gateway's own key, `x-api-key`, rather than an authorizer that reads a header. */
export function isApiKeyScheme(scheme: Json): boolean {
  const named = (string(scheme['name']) ?? '').toLowerCase() === 'x-api-key';
  return scheme['type'] === 'apiKey' && named && !isRecord(scheme[AUTHORIZER_EXTENSION]);
}

/** Remembers per operation what `compile` makes of it. Routes are compiled once at start, so their number is finite. */
export function perOperation<T>(compile: (operation: CompiledRoute['operation']) => T): (route: CompiledRoute) => T {
  const made = new WeakMap<object, { readonly value: T }>();
  return ({ operation }) => {
    const known = made.get(operation);
    if (known !== undefined) return known.value;
    const value = compile(operation);
    made.set(operation, { value });
    return value;
  };
}
