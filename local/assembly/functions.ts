import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { locateAsset } from './assets.ts';
import type { FunctionModel } from './model.ts';
import { stableId } from './names.ts';
import { type Note, noteUnread } from './notices.ts';
import type { Resource, Scope } from './scope.ts';
import { number, record, text, textRecord } from './values.ts';

/** Lambda's own defaults. @see https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
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
];
/** Of `LoggingConfig` and `TracingConfig` the parts that are not honoured are noted one by one. */
const HARMLESS = [
  'Architectures',
  'CodeSigningConfigArn',
  'KmsKeyArn',
  'LoggingConfig',
  'Role',
  'RuntimeManagementConfig',
  'TracingConfig',
];

/**
 * Every function of a stack with its code on this machine. Functions from container images are left out with a notice.
 * @throws AssemblyError `missing-asset`.
 */
export function readFunctions(scope: Scope, note: Note): FunctionModel[] {
  return scope.ofType('AWS::Lambda::Function').flatMap((resource) => {
    if (text(resource.properties['PackageType']) === 'Image') {
      note(resource, 'functions from container images are not run here');
      return [];
    }
    noteSettings(resource, note);
    return [readFunction(resource, scope)];
  });
}

function readFunction(resource: Resource, scope: Scope): FunctionModel {
  const { properties } = resource;
  const reserved = number(properties['ReservedConcurrentExecutions']);
  const logGroup = text(record(properties['LoggingConfig'])['LogGroup']);
  return {
    logicalId: resource.logicalId,
    name: resource.ref,
    arn: resource.attribute('Arn'),
    assetPath: codeOf(resource, scope),
    handler: text(properties['Handler']) ?? 'index.handler',
    runtime: text(properties['Runtime']) ?? '',
    timeoutSeconds: number(properties['Timeout']) ?? DEFAULT_TIMEOUT_SECONDS,
    memoryMb: number(properties['MemorySize']) ?? DEFAULT_MEMORY_MB,
    environment: textRecord(record(properties['Environment'])['Variables']),
    ...(reserved === undefined ? {} : { reservedConcurrency: reserved }),
    ...(logGroup === undefined ? {} : { logGroup }),
  };
}

function codeOf(resource: Resource, scope: Scope): string {
  const code = record(resource.properties['Code']);
  const inline = text(code['ZipFile']);
  if (inline !== undefined) return unpackInline(inline, resource, scope);
  const { directory } = scope.artifact;
  const reference = {
    resource: resource.location,
    objectKey: text(code['S3Key']),
    metadata: resource.metadata,
    directory,
  };
  return locateAsset(scope.assets, reference, 'directory');
}

/** Code that stands in the template is unpacked beside the assets, as `index.js`, which is what Lambda makes of it. */
function unpackInline(source: string, resource: Resource, scope: Scope): string {
  const directory = join(scope.artifact.directory, `inline.${stableId(scope.naming, resource.logicalId, 24)}`);
  const file = join(directory, 'index.js');
  mkdirSync(directory, { recursive: true });
  if (readIfThere(file) !== source) writeFileSync(file, source);
  return directory;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function noteSettings(resource: Resource, note: Note): void {
  const { properties } = resource;
  noteUnread(resource, note, EMULATED, HARMLESS);
  const runtime = text(properties['Runtime']) ?? '';
  if (!runtime.startsWith('nodejs'))
    note(resource, `the runtime ${runtime || '(none)'} is not run here, only nodejs is`);
  if (record(properties['TracingConfig'])['Mode'] === 'Active')
    note(resource, 'the setting TracingConfig is not honoured here');
  if (record(properties['LoggingConfig'])['LogFormat'] === 'JSON') {
    note(resource, 'LogFormat JSON is not honoured here: lines are kept as the function writes them');
  }
}
