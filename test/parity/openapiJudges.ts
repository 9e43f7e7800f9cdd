/** The two OpenAPI documents, read by validators that this project did not write. */
import Ajv2020 from 'ajv/dist/2020.js';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import type { Api } from '../../lib/definition/index.ts';
import { gatewayOpenApi, publicOpenApi } from '../../lib/openapi/index.ts';
import type { Judge } from './judge.ts';
import { type Parts, partsOf } from './parts.ts';
import type { ParityRequest } from './table.ts';

type Json = Readonly<Record<string, unknown>>;
interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Json;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Json }>>;
  };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Json };
}

const BINDINGS = {
  authorizerUri: 'arn:authorizer',
  authorizerCredentials: 'arn:role',
  authorizerTtlSeconds: 60,
  integrationUri: (group: string) => `arn:${group}`,
  integrationCredentials: 'arn:role',
};

/** The models of API Gateway, which may leave things to the Lambda and must never refuse what that accepts. */
export function gatewayModelsJudge(api: Api): Judge {
  const document = plain(gatewayOpenApi(api, BINDINGS));
  const ajv = new AjvDraft04.default({ strict: false, logger: false });
  ajv.addSchema({ id: 'api', components: document.components });
  return {
    name: 'OpenAPI models of the gateway',
    strictness: 'early',
    judge: (request) => {
      const parts = partsOf(api, request);
      const operation = parts && operationOf(document, parts);
      if (parts === undefined || operation === undefined) return {};
      const missing = (operation.parameters ?? []).filter(
        (parameter) => parameter.required && !isGiven(parameter, parts),
      );
      return { input: missing.length === 0 && bodyFits(operation, request, ajv) ? 'valid' : 'invalid' };
    },
  };
}

/** The document for people and clients, which says all there is to say about well-formed requests. */
export function publicDocumentJudge(api: Api): Judge {
  const document = plain(publicOpenApi(api));
  const ajv = new Ajv2020.default({ strict: false, logger: false });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'api', components: document.components });
  return {
    name: 'public OpenAPI document',
    strictness: 'exact',
    judge: (request) => {
      const parts = partsOf(api, request);
      const operation = parts && operationOf(document, parts);
      if (parts === undefined || operation === undefined) return {};
      const declared = operation.parameters ?? [];
      const unknown = Object.keys(parts.query).some(
        (name) => !declared.some((each) => each.in === 'query' && each.name === name),
      );
      const fits = declared.every((parameter) => parameterFits(parameter, parts, ajv));
      return { input: !unknown && fits && bodyFits(operation, request, ajv) ? 'valid' : 'invalid' };
    },
  };
}

interface Ajv {
  compile(schema: object): (value: unknown) => boolean | Promise<unknown>;
}

/** As it is sent over the wire, references pointing into the schema that the validators know as `api`. */
function plain(document: object): Document {
  return JSON.parse(JSON.stringify(document).replaceAll('#/components/', 'api#/components/')) as Document;
}

function operationOf({ paths }: Document, { route }: Parts): Operation | undefined {
  return paths[route.path]?.[route.method.toLowerCase()];
}

function valuesOf({ name, in: place }: Parameter, { path, query, headers }: Parts): readonly string[] {
  if (place === 'query') return query[name] ?? [];
  const found = place === 'path' ? decoded(path[name]) : headers[name];
  return found === undefined ? [] : [found];
}

function decoded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : decodeURIComponent(text);
}

function isGiven(parameter: Parameter, parts: Parts): boolean {
  return valuesOf(parameter, parts).some((value) => value !== '');
}

function parameterFits(parameter: Parameter, parts: Parts, ajv: Ajv): boolean {
  const [value, ...others] = valuesOf(parameter, parts);
  if (value === undefined) return parameter.required !== true;
  return others.length === 0 && ajv.compile(parameter.schema)(read(value, parameter.schema['type'])) === true;
}

/** A number is written as JSON writes it, without exponent; anything else stays text. */
function read(text: string, type: unknown): unknown {
  const isNumber = (type === 'integer' || type === 'number') && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text);
  return isNumber ? Number(text) : text;
}

function bodyFits({ requestBody }: Operation, { body }: ParityRequest, ajv: Ajv): boolean {
  const schema = requestBody?.content['application/json']?.schema;
  if (schema === undefined) return body === undefined;
  if (body === undefined) return requestBody?.required !== true;
  return ajv.compile(schema)(body) === true;
}
