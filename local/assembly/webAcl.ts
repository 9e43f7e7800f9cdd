import type { WebAclModel } from './model.ts';
import { type Note, noteUnread } from './notices.ts';
import type { Resource, Scope } from './scope.ts';
import { type Json, list, number, record, text } from './values.ts';

/** Finds the web ACL of a stage, by the ids of API and stage. */
export type WebAclLookup = (restApiId: string, stage: string) => WebAclModel | undefined;

const EMULATED = ['AssociationConfig', 'CustomResponseBodies', 'DefaultAction', 'Rules', 'Scope', 'VisibilityConfig'];

/** Statements whose content lives with AWS or in another resource, and is not available here. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ManagedRuleGroupStatement: 'the rules of managed rule groups are not published, so they match nothing here',
  RuleGroupReferenceStatement: 'rule groups of their own are not read, so they match nothing here',
  RegexPatternSetReferenceStatement: 'regex pattern sets are not read, so the statement matches nothing here',
};

/** Reads web ACLs and their associations with stages; an association with anything else is noted. */
export function readWebAcls(scope: Scope, note: Note): WebAclLookup {
  const ipSets = readIpSets(scope, note);
  const acls = new Map(
    scope
      .ofType('AWS::WAFv2::WebACL')
      .map((resource) => [resource.attribute('Arn'), readWebAcl(resource, ipSets, note)]),
  );
  const byStage = new Map<string, WebAclModel>();
  for (const resource of scope.ofType('AWS::WAFv2::WebACLAssociation')) {
    const stage = /\/restapis\/([^/]+)\/stages\/([^/]+)$/.exec(text(resource.properties['ResourceArn']) ?? '');
    const acl = acls.get(text(resource.properties['WebACLArn']) ?? '');
    if (stage !== null && acl !== undefined) byStage.set(`${stage[1]}/${stage[2]}`, acl);
    else
      note(
        resource,
        acl === undefined ? 'its web ACL is not in this stack' : 'it protects something other than a stage',
      );
  }
  return (restApiId, stage) => byStage.get(`${restApiId}/${stage}`);
}

function readIpSets(scope: Scope, note: Note): WebAclModel['ipSets'] {
  const sets = scope.ofType('AWS::WAFv2::IPSet').map((resource) => {
    noteUnread(resource, note, ['Addresses', 'IPAddressVersion', 'Scope'], []);
    const ranges = list(resource.properties['Addresses']).flatMap((range) => text(range) ?? []);
    return [resource.attribute('Arn'), ranges] as const;
  });
  return Object.fromEntries(sets);
}

function readWebAcl(resource: Resource, ipSets: WebAclModel['ipSets'], note: Note): WebAclModel {
  const { properties } = resource;
  noteUnread(resource, note, EMULATED, []);
  const rules = list(properties['Rules']).map(record);
  for (const rule of rules) noteRule(resource, rule, note);
  return {
    name: text(properties['Name']) ?? resource.ref.split('|')[0] ?? '',
    arn: resource.attribute('Arn'),
    metricName: text(record(properties['VisibilityConfig'])['MetricName']) ?? '',
    defaultAction: record(properties['DefaultAction']),
    rules: rules.toSorted((left, right) => priority(left) - priority(right)),
    customResponseBodies: responseBodies(record(properties['CustomResponseBodies'])),
    ipSets,
    inspectedBodyBytes: inspectedBytes(record(properties['AssociationConfig'])),
  };
}

/** 16 KB unless the web ACL says 32, 48 or 64 for API Gateway. */
function inspectedBytes(association: Json): number {
  const limit = text(record(record(association['RequestBody'])['API_GATEWAY'])['DefaultSizeInspectionLimit']);
  return Number(/^KB_(16|32|48|64)$/.exec(limit ?? '')?.[1] ?? 16) * 1024;
}

function priority(rule: Json): number {
  return number(rule['Priority']) ?? 0;
}

function noteRule(resource: Resource, rule: Json, note: Note): void {
  const name = text(rule['Name']) ?? '(without a name)';
  const statements = JSON.stringify(rule['Statement'] ?? {});
  for (const [statement, detail] of Object.entries(ELSEWHERE)) {
    if (statements.includes(`"${statement}":`)) note(resource, `rule ${name}: ${detail}`);
  }
}

function responseBodies(bodies: Json): WebAclModel['customResponseBodies'] {
  return Object.fromEntries(
    Object.entries(bodies).map(([key, value]) => {
      const { ContentType, Content } = record(value);
      return [key, { contentType: text(ContentType) ?? '', content: text(Content) ?? '' }];
    }),
  );
}
