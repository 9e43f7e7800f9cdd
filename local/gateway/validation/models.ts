/**
 * Models of request bodies: JSON Schema draft 4 as API Gateway enforces it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings.html
 */
import AjvDraft04, { type ErrorObject, type KeywordDefinition } from 'ajv-draft-04';
import type { OpenApiBody } from '../../assembly/model.ts';
import { isRecord, type Json, record } from '../../assembly/values.ts';

/** Checks a parsed body. Returns every fault, or only the first; none when the body conforms. */
export type ModelCheck = (body: unknown, everyFault: boolean) => readonly ErrorObject[];

/** Compiles a model: an inline schema, or a reference into the body's `components/schemas`. */
export type ModelCompiler = (schema: unknown) => ModelCheck;

/**
 * Keywords without effect: API Gateway does not enforce the first four (its page of known issues). The others belong to OpenAPI,
 * not to draft 4.
 */
const NOT_ENFORCED = new Set([
  'minItems',
  'maxItems',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'discriminator',
  'nullable',
  'example',
  'xml',
  'externalDocs',
]);

/** Members whose keys are names, not keywords. */
const NAMED = new Set(['properties', 'patternProperties', 'definitions', 'dependencies']);

/** Members that hold values rather than schemas. */
const LITERAL = new Set(['enum', 'default', 'required']);

/** The name of the components in the validators. */
const ROOT = 'api.json';

/**
 * Makes the compiler of one API's models. Components are read once; each model is compiled on demand.
 * @throws Error when a model is not a valid schema.
 */
export function createModelCompiler(body: OpenApiBody): ModelCompiler {
  const components = { schemas: strip(record(record(body['components'])['schemas']), true) };
  const firstOnly = createAjv(components, false);
  const all = createAjv(components, true);
  return (schema) => {
    const model = isRecord(schema) ? record(strip(schema, false)) : {};
    const validate = firstOnly.compile(model);
    // Most bodies conform, so the validator that finds every fault is made for the first body that does not.
    let allFaults: typeof validate | undefined;
    return (value, everyFault) => {
      if (validate(value)) return [];
      if (!everyFault) return validate.errors ?? [];
      allFaults ??= all.compile(model);
      allFaults(value);
      return allFaults.errors ?? [];
    };
  };
}

/** Ajv's own comparison calls `toString` and `valueOf` of what it compares, and throws where a body has such members. */
const UNIQUE_ITEMS: KeywordDefinition = {
  keyword: 'uniqueItems',
  type: 'array',
  schemaType: 'boolean',
  validate: (unique: boolean, items: readonly unknown[]) =>
    !unique || new Set(items.map((item) => JSON.stringify(sorted(item)))).size === items.length,
  error: { message: 'array must not contain duplicate elements' },
};

/** A value that is written as one text, in whatever order its members are. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return ['[]', ...value.map(sorted)];
  if (!isRecord(value)) return value;
  const names = Object.keys(value).sort();
  return ['{}', ...names.map((name) => [name, sorted(value[name])])];
}

function createAjv(components: Json, allErrors: boolean) {
  const ajv = new AjvDraft04.default({ strict: false, allErrors, validateFormats: false, logger: false });
  ajv.removeKeyword('uniqueItems').addKeyword(UNIQUE_ITEMS);
  return ajv.addSchema({ components }, ROOT, true, false);
}

function strip(schema: unknown, named: boolean): unknown {
  if (Array.isArray(schema)) return schema.map((item) => strip(item, false));
  if (!isRecord(schema)) return schema;
  const kept = Object.entries(schema).filter(([key]) => named || !NOT_ENFORCED.has(key));
  return Object.fromEntries(kept.map(([key, value]) => [key, named ? strip(value, false) : member(key, value)]));
}

function member(key: string, value: unknown): unknown {
  if (LITERAL.has(key)) return value;
  if (key === '$ref' && typeof value === 'string' && value.startsWith('#/')) return `${ROOT}${value}`;
  return strip(value, NAMED.has(key));
}
