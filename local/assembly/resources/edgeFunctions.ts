import type { EdgeFunctionModel, KeyValueStoreModel, RegexPatternSetModel } from '../edgeModel.ts';
import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { list, record, string, strings } from '../values.ts';

/** A CloudFront function has 10 KB at most, a connection function 40. https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html */
const MAX_BYTES = 10 * 1024;
const RUNTIME = 'cloudfront-js-2.0';

/** Every CloudFront function of a stack, by ARN. */
export function readEdgeFunctions(stack: StackTemplate, report: ReportGap): ReadonlyMap<string, EdgeFunctionModel> {
  const functions = stack.ofType('AWS::CloudFront::Function').map((resource) => {
    reportUnreadProperties(resource, report, ['FunctionCode', 'FunctionConfig'], ['AutoPublish', 'FunctionMetadata']);
    const code = string(resource.properties['FunctionCode']) ?? '';
    if (Buffer.byteLength(code) > MAX_BYTES) report(resource, `its code is larger than the ${MAX_BYTES} bytes of AWS`);
    return [resource.ref, functionOf(resource, { code, config: 'FunctionConfig', report })] as const;
  });
  return new Map(functions);
}

/** Every connection function of a stack, by id. */
export function readConnectionFunctions(
  stack: StackTemplate,
  report: ReportGap,
): ReadonlyMap<string, EdgeFunctionModel> {
  const functions = stack.ofType('AWS::CloudFront::ConnectionFunction').map((resource) => {
    const read = ['ConnectionFunctionCode', 'ConnectionFunctionConfig'];
    reportUnreadProperties(resource, report, read, ['AutoPublish']);
    const code = string(resource.properties['ConnectionFunctionCode']) ?? '';
    const model = functionOf(resource, { code, config: 'ConnectionFunctionConfig', report });
    return [resource.attribute('Id'), model] as const;
  });
  return new Map(functions);
}

function functionOf(
  resource: Resource,
  { code, config, report }: { readonly code: string; readonly config: string; readonly report: ReportGap },
): EdgeFunctionModel {
  const { Runtime, KeyValueStoreAssociations } = record(resource.properties[config]);
  const runtime = string(Runtime) ?? '';
  if (runtime !== RUNTIME) report(resource, `the runtime ${runtime} is not emulated; it runs as ${RUNTIME}`);
  const [store] = list(KeyValueStoreAssociations).map((each) => string(record(each)['KeyValueStoreARN']));
  return {
    arn: resource.ref,
    name: string(resource.properties['Name']) ?? resource.logicalId,
    code,
    ...(store === undefined ? {} : { keyValueStore: store }),
  };
}

export function readKeyValueStores(stack: StackTemplate, report: ReportGap): KeyValueStoreModel[] {
  return stack.ofType('AWS::CloudFront::KeyValueStore').map((resource) => {
    reportUnreadProperties(resource, report, [], ['Comment']);
    return { arn: resource.attribute('Arn'), name: resource.ref };
  });
}

export function readRegexPatternSets(stack: StackTemplate, report: ReportGap): RegexPatternSetModel[] {
  return stack.ofType('AWS::WAFv2::RegexPatternSet').map((resource) => {
    reportUnreadProperties(resource, report, ['RegularExpressionList', 'Scope'], []);
    const [name = '', id = '', scope = ''] = [
      string(resource.properties['Name']) ?? resource.attribute('Arn').split('/').at(-2),
      resource.attribute('Id'),
      string(resource.properties['Scope']),
    ];
    const patterns = strings(resource.properties['RegularExpressionList']);
    return { arn: resource.attribute('Arn'), id, name, scope, patterns };
  });
}
