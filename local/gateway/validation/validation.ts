/**
 * Request validation: required parameters, then the body's model.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
import type { OpenApiBody, RestApiModel } from '../../assembly/model.ts';
import { flag, type Json, record, string } from '../../assembly/values.ts';
import { methodOf } from '../method.ts';
import { dereference } from '../reference.ts';
import type { CompiledRoute, IncomingRequest, Outcome, Rejection, RequestState, Step } from '../step.ts';
import { createModelCompiler, type ModelCheck, type ModelCompiler } from './models.ts';
import { type RequiredParameter, requiredParameters } from './requiredParameters.ts';
import { NOT_JSON, validationErrorString } from './validationError.ts';

const VALIDATOR = 'x-amazon-apigateway-request-validator';

/** Without this header API Gateway takes a body for JSON. */
const DEFAULT_MEDIA_TYPE = 'application/json';

/** The key of a body's `content` that catches media types without a model of their own. */
const ANY_MEDIA_TYPE = '$default';

/** Bodies up to this size are told every fault; a larger one could have millions, and is told the first. */
const THOROUGH_BYTES = 64 * 1024;

interface Plan {
  readonly parameters: readonly RequiredParameter[];
  /** By media type in lower case; none when bodies are not validated. */
  readonly models: ReadonlyMap<string, ModelCheck>;
  readonly bodyRequired: boolean;
}

/**
 * Makes the stage that validates requests as the operation's validator (or the API's) says.
 *
 * `BAD_REQUEST_PARAMETERS` names what is missing; `BAD_REQUEST_BODY` carries the faults. A media type without a model,
 * and no `$default`, is not validated. Models are compiled here, once.
 *
 * @throws Error when a model is not a valid schema.
 */
export function createValidation(api: RestApiModel): Step {
  const compiler = createModelCompiler(api.body);
  const plans = compilePlans(api.body, compiler);
  return (state) => {
    const plan = state.route && planOf(plans, state.route);
    return plan && (checkParameters(plan, state) ?? checkBody(plan, state.request));
  };
}

/** By path, then by method in upper case (`ANY` for `x-amazon-apigateway-any-method`). */
type Plans = ReadonlyMap<string, ReadonlyMap<string, Plan>>;

function planOf(plans: Plans, { resourcePath, method }: CompiledRoute): Plan | undefined {
  const methods = plans.get(resourcePath);
  return methods?.get(method) ?? methods?.get('ANY');
}

function compilePlans(body: OpenApiBody, compiler: ModelCompiler): Plans {
  const plans = new Map<string, Map<string, Plan>>();
  for (const [resourcePath, item] of Object.entries(record(body['paths']))) {
    const methods = new Map<string, Plan>();
    for (const [key, operation] of Object.entries(record(item))) {
      const method = methodOf(key);
      if (method === undefined) continue;
      const plan = compilePlan(body, { method, resourcePath, operation: record(operation) }, compiler);
      if (plan !== undefined) methods.set(method, plan);
    }
    plans.set(resourcePath, methods);
  }
  return plans;
}

function compilePlan(body: OpenApiBody, route: CompiledRoute, compiler: ModelCompiler): Plan | undefined {
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
  // The same model usually stands under several media types; it is compiled once.
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

function checkParameters({ parameters }: Plan, state: RequestState): Outcome {
  if (parameters.every(({ present }) => present(state))) return undefined;
  const missing = parameters.filter(({ present }) => !present(state)).map(({ name }) => name);
  const message = `Missing required request parameters: [${missing.join(', ')}]`;
  return { kind: 'rejection', type: 'BAD_REQUEST_PARAMETERS', message, validationError: message };
}

function checkBody({ models, bodyRequired }: Plan, request: IncomingRequest): Outcome {
  const check = models.get(mediaTypeOf(request)) ?? models.get(ANY_MEDIA_TYPE);
  if (check === undefined) return undefined;
  if (request.body.length === 0) return bodyRequired ? badBody('Request body is required') : undefined;
  let body: unknown;
  try {
    body = JSON.parse(request.body.toString('utf8'));
  } catch {
    return badBody(NOT_JSON);
  }
  const faults = check(body, request.body.length <= THOROUGH_BYTES);
  return faults.length === 0 ? undefined : badBody(validationErrorString(faults, body));
}

function mediaTypeOf({ headers }: IncomingRequest): string {
  const [mediaType = ''] = (headers['content-type']?.[0] ?? '').split(';');
  return mediaType.trim().toLowerCase() || DEFAULT_MEDIA_TYPE;
}

function badBody(validationError: string): Rejection {
  return { kind: 'rejection', type: 'BAD_REQUEST_BODY', message: 'Invalid request body', validationError };
}
