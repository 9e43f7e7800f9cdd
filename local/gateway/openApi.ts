/** How the gateway reads an OpenAPI body: methods, references, security schemes, function URIs. */
import type { OpenApiBody } from '../assembly/model.ts';
import { isRecord, type Json, list, record, string } from '../assembly/values.ts';
import type { CompiledRoute } from './requestState.ts';

/** The extension that makes a security scheme a Lambda or Cognito authorizer. */
export const AUTHORIZER_EXTENSION = 'x-amazon-apigateway-authorizer';

/** References may point at references; a circle of them ends here. */
const MAX_REFERENCE_DEPTH = 8;

/** The method of a path item's key, in upper case: `ANY` for the any-method extension, `undefined` for other members. */
export function methodOf(key: string): string | undefined {
  if (key === 'x-amazon-apigateway-any-method') return 'ANY';
  return /^(get|put|post|delete|options|head|patch)$/i.test(key) ? key.toUpperCase() : undefined;
}

/** The object that `value` is or refers to (`#/components/…`); an empty one when the reference leads nowhere. */
export function dereference(body: OpenApiBody, value: unknown, depth = 0): Json {
  const object = record(value);
  const pointer = string(object['$ref']);
  if (pointer === undefined) return object;
  if (!pointer.startsWith('#/') || depth === MAX_REFERENCE_DEPTH) return {};
  let target: unknown = body;
  for (const part of pointer.slice(2).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const members = record(target);
    target = Object.hasOwn(members, name) ? members[name] : undefined;
  }
  return dereference(body, target, depth + 1);
}

/** The schemes under `components/securitySchemes`, by name. */
export function securitySchemes(body: OpenApiBody): Readonly<Record<string, Json>> {
  const schemes = record(record(body['components'])['securitySchemes']);
  return Object.fromEntries(Object.entries(schemes).map(([name, scheme]) => [name, record(scheme)]));
}

/**
 * Names of the schemes in the operation's `security`, in order. Root-level `security` is ignored, as API Gateway ignores it
 * on import.
 */
export function schemesOf(operation: CompiledRoute['operation']): string[] {
  return list(operation['security']).flatMap((requirement) => Object.keys(record(requirement)));
}

/** True when the scheme is API Gateway's own key, `x-api-key`, rather than an authorizer that reads a header. */
export function isApiKeyScheme(scheme: Json): boolean {
  const named = (string(scheme['name']) ?? '').toLowerCase() === 'x-api-key';
  return scheme['type'] === 'apiKey' && named && !isRecord(scheme[AUTHORIZER_EXTENSION]);
}

/** The function in `arn:aws:apigateway:…:lambda:path/2015-03-31/functions/<arn>/invocations`. */
export function functionArnOf(uri: string): string | undefined {
  return /\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
}

/** Caches what `compile` returns for each operation. Routes are compiled once at start, so their number is finite. */
export function perOperation<T>(compile: (operation: CompiledRoute['operation']) => T): (route: CompiledRoute) => T {
  const compiled = new WeakMap<object, { readonly value: T }>();
  return ({ operation }) => {
    const cached = compiled.get(operation);
    if (cached !== undefined) return cached.value;
    const value = compile(operation);
    compiled.set(operation, { value });
    return value;
  };
}
