/** The authorizer of an operation, read from its security scheme. */
import type { RestApiModel } from '../../assembly/model.ts';
import { type Json, number, record, string } from '../../assembly/values.ts';
import { AUTHORIZER_EXTENSION, isApiKeyScheme, schemesOf } from '../openApi.ts';
import type { CompiledRoute } from '../step.ts';
import { type AuthorizerIdentitySource, compileAuthorizerIdentitySources } from './identitySource.ts';

/** API Gateway's default, in seconds. */
const DEFAULT_TTL = 300;

/** A Lambda authorizer, ready to run. */
export interface LambdaAuthorizer {
  readonly type: 'request' | 'token';
  readonly functionArn: string;
  readonly sources: readonly AuthorizerIdentitySource[];
  /** Of a token authorizer: what the whole token has to look like. */
  readonly validation?: RegExp;
  readonly ttlSeconds: number;
}

/**
 * Reads a scheme.
 * @returns nothing when the scheme is not a Lambda authorizer, or names no function.
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
  const ttl = number(extension['authorizerResultTtlInSeconds']) ?? DEFAULT_TTL;
  return {
    type,
    functionArn,
    sources,
    ...(type === 'token' && expression ? { validation: validationOf(expression) } : {}),
    // Without a source there is nothing to tell one caller's answer from another's.
    ttlSeconds: sources.length === 0 ? 0 : ttl,
  };
}

/** A token has to match as a whole. An expression that is no regular expression here lets no token through. */
function validationOf(expression: string): RegExp {
  try {
    return new RegExp(`^(?:${expression})$`);
  } catch {
    return /(?!)/;
  }
}

/** The first scheme of the operation that is not API Gateway's own key; a method has one authorizer. */
export function authorizerSchemeOf(
  operation: CompiledRoute['operation'],
  schemes: Readonly<Record<string, Json>>,
): string | undefined {
  return schemesOf(operation).find((name) => !isApiKeyScheme(schemes[name] ?? {}));
}

/** The function in `arn:aws:apigateway:…:lambda:path/2015-03-31/functions/<arn>/invocations`. */
export function functionArnOf(uri: string): string | undefined {
  return /\/functions\/(.+)\/invocations$/.exec(uri)?.[1];
}
