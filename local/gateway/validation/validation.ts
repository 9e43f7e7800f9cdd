/**
 * Request validation: required parameters, then the body's model.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
import type { OpenApiBody, RestApiModel } from '../../assembly/model.ts';
import { flag, type Json, record, string } from '../../assembly/values.ts';
import type { IncomingRequest } from '../incomingRequest.ts';
import { dereference, methodOf } from '../openApi.ts';
import type { CompiledRoute, RequestState } from '../requestState.ts';
import type { Outcome, Rejection, Step } from '../step.ts';
import { createModelCompiler, type ModelCheck, type ModelCompiler } from './models.ts';
import { type RequiredParameter, requiredParameters } from './requiredParameters.ts';
import { NOT_JSON, validationErrorString } from './validationError.ts';

const VALIDATOR = 'x-amazon-apigateway-request-validator';

/** API Gateway's default for a request without a content type. */
const DEFAULT_MEDIA_TYPE = 'application/json';

/** The key of a body's `content` for media types without their own model. */
const ANY_MEDIA_TYPE = '$default';

/** Up to this size the response lists every fault of a body. A larger body could have millions, so it lists the first. */
const MAX_BYTES_FOR_ALL_FAULTS = 64 * 1024;

interface OperationChecks {
  readonly parameters: readonly RequiredParameter[];
  /** By media type in lower case; empty when bodies are not validated. */
  readonly models: ReadonlyMap<string, ModelCheck>;
  readonly bodyRequired: boolean;
}

/**
 * Makes the step that validates requests as the operation's validator, or the API's, requires.
 *
 * `BAD_REQUEST_PARAMETERS` names the missing parameters; `BAD_REQUEST_BODY` lists the faults. A body of a media type without a
 * model is not validated, unless there is a `$default`. Models are compiled once, here.
 *
 * @throws Error when a model is not a valid schema.
 */
export function createValidation(api: RestApiModel): Step {
  const compiler = createModelCompiler(api.body);
  const apiChecks = compileApiChecks(api.body, compiler);
  return (state) => {
    const checks = state.route && checksOf(apiChecks, state.route);
    return checks && (checkParameters(checks, state) ?? checkBody(checks, state.request));
  };
}

/** By path, then by method in upper case (`ANY` for `x-amazon-apigateway-any-method`). */
type ApiChecks = ReadonlyMap<string, ReadonlyMap<string, OperationChecks>>;

function checksOf(checks: ApiChecks, { resourcePath, method }: CompiledRoute): OperationChecks | undefined {
  const methods = checks.get(resourcePath);
  return methods?.get(method) ?? methods?.get('ANY');
}

function compileApiChecks(body: OpenApiBody, compiler: ModelCompiler): ApiChecks {
  const checks = new Map<string, Map<string, OperationChecks>>();
  for (const [resourcePath, item] of Object.entries(record(body['paths']))) {
    const methods = new Map<string, OperationChecks>();
    for (const [key, operation] of Object.entries(record(item))) {
      const method = methodOf(key);
      if (method === undefined) continue;
      const operationChecks = compileOperationChecks(
        body,
        { method, resourcePath, operation: record(operation) },
        compiler,
      );
      if (operationChecks !== undefined) methods.set(method, operationChecks);
    }
    checks.set(resourcePath, methods);
  }
  return checks;
}

function compileOperationChecks(
  body: OpenApiBody,
  route: Pick<CompiledRoute, 'operation' | 'resourcePath' | 'method'>,
  compiler: ModelCompiler,
): OperationChecks | undefined {
  const name = string(route.operation[VALIDATOR]) ?? string(body[VALIDATOR]);
  if (name === undefined) return undefined;
  const validator = record(record(body[`${VALIDATOR}s`])[name]);
  const requestBody = dereference(body, route.operation['requestBody']);
  const withBody = flag(validator['validateRequestBody']);
  return {
    parameters: flag(validator['validateRequestParameters']) ? requiredParameters(body, route) : [],
    models: withBody ? compileModels(record(requestBody['content']), compiler) : new Map(),
    bodyRequired: withBody && flag(requestBody['required']),
  };
}

function compileModels(content: Json, compiler: ModelCompiler): ReadonlyMap<string, ModelCheck> {
  const models = new Map<string, ModelCheck>();
  // Several media types usually share a model, which is compiled once.
  const compiled = new Map<string, ModelCheck>();
  for (const [mediaType, media] of Object.entries(content)) {
    const schema = record(media)['schema'];
    if (schema === undefined) continue;
    const source = JSON.stringify(schema);
    const check = compiled.get(source) ?? compiler(schema);
    compiled.set(source, check);
    models.set(mediaType.toLowerCase(), check);
  }
  return models;
}

function checkParameters({ parameters }: OperationChecks, state: RequestState): Outcome {
  if (parameters.every(({ present }) => present(state))) return undefined;
  const missing = parameters.filter(({ present }) => !present(state)).map(({ name }) => name);
  const message = `Missing required request parameters: [${missing.join(', ')}]`;
  return { kind: 'rejection', type: 'BAD_REQUEST_PARAMETERS', message, validationError: message };
}

function checkBody({ models, bodyRequired }: OperationChecks, request: IncomingRequest): Outcome {
  const check = models.get(mediaTypeOf(request)) ?? models.get(ANY_MEDIA_TYPE);
  if (check === undefined) return undefined;
  if (request.body.length === 0) return bodyRequired ? badBody('Request body is required') : undefined;
  let body: unknown;
  try {
    body = JSON.parse(request.body.toString('utf8'));
  } catch {
    return badBody(NOT_JSON);
  }
  const faults = check(body, request.body.length <= MAX_BYTES_FOR_ALL_FAULTS);
  return faults.length === 0 ? undefined : badBody(validationErrorString(faults, body));
}

function mediaTypeOf({ headers }: IncomingRequest): string {
  const [mediaType = ''] = (headers['content-type']?.[0] ?? '').split(';');
  return mediaType.trim().toLowerCase() || DEFAULT_MEDIA_TYPE;
}

function badBody(validationError: string): Rejection {
  return { kind: 'rejection', type: 'BAD_REQUEST_BODY', message: 'Invalid request body', validationError };
}
