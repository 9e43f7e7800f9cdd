import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AssemblyError } from './error.ts';
import { isRecord, type Json, list, record, string, strings } from './values.ts';

/** Environment of a stack that names no account or region. */
const DEFAULT_REGION = 'eu-west-1';
const DEFAULT_ACCOUNT = '000000000000';

/** One stack of the assembly, read from its manifest. */
export interface StackArtifact {
  /** Id in the manifest. */
  readonly id: string;
  /** Name of the stack in CloudFormation. */
  readonly stackName: string;
  /** Construct path, such as `Prod/Api`. */
  readonly displayName: string;
  /** The directory of the manifest that lists the stack; a stage has its own below `cdk.out`. */
  readonly directory: string;
  readonly account: string;
  readonly region: string;
  readonly template: Json;
  readonly templateFile: string;
  /** Files `*.assets.json` of this stack's manifest. */
  readonly assetManifests: readonly string[];
  /** Construct paths by logical id. */
  readonly constructPaths: Readonly<Record<string, string>>;
  /** Ids of artifacts that must be deployed first. */
  readonly dependencies: readonly string[];
}

/**
 * Lists every stack of a cloud assembly, those of stages (nested assemblies) included.
 * @throws AssemblyError `missing-directory`, `bad-manifest`, `bad-template`, `no-stack`.
 * @see https://docs.aws.amazon.com/cdk/v2/guide/deploy.html (cloud assembly)
 */
export function readStacks(directory: string): readonly StackArtifact[] {
  const root = resolve(directory);
  if (!existsSync(root) || !statSync(root).isDirectory()) {
    throw new AssemblyError('missing-directory', {
      found: `no directory at ${root}`,
      expected: 'a cloud assembly (the `cdk.out` that `cdk synth` writes)',
      fix: 'run `npx cdk synth`, or name the directory that your app writes to',
    });
  }
  const stacks = readManifest(root);
  if (stacks.length > 0) return stacks;
  throw new AssemblyError('no-stack', {
    found: `no stack in ${join(root, 'manifest.json')}`,
    expected: 'at least one artifact of type aws:cloudformation:stack',
    fix: 'define a stack in the CDK app, then synthesize again',
  });
}

/** Reads a file of the assembly as a JSON object. */
export function readJson(path: string, code: 'bad-manifest' | 'bad-template' | 'bad-body', fix: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const found = existsSync(path) ? `a file that is not JSON at ${path}` : `no file at ${path}`;
    throw new AssemblyError(code, { found, expected: 'a JSON object', fix }, { cause: error });
  }
  if (isRecord(value)) return value;
  throw new AssemblyError(code, { found: `JSON that is not an object in ${path}`, expected: 'a JSON object', fix });
}

function readManifest(directory: string): StackArtifact[] {
  const path = join(directory, 'manifest.json');
  const { artifacts } = readJson(
    path,
    'bad-manifest',
    'run `npx cdk synth` again and pass the directory that it wrote',
  );
  if (!isRecord(artifacts)) {
    throw new AssemblyError('bad-manifest', {
      found: `no "artifacts" in ${path}`,
      expected: 'a cloud assembly manifest',
      fix: 'run `npx cdk synth` again and pass the directory that it wrote',
    });
  }
  return Object.entries(artifacts).flatMap(([id, value]) => {
    const artifact = record(value);
    if (artifact['type'] === 'cdk:cloud-assembly') {
      return readManifest(join(directory, string(record(artifact['properties'])['directoryName']) ?? id));
    }
    return artifact['type'] === 'aws:cloudformation:stack' ? [readStack(id, artifact, directory, artifacts)] : [];
  });
}

function readStack(id: string, artifact: Json, directory: string, artifacts: Json): StackArtifact {
  const properties = record(artifact['properties']);
  const templateFile = string(properties['templateFile']) ?? `${id}.template.json`;
  const path = join(directory, templateFile);
  const template = readJson(path, 'bad-template', 'run `npx cdk synth` again; YAML templates are not supported');
  // The template of a stack without resources has no such section.
  if (!isRecord(template['Resources'] ?? {})) {
    throw new AssemblyError('bad-template', {
      found: `"Resources" that are not an object in ${path}`,
      expected: 'a CloudFormation template',
      fix: 'run `npx cdk synth` again',
    });
  }
  const environment = /^aws:\/\/([^/]+)\/(.+)$/.exec(string(artifact['environment']) ?? '');
  const account = environment?.[1] ?? 'unknown-account';
  const region = environment?.[2] ?? 'unknown-region';
  return {
    id,
    stackName: string(properties['stackName']) ?? id,
    displayName: string(artifact['displayName']) ?? id,
    directory,
    account: account === 'unknown-account' ? DEFAULT_ACCOUNT : account,
    region: region === 'unknown-region' ? DEFAULT_REGION : region,
    template,
    templateFile,
    assetManifests: assetManifests(artifacts),
    constructPaths: constructPaths(artifact, directory),
    dependencies: strings(artifact['dependencies']),
  };
}

function assetManifests(artifacts: Json): string[] {
  return Object.values(artifacts)
    .map(record)
    .filter((artifact) => artifact['type'] === 'cdk:asset-manifest')
    .map((artifact) => string(record(artifact['properties'])['file']))
    .filter((file) => file !== undefined);
}

/** The metadata of a stack is in the manifest, or in a file beside it. An assembly can have none. */
function constructPaths(artifact: Json, directory: string): Readonly<Record<string, string>> {
  const file = string(artifact['additionalMetadataFile']);
  const path = file === undefined ? undefined : join(directory, file);
  const beside =
    path !== undefined && existsSync(path) ? readJson(path, 'bad-manifest', 'run `npx cdk synth` again') : {};
  const entries = Object.entries({ ...record(artifact['metadata']), ...beside });
  return Object.fromEntries(
    entries.flatMap(([constructPath, metadata]) =>
      list(metadata)
        .map(record)
        .filter(({ type }) => type === 'aws:cdk:logicalId')
        .map(({ data }) => [string(data) ?? '', constructPath.replace(/^\//, '')]),
    ),
  );
}
