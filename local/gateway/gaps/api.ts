/** What in an API's body cannot be honoured here, named at start. */
import type { EmulationGap, RestApiModel } from '../../assembly/model.ts';
import { type Json, record } from '../../assembly/values.ts';
import { methodOf } from '../method.ts';
import { webAclGaps } from '../waf/webAcl.ts';
import { integrationGaps } from './integration.ts';
import { operationSecurityGaps, schemeGaps } from './security.ts';

const PREFIX = 'x-amazon-apigateway-';

/** Extensions that are enforced, or that change nothing about how requests are answered. */
const EMULATED = new Set(
  [
    'any-method',
    'api-key-source',
    'authorizer',
    'authtype',
    'binary-media-types',
    'documentation',
    'endpoint-access-mode',
    'endpoint-configuration',
    'gateway-responses',
    'integration',
    'request-validator',
    'request-validators',
    'security-policy',
    'tag-value',
  ].map((name) => `${PREFIX}${name}`),
);

/**
 * Lists whatever of the body, and of the web ACL, is not honoured: integrations, templates, authorizers, extensions.
 * An empty list means that every request is answered as the body says.
 */
export function apiGaps(api: RestApiModel): EmulationGap[] {
  const note = (detail: string): EmulationGap => ({
    resource: api.logicalId,
    type: 'AWS::ApiGateway::RestApi',
    detail,
  });
  return [
    ...unknownExtensions(api.body),
    ...Object.values(record(record(api.body['components'])['securitySchemes'])).flatMap((each) =>
      unknownExtensions(record(each)),
    ),
    ...schemeGaps(api),
    ...inspectPaths(api),
  ]
    .map(note)
    .concat(api.webAcl === undefined ? [] : webAclGaps(api.webAcl));
}

function unknownExtensions(object: Json): string[] {
  const names = Object.keys(object).filter((key) => key.startsWith(PREFIX) && !EMULATED.has(key));
  return names.map((name) => `${name} is not honoured here`);
}

function inspectPaths(api: RestApiModel): string[] {
  return Object.entries(record(api.body['paths'])).flatMap(([path, item]) => [
    ...unknownExtensions(record(item)).map((detail) => `${path}: ${detail}`),
    ...Object.entries(record(item)).flatMap(([key, value]) => {
      const method = methodOf(key);
      if (method === undefined) return [];
      const operation = record(value);
      const lines = [
        ...unknownExtensions(operation),
        ...integrationGaps(operation),
        ...operationSecurityGaps(operation, api),
      ];
      return lines.map((detail) => `${method} ${path}: ${detail}`);
    }),
  ]);
}
