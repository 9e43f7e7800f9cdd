import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { type Json, list, record, string, strings } from '../values.ts';
import type { LogFilter, RedactedField, WebAclLogModel } from '../webAclModel.ts';

const EMULATED = ['LogDestinationConfigs', 'LoggingFilter', 'RedactedFields', 'ResourceArn'];

/** Fields of data protection; no entry has a body. */
const PROTECTED: Readonly<Record<string, RedactedField['kind']>> = {
  SINGLE_HEADER: 'header',
  SINGLE_COOKIE: 'cookie',
  QUERY_STRING: 'query',
};
/** Fields of a logging configuration. */
const REDACTED: Readonly<Record<string, RedactedField['kind']>> = {
  QueryString: 'query',
  UriPath: 'path',
  Method: 'method',
  SingleHeader: 'header',
};

/**
 * Reads the logs of web ACLs in CloudWatch Logs, by the ARN of the web ACL; another destination is reported.
 * https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingFilter.html
 */
export function readWebAclLogs(stack: StackTemplate, report: ReportGap): ReadonlyMap<string, WebAclLogModel> {
  const found = stack.ofType('AWS::WAFv2::LoggingConfiguration').flatMap((resource) => {
    const { properties, logicalId } = resource;
    reportUnreadProperties(resource, report, EMULATED, []);
    const destination = strings(properties['LogDestinationConfigs'])[0] ?? '';
    const [, logGroup] = /:log-group:([^:]+)/.exec(destination) ?? [];
    if (logGroup === undefined) {
      report(resource, 'its destination is no group of CloudWatch Logs, so nothing is logged');
      return [];
    }
    const filter = record(properties['LoggingFilter']);
    const log: WebAclLogModel = {
      logicalId,
      logGroup,
      redacted: list(properties['RedactedFields']).map(record).flatMap(redactedField),
      filters: list(filter['Filters']).map(record).map(readFilter),
      keepsOthers: string(filter['DefaultBehavior']) !== 'DROP',
    };
    return [[string(properties['ResourceArn']) ?? '', log] as const];
  });
  return new Map(found);
}

/**
 * The fields that the data protection of a web ACL replaces.
 * https://docs.aws.amazon.com/waf/latest/developerguide/data-protection-masking.html
 */
export function protectedFields({ properties }: Resource, report: () => void): readonly RedactedField[] {
  const protections = list(record(properties['DataProtectionConfig'])['DataProtections']).map(record);
  if (protections.some(({ Action }) => Action === 'HASH')) report();
  return protections.flatMap(({ Field }) => {
    const { FieldType, FieldKeys } = record(Field);
    const type = string(FieldType) ?? '';
    // A query with one protected argument is replaced as a whole.
    const kind = type === 'SINGLE_QUERY_ARGUMENT' ? 'query' : PROTECTED[type];
    if (kind === undefined) return [];
    const names = strings(FieldKeys).map((name) => name.toLowerCase());
    return [{ kind, ...(names.length === 0 || kind === 'query' ? {} : { names }) }];
  });
}

function redactedField(field: Json): readonly RedactedField[] {
  return Object.entries(field).flatMap(([name, options]) => {
    const kind = REDACTED[name];
    if (kind === undefined) return [];
    return [{ kind, ...(kind === 'header' ? { names: [string(record(options)['Name'])?.toLowerCase() ?? ''] } : {}) }];
  });
}

function readFilter({ Behavior, Requirement, Conditions }: Json): LogFilter {
  return {
    keeps: Behavior === 'KEEP',
    needsAll: Requirement === 'MEETS_ALL',
    conditions: list(Conditions)
      .map(record)
      .map(({ ActionCondition, LabelNameCondition }) => {
        const label = string(record(LabelNameCondition)['LabelName']);
        return label === undefined ? { action: string(record(ActionCondition)['Action']) ?? '' } : { label };
      }),
  };
}
