import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { locateAsset } from '../assets.ts';
import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { FunctionModel } from '../model.ts';
import type { Resource, StackTemplate } from '../stackTemplate.ts';
import { stableId } from '../template/names.ts';
import { number, record, string, stringRecord } from '../values.ts';

/** Lambda's defaults. @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MB = 128;

const EMULATED = [
  'Code',
  'Environment',
  'FunctionName',
  'Handler',
  'MemorySize',
  'PackageType',
  'ReservedConcurrentExecutions',
  'Runtime',
  'Timeout',
  'TracingConfig',
];
/** The parts of `LoggingConfig` that are not emulated are reported one by one. */
const HARMLESS = [
  'Architectures',
  'CodeSigningConfigArn',
  'KmsKeyArn',
  'LoggingConfig',
  'Role',
  'RuntimeManagementConfig',
];

/**
 * Every function of a stack with its code on this machine. Functions from container images are skipped and reported.
 * @throws AssemblyError `missing-asset`.
 */
export function readFunctions(stack: StackTemplate, report: ReportGap): FunctionModel[] {
  return stack.ofType('AWS::Lambda::Function').flatMap((resource) => {
    if (string(resource.properties['PackageType']) === 'Image') {
      report(resource, 'functions from container images do not run');
      return [];
    }
    reportSettings(resource, report);
    return [readFunction(resource, stack)];
  });
}

function readFunction(resource: Resource, stack: StackTemplate): FunctionModel {
  const { properties } = resource;
  const reserved = number(properties['ReservedConcurrentExecutions']);
  const logGroup = string(record(properties['LoggingConfig'])['LogGroup']);
  const issuers = record(resource.metadata['secure-api'])['tokenIssuers'];
  const bundledIssuers = string(issuers === undefined ? undefined : stack.evaluate(issuers, resource.logicalId));
  return {
    logicalId: resource.logicalId,
    name: resource.ref,
    arn: resource.attribute('Arn'),
    assetPath: codeOf(resource, stack),
    handler: string(properties['Handler']) ?? 'index.handler',
    runtime: string(properties['Runtime']) ?? '',
    timeoutSeconds: number(properties['Timeout']) ?? DEFAULT_TIMEOUT_SECONDS,
    memoryMb: number(properties['MemorySize']) ?? DEFAULT_MEMORY_MB,
    environment: stringRecord(record(properties['Environment'])['Variables']),
    ...(bundledIssuers === undefined ? {} : { bundledIssuers }),
    ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
    ...(logGroup === undefined ? {} : { logGroup }),
    ...(record(properties['TracingConfig'])['Mode'] === 'Active' ? { tracing: true } : {}),
  };
}

/** The log group of a function, also of one that names none. */
export function logGroupOf({ logGroup, name }: Pick<FunctionModel, 'logGroup' | 'name'>): string {
  return logGroup ?? `/aws/lambda/${name}`;
}

function codeOf(resource: Resource, stack: StackTemplate): string {
  const code = record(resource.properties['Code']);
  const inline = string(code['ZipFile']);
  if (inline !== undefined) return unpackInline(inline, resource, stack);
  const { directory } = stack.artifact;
  const reference = {
    resource: resource.location,
    objectKey: string(code['S3Key']),
    metadata: resource.metadata,
    directory,
  };
  return locateAsset(stack.assets, reference, 'directory');
}

/** Unpacks inline code beside the assets, as `index.js`, as Lambda does. */
function unpackInline(source: string, resource: Resource, stack: StackTemplate): string {
  const directory = join(stack.artifact.directory, `inline.${stableId(stack.names, resource.logicalId, 24)}`);
  const file = join(directory, 'index.js');
  mkdirSync(directory, { recursive: true });
  if (readIfPresent(file) !== source) writeFileSync(file, source);
  return directory;
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function reportSettings(resource: Resource, report: ReportGap): void {
  const { properties } = resource;
  reportUnreadProperties(resource, report, EMULATED, HARMLESS);
  const runtime = string(properties['Runtime']) ?? '';
  if (!runtime.startsWith('nodejs'))
    report(resource, `the runtime ${runtime || '(none)'} is not supported, only nodejs is`);
  if (record(properties['LoggingConfig'])['LogFormat'] === 'JSON') {
    report(resource, 'LogFormat JSON is not emulated; log lines stay as the function writes them');
  }
}
