/** The Lambda authorizer of an operation, read from its security scheme. */
import type { RestApiModel } from '../../assembly/model.ts';
import { type Json, number, record, string } from '../../assembly/values.ts';
import { AUTHORIZER_EXTENSION, functionArnOf, isApiKeyScheme, schemesOf } from '../openApi.ts';
import type { CompiledRoute } from '../requestState.ts';
import { type AuthorizerIdentitySource, compileAuthorizerIdentitySources } from './identitySource.ts';

/** API Gateway's default. */
const DEFAULT_TTL_SECONDS = 300;

/** A Lambda authorizer, ready to run. */
export interface LambdaAuthorizer {
  readonly type: 'request' | 'token';
  readonly functionArn: string;
  readonly sources: readonly AuthorizerIdentitySource[];
  /** Of a token authorizer: the pattern of the whole token. */
  readonly validation?: RegExp;
  readonly ttlSeconds: number;
}

/**
 * Reads a scheme.
 * @returns `undefined` when the scheme is not a Lambda authorizer, or names no function.
 */
export function readAuthorizer(scheme: Json, api: RestApiModel): LambdaAuthorizer | undefined {
  const extension = record(scheme[AUTHORIZER_EXTENSION]);
  const type = string(extension['type'])?.toLowerCase();
  const functionArn = functionArnOf(string(extension['authorizerUri']) ?? '');
  if ((type !== 'request' && type !== 'token') || functionArn === undefined) return undefined;
  const header = `method.request.header.${string(scheme['name']) ?? 'Authorization'}`;
  const source = string(extension['identitySource']) ?? (type === 'token' ? header : '');
  const expression = string(extension['identityValidationExpression']);
  const sources = compileAuthorizerIdentitySources(source, api);
  const ttl = number(extension['authorizerResultTtlInSeconds']) ?? DEFAULT_TTL_SECONDS;
  return {
    type,
    functionArn,
    sources,
    ...(type === 'token' && expression ? { validation: validationOf(expression) } : {}),
    // Without an identity source, the result for one caller would be cached for all.
    ttlSeconds: sources.length === 0 ? 0 : ttl,
  };
}

/** The whole token has to match. An expression that JavaScript cannot compile matches no token. */
function validationOf(expression: string): RegExp {
  try {
    return new RegExp(`^(?:${expression})$`);
  } catch {
    return /(?!)/;
  }
}

/** The first scheme of the operation that is not API Gateway's own key: a method has one authorizer. */
export function authorizerSchemeOf(
  operation: CompiledRoute['operation'],
  schemes: Readonly<Record<string, Json>>,
): string | undefined {
  return schemesOf(operation).find((name) => !isApiKeyScheme(schemes[name] ?? {}));
}
