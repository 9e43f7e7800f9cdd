/** API Gateway's request validation, read from its OpenAPI body by a draft-4 validator that this project did not write. */
import AjvDraft04 from 'ajv-draft-04';
import { DOCUMENT, type OpenApi, type Operation, operationOf, type Parameter } from '../documents.ts';
import type { Implementation } from '../implementation.ts';
import { headerValues, type Wire, wireOf } from '../wire.ts';

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html */
const NOT_ENFORCED = ['minItems', 'maxItems'];
/** The key of the model for all other media types. */
const OTHER_MEDIA_TYPES = '$default';

/** It can leave checks to the function, but never rejects what the function accepts; the table says which is which. */
export function gatewayModelsImplementation(gateway: OpenApi): Implementation {
  // API Gateway knows neither formats nor the `u` flag of patterns.
  const ajv = new AjvDraft04.default({ strict: false, validateFormats: false, unicodeRegExp: false, logger: false });
  ajv.addSchema({ id: DOCUMENT, components: enforced(gateway.components) });
  const conforms = (schema: object, value: unknown) => ajv.compile(schema)(value) === true;
  return {
    name: 'OpenAPI validation of the gateway',
    about: ['input'],
    evaluate: (request) => {
      const match = operationOf(gateway, request.method, request.path);
      if (match === undefined) return {};
      const wire = wireOf(request);
      const missing = (match.operation.parameters ?? []).some((each) => isMissing(each, match.path, wire));
      const passes = !missing && takesBody(match.operation, wire, conforms);
      return { input: passes ? 'passed-on' : 'rejected-at-gateway' };
    },
  };
}

function enforced<T>(components: T): T {
  const isIgnored = (key: string, value: unknown) => NOT_ENFORCED.includes(key) && typeof value === 'number';
  return JSON.parse(JSON.stringify(components), (key, value) => (isIgnored(key, value) ? undefined : value)) as T;
}

/** API Gateway checks only the presence of a parameter; a blank one counts as missing. */
function isMissing({ name, in: location, required }: Parameter, path: Readonly<Record<string, string>>, wire: Wire) {
  if (required !== true) return false;
  if (location === 'path') return (path[name] ?? '') === '';
  const values = location === 'query' ? (wire.query[name] ?? []) : headerValues(wire, name.toLowerCase());
  return values.every((value) => value === '');
}

function takesBody(
  { requestBody }: Operation,
  wire: Wire,
  conforms: (schema: object, value: unknown) => boolean,
): boolean {
  const [type = 'application/json'] = headerValues(wire, 'content-type');
  const mediaType = type.split(';')[0]?.trim().toLowerCase() ?? '';
  const content = requestBody?.content ?? {};
  const schema = (content[mediaType] ?? content[OTHER_MEDIA_TYPES])?.schema;
  if (schema === undefined) return true;
  if ((wire.body ?? '') === '') return requestBody?.required !== true;
  try {
    return conforms(schema, JSON.parse(wire.body ?? ''));
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
