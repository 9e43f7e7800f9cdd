import { readCertificateHint } from '../certificateHint.ts';
import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { ClaimHint, RestApiModel, TokenHintsModel } from '../model.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { flag, isRecord, type Json, number, record, string, strings } from '../values.ts';
import { readBody } from './apiBody.ts';
import { readRoutes } from './routes.ts';
import { readStage } from './stage.ts';
import type { WebAclLookup } from './webAcls.ts';

const EMULATED = [
  'ApiKeySourceType',
  'BinaryMediaTypes',
  'Body',
  'BodyS3Location',
  'DisableExecuteApiEndpoint',
  'SecurityPolicy',
];
/** Import warnings concern only the deployment. CORS and compression are reported. */
const HARMLESS = ['EndpointAccessMode', 'EndpointConfiguration', 'FailOnWarnings', 'Mode', 'Parameters'];

/**
 * Every REST API of a stack that has a stage. An API without a stage, and a second stage, are skipped and reported.
 * @throws AssemblyError `bad-body`, `missing-asset`.
 */
export function readRestApis(stack: StackTemplate, webAcls: WebAclLookup, report: ReportGap): RestApiModel[] {
  const stages = stack.ofType('AWS::ApiGateway::Stage');
  return stack.ofType('AWS::ApiGateway::RestApi').flatMap((resource) => {
    reportUnreadProperties(resource, report, EMULATED, HARMLESS);
    const [stage, ...others] = stages.filter(({ properties }) => properties['RestApiId'] === resource.ref);
    for (const other of others) report(other, `only one stage of an API is served: ${stage?.ref}`);
    if (stage !== undefined) return [readRestApi(resource, stage, stack, webAcls, report)];
    report(resource, 'the API has no stage, so it is not served');
    return [];
  });
}

function readRestApi(
  resource: Resource,
  stage: Resource,
  stack: StackTemplate,
  webAcls: WebAclLookup,
  report: ReportGap,
): RestApiModel {
  const body = readBody(resource, stack, report);
  const policy = string(resource.properties['SecurityPolicy']) ?? string(body['x-amazon-apigateway-security-policy']);
  const webAcl = webAcls.ofStage(resource.ref, stage.ref);
  const tokenHints = readTokenHints(resource);
  const webhooks = readWebhooks(resource, stack);
  const definition = string(record(resource.metadata['secure-api'])['name']);
  const revocationLists = readRevocationLists(resource, stack);
  const certificateHint = readCertificateHint(resource.metadata);
  const access = record(resource.metadata['secure-api'])['access'];
  return {
    logicalId: resource.logicalId,
    id: resource.ref,
    name: apiName(resource, body),
    body,
    apiKeySource: apiKeySource(resource, body),
    binaryMediaTypes: [
      ...strings(resource.properties['BinaryMediaTypes']),
      ...strings(body['x-amazon-apigateway-binary-media-types']),
    ],
    minTlsVersion: minTlsVersion(resource, policy, report),
    ...(policy === undefined ? {} : { securityPolicy: policy }),
    ...(flag(resource.properties['DisableExecuteApiEndpoint']) && { isExecuteApiDisabled: true }),
    stage: readStage(stage, report),
    ...(webAcl === undefined ? {} : { webAcl }),
    ...(tokenHints === undefined ? {} : { tokenHints }),
    ...(certificateHint === undefined ? {} : { certificateHint }),
    ...(webhooks === undefined ? {} : { webhooks }),
    ...(definition === undefined ? {} : { definition }),
    ...(revocationLists === undefined ? {} : { revocationLists }),
    ...(isRecord(access) ? { access } : {}),
    routes: readRoutes(body, record(access)),
  };
}

/** The property `Name` wins over the body's title (SAM's `Name` depends on this: aws/serverless-application-model#113). */
function apiName(resource: Resource, body: Json): string {
  const { info } = body as { info?: Json };
  return string(resource.properties['Name']) ?? string(info?.['title']) ?? resource.logicalId;
}

function apiKeySource(resource: Resource, body: Json): RestApiModel['apiKeySource'] {
  const source = string(resource.properties['ApiKeySourceType']) ?? string(body['x-amazon-apigateway-api-key-source']);
  return source?.toUpperCase() === 'AUTHORIZER' ? 'AUTHORIZER' : 'HEADER';
}

/**
 * The minimum TLS version of the policy. Node supports TLS 1.0 only with weaker ciphers, so an API that accepts TLS 1.0 is
 * served from 1.2 on.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html
 */
function minTlsVersion(
  resource: Resource,
  policy: string | undefined,
  report: ReportGap,
): RestApiModel['minTlsVersion'] {
  if (policy !== undefined && /^SecurityPolicy_TLS13_1_3_/.test(policy)) return 'TLSv1.3';
  if (policy === undefined || policy === 'TLS_1_0' || /_1_0_/.test(policy)) {
    const name = policy ?? 'the default, TLS_1_0';
    report(resource, `the security policy (${name}) accepts TLS 1.0; the local minimum is TLS 1.2`);
  }
  return 'TLSv1.2';
}

/** ARNs of the secrets that senders of webhooks sign with, by name: another hint. */
function readWebhooks({ metadata, location }: Resource, stack: StackTemplate): RestApiModel['webhooks'] {
  const hint = record(metadata['secure-api'])['webhooks'];
  if (hint === undefined) return undefined;
  const arns = Object.entries(record(stack.evaluate(hint, `${location}.Metadata`)));
  return Object.fromEntries(arns.map(([name, secretArn]) => [name, String(secretArn)]));
}

/** The bucket of revocation lists: another hint. */
function readRevocationLists({ metadata, location }: Resource, stack: StackTemplate): string | undefined {
  const hint = record(record(metadata['secure-api'])['mtls'])['revocationLists'];
  return hint === undefined ? undefined : string(stack.evaluate(hint, `${location}.Metadata`));
}

/** A hint of a construct for tools that read the template. Nothing that is enforced depends on it. */
function readTokenHints({ metadata }: Resource): TokenHintsModel | undefined {
  const hint = metadata['secure-api'];
  if (!isRecord(hint)) return undefined;
  const tiers = strings(hint['tiers']);
  const first = string(hint['defaultTier']);
  const declared = Object.entries(record(record(hint['access'])['claims']));
  const claims = declared.map(([name, rule]) => [name, readClaim(record(rule))] as const);
  return {
    roles: strings(hint['roles']),
    tiers: first === undefined ? tiers : [first, ...tiers.filter((tier) => tier !== first)],
    ...(Array.isArray(hint['scopes']) ? { scopes: strings(hint['scopes']) } : {}),
    ...(claims.length === 0 ? {} : { claims: Object.fromEntries(claims) }),
  };
}

function readClaim(rule: Json): ClaimHint {
  const type = string(rule['type']);
  const max = number(rule['max']);
  return {
    type: type === 'integer' || type === 'boolean' ? type : 'string',
    optional: rule['optional'] === true,
    ...(Array.isArray(rule['values']) ? { values: rule['values'] } : {}),
    patterns: strings(rule['patterns']),
    ...(max === undefined ? {} : { max }),
  };
}
