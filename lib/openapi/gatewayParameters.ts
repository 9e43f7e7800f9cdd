import type { Route } from '../definition/api.ts';
import type { SchemaNode } from '../definition/schema.ts';
import { contentOf } from '../definition/walkSchema.ts';
import type { GatewayGap } from './gatewayGap.ts';
import type { Json } from './json.ts';

/** The parameters that a gateway operation declares, and those it must leave to the Lambda. */
export interface GatewayParameters {
  readonly parameters: readonly Json[];
  readonly gaps: readonly GatewayGap[];
}

/**
 * Path parameters and required ones of query and headers. Of a parameter the gateway checks only that it is there **and
 * not blank**, so one that can be blank is left to the Lambda; optional ones need no declaration for a proxy
 * integration.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function gatewayParameters(route: Route): GatewayParameters {
  const { path, query, headers } = route.request;
  // Nothing is said to an unknown sender before the signature is verified.
  const isWebhook = route.access.kind === 'webhook';
  const required = isWebhook ? [] : [...requiredOf(query, 'query'), ...requiredOf(headers, 'header')];
  return {
    parameters: [
      ...Object.keys(path?.properties ?? {}).map((name) => declared(name, 'path')),
      ...required.filter(({ schema }) => !mayBeBlank(schema)).map(({ name, where }) => declared(name, where)),
    ],
    gaps: parameterGaps(route),
  };
}

const PARTS = ['path', 'query', 'headers', 'cookies'] as const;

/** Every rule of a parameter except `required`; of a cookie, all rules. */
function parameterGaps({ id, request }: Route): readonly GatewayGap[] {
  return PARTS.flatMap((part) =>
    Object.entries(request[part]?.properties ?? {}).flatMap(([name, schema]) => {
      const location = `routes.${id}.${part}.properties.${name}`;
      const gap = (keyword: string, reason: string) => ({ route: id, location, keyword, reason });
      const required = (request[part]?.required ?? []).includes(name);
      return [
        ...(required && part === 'cookies' ? [gap('required', 'the gateway does not know cookies')] : []),
        ...(required && (part === 'query' || part === 'headers') && mayBeBlank(schema)
          ? [gap('required', 'the gateway would also reject a blank value, which the schema allows')]
          : []),
        ...rulesOf(schema).map((keyword) => gap(keyword, 'of a parameter the gateway checks only that it is there')),
      ];
    }),
  );
}

/** Keywords that a value has to satisfy; every parameter is a string anyway. */
function rulesOf(schema: SchemaNode): readonly string[] {
  const isRule = (keyword: string) => {
    const checks = contentOf(keyword) !== 'annotation' && keyword !== 'default';
    return checks && (!keyword.startsWith('x-') || keyword === 'x-text');
  };
  return Object.keys(schema).filter((keyword) => isRule(keyword) && !(keyword === 'type' && schema.type === 'string'));
}

function requiredOf(part: SchemaNode | undefined, where: 'query' | 'header') {
  return (part?.required ?? []).map((name) => ({ name, where, schema: part?.properties?.[name] ?? {} }));
}

/** Whether an empty string is valid: not as a number or boolean, nor where a length or list forbids it. */
function mayBeBlank(schema: SchemaNode): boolean {
  const item = schema.type === 'array' && typeof schema.items === 'object' ? schema.items : schema;
  if (item.type === 'integer' || item.type === 'number' || item.type === 'boolean') return false;
  if (item.enum !== undefined) return item.enum.includes('');
  if ('const' in item) return item.const === '';
  return !(Number(item['minLength'] ?? 0) > 0 || item.format !== undefined);
}

function declared(name: string, where: string): Json {
  return { name, in: where, required: true, schema: { type: 'string' } };
}
