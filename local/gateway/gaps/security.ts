/** What of an API's security is not emulated. Operations that use it are rejected. */
import type { RestApiModel } from '../../assembly/model.ts';
import { isRecord, type Json, record, string } from '../../assembly/values.ts';
import { unknownAuthorizerIdentitySources } from '../authorizer/identitySource.ts';
import { readAuthorizer } from '../authorizer/securityScheme.ts';
import { AUTHORIZER_EXTENSION, isApiKeyScheme, schemesOf, securitySchemes } from '../openApi.ts';

/** One line for each security scheme, or part of one, that is not emulated. */
export function schemeGaps(api: RestApiModel): string[] {
  const schemes = Object.entries(securitySchemes(api.body)).filter(([, scheme]) => !isApiKeyScheme(scheme));
  return schemes.flatMap(([name, scheme]) =>
    inspectScheme(scheme, api).map((detail) => `security scheme ${name}: ${detail}`),
  );
}

function inspectScheme(scheme: Json, api: RestApiModel): string[] {
  const extension = scheme[AUTHORIZER_EXTENSION];
  if (!isRecord(extension)) return ['it is not a Lambda authorizer; operations that use it are rejected'];
  if (readAuthorizer(scheme, api) === undefined) {
    const type = string(extension['type']) ?? '(none)';
    return [`authorizers of type ${type} without a function are not supported; operations that use it are rejected`];
  }
  const unknown = unknownAuthorizerIdentitySources(string(extension['identitySource']) ?? '', api);
  return unknown.map(
    (source) => `identity source ${source} is not supported; requests are rejected as if it were missing`,
  );
}

/** One line for each part of an operation's `security` that is not emulated. */
export function operationSecurityGaps(operation: Json, api: RestApiModel): string[] {
  const schemes = securitySchemes(api.body);
  const names = schemesOf(operation);
  const unknown = names.filter((name) => schemes[name] === undefined);
  const authorizers = names.filter((name) => schemes[name] !== undefined && !isApiKeyScheme(record(schemes[name])));
  const lines = unknown.map((name) => `security scheme ${name} does not exist; the operation is rejected`);
  if (authorizers.length > 1) lines.push(`a method has one authorizer; only ${authorizers[0]} is used`);
  if (operation['security'] === undefined && api.body['security'] !== undefined)
    lines.push('API Gateway ignores the security at the root, so the operation is open');
  return lines;
}
