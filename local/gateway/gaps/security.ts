/** What in the security of an API is not honoured here. Whatever it is, the operations that use it are refused. */
import type { RestApiModel } from '../../assembly/model.ts';
import { isRecord, type Json, record, string } from '../../assembly/values.ts';
import { unknownAuthorizerIdentitySources } from '../authorizer/identitySource.ts';
import { readAuthorizer } from '../authorizer/securityScheme.ts';
import { AUTHORIZER_EXTENSION, isApiKeyScheme, schemesOf, securitySchemes } from '../openApi.ts';

/** One line for each security scheme, or part of one, that is not honoured. */
export function schemeGaps(api: RestApiModel): string[] {
  const schemes = Object.entries(securitySchemes(api.body)).filter(([, scheme]) => !isApiKeyScheme(scheme));
  return schemes.flatMap(([name, scheme]) =>
    inspectScheme(scheme, api).map((detail) => `security scheme ${name}: ${detail}`),
  );
}

function inspectScheme(scheme: Json, api: RestApiModel): string[] {
  const extension = scheme[AUTHORIZER_EXTENSION];
  if (!isRecord(extension)) return ['it is not a Lambda authorizer; operations that ask for it are refused here'];
  if (readAuthorizer(scheme, api) === undefined) {
    const type = string(extension['type']) ?? '(none)';
    return [
      `authorizers of type ${type} without a function are not supported; operations that ask for it are refused here`,
    ];
  }
  const unknown = unknownAuthorizerIdentitySources(string(extension['identitySource']) ?? '', api);
  return unknown.map((source) => `identity source ${source} is not known, so every request lacks it here`);
}

/** One line for each part of an operation's `security` that is not honoured. */
export function operationSecurityGaps(operation: Json, api: RestApiModel): string[] {
  const schemes = securitySchemes(api.body);
  const names = schemesOf(operation);
  const unknown = names.filter((name) => schemes[name] === undefined);
  const authorizers = names.filter((name) => schemes[name] !== undefined && !isApiKeyScheme(record(schemes[name])));
  const lines = unknown.map((name) => `security scheme ${name} does not exist; the operation is refused here`);
  if (authorizers.length > 1) lines.push(`a method has one authorizer; only ${authorizers[0]} is asked`);
  if (operation['security'] === undefined && api.body['security'] !== undefined)
    lines.push('API Gateway ignores the security at the root, so the operation is open');
  return lines;
}
