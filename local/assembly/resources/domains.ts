import { readFileSync } from 'node:fs';
import { locateAsset } from '../assets.ts';
import type { DomainModel, DomainTarget } from '../domainModel.ts';
import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { flag, type Json, list, number, record, string, strings } from '../values.ts';

const DOMAIN = ['DomainName', 'EndpointAccessMode', 'MutualTlsAuthentication', 'RoutingMode', 'SecurityPolicy'];
/** The local certificate authority replaces certificates, and the loopback address replaces endpoints. */
const HARMLESS = [
  'CertificateArn',
  'EndpointConfiguration',
  'OwnershipVerificationCertificateArn',
  'RegionalCertificateArn',
];
const MAPPING = ['BasePath', 'DomainName', 'RestApiId', 'Stage'];
const RULE = ['Actions', 'Conditions', 'DomainNameArn', 'Priority'];

/**
 * Custom domain names with their base path mappings and routing rules, which can be in other stacks.
 *
 * @throws AssemblyError `missing-asset` for a trust store that is not in the assembly
 */
export function readDomains(stacks: readonly StackTemplate[], report: ReportGap): DomainModel[] {
  const all = (type: string) => stacks.flatMap((stack) => stack.ofType(type));
  const domains = all('AWS::ApiGateway::DomainName');
  const mappings = all('AWS::ApiGateway::BasePathMapping');
  const rules = all('AWS::ApiGatewayV2::RoutingRule');
  const names = domains.map(({ ref }) => ref);
  const arns = domains.map((domain) => domain.attribute('DomainNameArn'));
  for (const resource of mappings) {
    reportUnreadProperties(resource, report, MAPPING, []);
    if (!names.includes(String(resource.properties['DomainName'])))
      report(resource, 'its domain is not in the stack or in one that it depends on');
  }
  for (const resource of rules) {
    reportUnreadProperties(resource, report, RULE, []);
    if (!arns.includes(String(resource.properties['DomainNameArn'])))
      report(resource, 'its domain is not in the stack or in one that it depends on');
  }
  return domains.map((resource) => {
    reportUnreadProperties(resource, report, DOMAIN, HARMLESS);
    const { SecurityPolicy, EndpointAccessMode, RoutingMode } = resource.properties;
    const policy = string(SecurityPolicy);
    const trustStore = readTrustStore(resource, stacks);
    const mode = string(RoutingMode) ?? 'BASE_PATH_MAPPING_ONLY';
    const ofDomain = rules.filter(
      ({ properties }) => properties['DomainNameArn'] === resource.attribute('DomainNameArn'),
    );
    const mapped = mappings.filter(({ properties }) => properties['DomainName'] === resource.ref);
    return {
      name: resource.ref.toLowerCase(),
      ...(policy === undefined ? {} : { securityPolicy: policy }),
      isStrict: EndpointAccessMode === 'STRICT',
      ...(trustStore === undefined ? {} : { trustStore }),
      targets: [
        ...(mode === 'BASE_PATH_MAPPING_ONLY' ? [] : readRules(ofDomain)),
        ...(mode === 'ROUTING_RULE_ONLY' ? [] : readMappings(mapped)),
      ],
    };
  });
}

/** The one without a base path last. https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mappings.html */
function readMappings(mappings: readonly Resource[]): DomainTarget[] {
  const targets = mappings.map(({ properties: { RestApiId, BasePath } }) => {
    const basePath = string(BasePath) ?? '';
    const isAny = basePath === '' || basePath === '(none)';
    return { apiId: String(RestApiId), ...(isAny ? {} : { basePaths: [basePath] }), stripsBasePath: true, headers: [] };
  });
  return targets.toSorted((one, other) => (other.basePaths?.[0] ?? '').length - (one.basePaths?.[0] ?? '').length);
}

/** By priority. https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-routing-rules.html */
function readRules(rules: readonly Resource[]): DomainTarget[] {
  const priorityOf = ({ properties }: Resource) => number(properties['Priority']) ?? 0;
  return rules
    .toSorted((one, other) => priorityOf(one) - priorityOf(other))
    .flatMap(({ properties: { Actions, Conditions } }) => {
      const conditions = list(Conditions).map(record);
      const basePaths = conditions.flatMap(({ MatchBasePaths }) => strings(record(MatchBasePaths)['AnyOf']));
      const headers = conditions.flatMap(({ MatchHeaders }) =>
        MatchHeaders === undefined ? [] : [headersOf(record(MatchHeaders))],
      );
      return list(Actions).map((action) => {
        const { ApiId, StripBasePath } = record(record(action)['InvokeApi']);
        const paths = basePaths.length === 0 ? {} : { basePaths };
        return { apiId: String(ApiId), ...paths, stripsBasePath: flag(StripBasePath), headers };
      });
    });
}

function headersOf({ AnyOf }: Json) {
  return list(AnyOf)
    .map(record)
    .map(({ Header, ValueGlob }) => ({ header: String(Header).toLowerCase(), glob: String(ValueGlob) }));
}

function readTrustStore(resource: Resource, stacks: readonly StackTemplate[]): string | undefined {
  const uri = string(record(resource.properties['MutualTlsAuthentication'])['TruststoreUri']);
  if (uri === undefined) return undefined;
  const [, objectKey] = /^s3:\/\/[^/]+\/(.+)$/.exec(uri) ?? [];
  const { location, metadata } = resource;
  const stack = stacks.find(({ resources }) => resources.includes(resource));
  const reference = { resource: location, objectKey, metadata, directory: stack?.artifact.directory ?? '' };
  return readFileSync(locateAsset(stack?.assets ?? (() => undefined), reference, 'file'), 'utf8');
}
