import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { type Json, list, number, record, string } from '../values.ts';
import type { WebAclLogModel, WebAclModel } from '../webAclModel.ts';
import { readRegexPatternSets } from './edgeFunctions.ts';
import { protectedFields, readWebAclLogs } from './webAclLogs.ts';

/** Finds web ACLs: that of a stage, by the ids of API and stage, or one by its ARN. */
export interface WebAclLookup {
  readonly ofStage: (restApiId: string, stage: string) => WebAclModel | undefined;
  readonly byArn: (arn: string) => WebAclModel | undefined;
}

const EMULATED = [
  'AssociationConfig',
  'CustomResponseBodies',
  'DataProtectionConfig',
  'DefaultAction',
  'Rules',
  'Scope',
  'VisibilityConfig',
];

/** Statements whose content is not available locally. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ManagedRuleGroupStatement:
    'of managed rule groups only the sizes of the common one are published; the other rules match nothing',
  RuleGroupReferenceStatement: 'separate rule groups are not read, so they match nothing',
};

/** Reads web ACLs and their associations with stages; an association with anything else is reported. */
export function readWebAcls(stack: StackTemplate, report: ReportGap): WebAclLookup {
  const ipSets = readIpSets(stack, report);
  const patternSets = Object.fromEntries(
    readRegexPatternSets(stack, () => undefined).map(({ arn, patterns }) => [arn, patterns]),
  );
  const logs = readWebAclLogs(stack, report);
  const acls = new Map(
    stack.ofType('AWS::WAFv2::WebACL').map((resource) => {
      const arn = resource.attribute('Arn');
      return [arn, readWebAcl(resource, { ipSets, patternSets, log: logs.get(arn) }, report)];
    }),
  );
  const byStage = new Map<string, WebAclModel>();
  for (const resource of stack.ofType('AWS::WAFv2::WebACLAssociation')) {
    const stage = /\/restapis\/([^/]+)\/stages\/([^/]+)$/.exec(string(resource.properties['ResourceArn']) ?? '');
    const acl = acls.get(string(resource.properties['WebACLArn']) ?? '');
    if (stage !== null && acl !== undefined) byStage.set(`${stage[1]}/${stage[2]}`, acl);
    else
      report(
        resource,
        acl === undefined ? 'its web ACL is not in this stack' : 'it protects something other than a stage',
      );
  }
  return {
    ofStage: (restApiId, stage) => byStage.get(`${restApiId}/${stage}`),
    byArn: (arn) => acls.get(arn),
  };
}

function readIpSets(stack: StackTemplate, report: ReportGap): WebAclModel['ipSets'] {
  const sets = stack.ofType('AWS::WAFv2::IPSet').map((resource) => {
    reportUnreadProperties(resource, report, ['Addresses', 'IPAddressVersion', 'Scope'], []);
    const ranges = list(resource.properties['Addresses']).flatMap((range) => string(range) ?? []);
    return [resource.attribute('Arn'), ranges] as const;
  });
  return Object.fromEntries(sets);
}

function readWebAcl(
  resource: Resource,
  { log, ...sets }: Pick<WebAclModel, 'ipSets' | 'patternSets'> & { readonly log?: WebAclLogModel | undefined },
  report: ReportGap,
): WebAclModel {
  const { properties } = resource;
  reportUnreadProperties(resource, report, EMULATED, []);
  const rules = list(properties['Rules']).map(record);
  for (const rule of rules) reportRule(resource, rule, report);
  const hidden = protectedFields(resource, () => report(resource, 'fields protected by HASH are REDACTED here'));
  return {
    name: string(properties['Name']) ?? resource.ref.split('|')[0] ?? '',
    arn: resource.attribute('Arn'),
    metricName: string(record(properties['VisibilityConfig'])['MetricName']) ?? '',
    defaultAction: record(properties['DefaultAction']),
    rules: rules.toSorted((left, right) => priority(left) - priority(right)),
    customResponseBodies: responseBodies(record(properties['CustomResponseBodies'])),
    ...sets,
    inspectedBodyBytes: inspectedBytes(record(properties['AssociationConfig'])),
    ...(log && { log: { ...log, redacted: [...log.redacted, ...hidden] } }),
  };
}

/** 16 KB unless the web ACL sets 32, 48 or 64 for API Gateway. */
function inspectedBytes(association: Json): number {
  const limit = string(record(record(association['RequestBody'])['API_GATEWAY'])['DefaultSizeInspectionLimit']);
  return Number(/^KB_(16|32|48|64)$/.exec(limit ?? '')?.[1] ?? 16) * 1024;
}

function priority(rule: Json): number {
  return number(rule['Priority']) ?? 0;
}

function reportRule(resource: Resource, rule: Json, report: ReportGap): void {
  const name = string(rule['Name']) ?? '(without a name)';
  const statements = JSON.stringify(rule['Statement'] ?? {});
  for (const [statement, detail] of Object.entries(ELSEWHERE)) {
    if (statements.includes(`"${statement}":`)) report(resource, `rule ${name}: ${detail}`);
  }
}

function responseBodies(bodies: Json): WebAclModel['customResponseBodies'] {
  return Object.fromEntries(
    Object.entries(bodies).map(([key, value]) => {
      const { ContentType, Content } = record(value);
      return [key, { contentType: string(ContentType) ?? '', content: string(Content) ?? '' }];
    }),
  );
}
