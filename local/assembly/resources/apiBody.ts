import { readFileSync } from 'node:fs';
import { locateAsset } from '../assets.ts';
import type { ReportGap } from '../emulationGaps.ts';
import { AssemblyError } from '../error.ts';
import { readJson } from '../manifest.ts';
import type { OpenApiBody } from '../model.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { isRecord, type Json, record, string } from '../values.ts';
import { translateMethods } from './apiMethods.ts';

const GATEWAY_RESPONSES = 'x-amazon-apigateway-gateway-responses';

/**
 * The OpenAPI body of a REST API: its own (inline or as an asset), or one made from its methods. Gateway response resources
 * are merged into it.
 * @throws AssemblyError `bad-body` for YAML, Swagger 2.0 or no paths at all; `missing-asset`.
 */
export function readBody(resource: Resource, stack: StackTemplate, report: ReportGap): OpenApiBody {
  const defined = definedBody(resource, stack);
  if (defined !== undefined && !/^3\.0/.test(string(defined['openapi']) ?? '')) throw notOpenApi(resource);
  const translated = translateMethods(resource, stack, report);
  if (defined === undefined && translated === undefined) throw empty(resource);
  const body = merge(translated ?? {}, defined ?? {});
  const responses = gatewayResponses(resource, stack);
  return Object.keys(responses).length === 0 ? body : merge(body, { [GATEWAY_RESPONSES]: responses });
}

function definedBody(resource: Resource, stack: StackTemplate): Json | undefined {
  const { Body, BodyS3Location } = resource.properties;
  if (isRecord(Body)) return Body;
  if (!isRecord(BodyS3Location)) return undefined;
  const { directory } = stack.artifact;
  const reference = {
    resource: resource.location,
    objectKey: string(BodyS3Location['Key']),
    metadata: resource.metadata,
    directory,
  };
  const path = locateAsset(stack.assets, reference, 'file');
  if (!/^\s*\{/.test(readFileSync(path, 'utf8'))) throw notOpenApi(resource);
  return readJson(path, 'bad-body', 'write the API definition as JSON');
}

/** `AWS::ApiGateway::GatewayResponse` in the form of the body's extension. */
function gatewayResponses(api: Resource, stack: StackTemplate): Json {
  const responses = stack.ofType('AWS::ApiGateway::GatewayResponse').map(({ properties }) => properties);
  return Object.fromEntries(
    responses
      .filter(({ RestApiId }) => RestApiId === api.ref)
      .map((properties) => [
        string(properties['ResponseType']) ?? '',
        {
          ...(properties['StatusCode'] === undefined ? {} : { statusCode: string(properties['StatusCode']) }),
          responseParameters: record(properties['ResponseParameters']),
          responseTemplates: record(properties['ResponseTemplates']),
        },
      ]),
  );
}

/** Merges objects member by member; where both have a plain value, the second wins. */
function merge(first: Json, second: Json): Json {
  const result: Record<string, unknown> = { ...first };
  for (const [key, value] of Object.entries(second)) {
    const before = result[key];
    result[key] = isRecord(before) && isRecord(value) ? merge(before, value) : value;
  }
  return result;
}

function notOpenApi(resource: Resource): AssemblyError {
  return new AssemblyError('bad-body', {
    found: `an API definition that is not OpenAPI 3.0 in JSON at ${resource.location}`,
    expected: 'a JSON object with "openapi": "3.0.x"',
    fix: 'convert the definition to OpenAPI 3.0 and write it as JSON',
  });
}

function empty(resource: Resource): AssemblyError {
  return new AssemblyError('bad-body', {
    found: `an API without methods at ${resource.location}`,
    expected: 'a Body, a BodyS3Location that is an asset, or AWS::ApiGateway::Method resources',
    fix: 'give the API at least one route',
  });
}
