/** What of an API's body and its web ACL is not emulated; reported at start. */
import type { EmulationGap, RestApiModel } from '../../assembly/model.ts';
import { type Json, record } from '../../assembly/values.ts';
import { methodOf } from '../openApi.ts';
import { webAclGaps } from '../waf/webAcl.ts';
import { integrationGaps } from './integration.ts';
import { operationSecurityGaps, schemeGaps } from './security.ts';

const PREFIX = 'x-amazon-apigateway-';

/** Extensions that are enforced, or that do not change responses. */
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
 * Lists integrations, templates, authorizers and extensions of the body, and rules of the web ACL, that are not emulated.
 * An empty list means that the whole body is emulated.
 */
export function apiGaps(api: RestApiModel): EmulationGap[] {
  const gapOf = (detail: string): EmulationGap => ({
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
    .map(gapOf)
    .concat(api.webAcl === undefined ? [] : webAclGaps(api.webAcl));
}

function unknownExtensions(object: Json): string[] {
  const names = Object.keys(object).filter((key) => key.startsWith(PREFIX) && !EMULATED.has(key));
  return names.map((name) => `${name} is not emulated`);
}

function inspectPaths(api: RestApiModel): string[] {
  return Object.entries(record(api.body['paths'])).flatMap(([path, item]) => [
    ...unknownExtensions(record(item)).map((detail) => `${path}: ${detail}`),
    ...Object.entries(record(item)).flatMap(([key, value]) => {
      const method = methodOf(key);
      if (method === undefined) return [];
      const operation = record(value);
      const details = [
        ...unknownExtensions(operation),
        ...integrationGaps(operation, api),
        ...operationSecurityGaps(operation, api),
      ];
      return details.map((detail) => `${method} ${path}: ${detail}`);
    }),
  ]);
}
