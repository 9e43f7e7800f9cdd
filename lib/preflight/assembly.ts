import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isRecord } from '../../lambdas/shared/json.ts';
import { ConfigError } from '../definition/errors.ts';
import type { Json } from './template.ts';

/** A stack as the CDK synthesized it. */
export interface SynthesizedStack {
  /** Name in CloudFormation. */
  readonly name: string;
  /** Construct path, which `cdk deploy` takes, too. */
  readonly displayName: string;
  /** Account and region that the app fixed; none when they come from the credentials. */
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly template: Json;
  /** The SSM parameter with the version of the bootstrap stack, and the lowest version that the deployment needs. */
  readonly bootstrap: { readonly parameter: string; readonly version: number } | undefined;
  /** What the CDK has to look up before it can synthesize this stack in full. */
  readonly missing: readonly MissingContext[];
}

/** A lookup of the CDK whose result is not in `cdk.context.json`. */
export interface MissingContext {
  readonly provider: string;
  /** The domain whose hosted zone is looked up. */
  readonly domainName: string | undefined;
}

const API = 'AWS::ApiGateway::RestApi';

/**
 * Reads one stack of a cloud assembly: the named one, or the only one that has a REST API.
 *
 * @param name name in CloudFormation, or construct path.
 * @throws {ConfigError} `file-unreadable` for a folder that is no cloud assembly; `option-missing` when several stacks have an API;
 * `option-invalid` for a name that no stack has.
 */
export function readStack(assembly: string, name: string | undefined): SynthesizedStack {
  const stacks = stacksOf(resolve(assembly));
  const names = stacks.map((stack) => stack.displayName).join(', ');
  if (name !== undefined) {
    const named = stacks.find((stack) => stack.name === name || stack.displayName === name);
    if (named !== undefined) return named;
    throw chosen('option-invalid', JSON.stringify(name), `one of ${names}`);
  }
  const apis = stacks.filter(({ template }) => hasApi(template));
  const [only] = apis.length === 0 ? stacks : apis;
  if (only !== undefined && (apis.length === 1 || stacks.length === 1)) return only;
  throw chosen('option-missing', `${apis.length} stacks with an API: ${names}`, 'one of them');
}

function stacksOf(folder: string): readonly SynthesizedStack[] {
  const manifest = readObject(join(folder, 'manifest.json'));
  const missing = (Array.isArray(manifest['missing']) ? manifest['missing'] : []).filter(isRecord).map((one) => ({
    provider: String(one['provider']),
    domainName: isRecord(one['props']) ? text(one['props']['domainName']) : undefined,
  }));
  const artifacts = isRecord(manifest['artifacts']) ? Object.entries(manifest['artifacts']) : [];
  return artifacts.flatMap(([id, artifact]): readonly SynthesizedStack[] => {
    const properties = isRecord(artifact) && isRecord(artifact['properties']) ? artifact['properties'] : {};
    const type = isRecord(artifact) ? artifact['type'] : undefined;
    // A stage has an assembly below the app's.
    if (type === 'cdk:cloud-assembly') return stacksOf(join(folder, text(properties['directoryName']) ?? id));
    if (!isRecord(artifact) || type !== 'aws:cloudformation:stack') return [];
    const [, account, region] = /^aws:\/\/([^/]*)\/(.*)$/.exec(text(artifact['environment']) ?? '') ?? [];
    const parameter = text(properties['bootstrapStackVersionSsmParameter']);
    const version = Number(properties['requiresBootstrapStackVersion'] ?? 0);
    return [
      {
        name: text(properties['stackName']) ?? id,
        displayName: text(artifact['displayName']) ?? id,
        account: known(account, 'unknown-account'),
        region: known(region, 'unknown-region'),
        template: readObject(join(folder, text(properties['templateFile']) ?? `${id}.template.json`)),
        bootstrap: parameter === undefined ? undefined : { parameter, version },
        missing,
      },
    ];
  });
}

function hasApi(template: Json): boolean {
  const resources = isRecord(template['Resources']) ? Object.values(template['Resources']) : [];
  return resources.some((resource) => isRecord(resource) && resource['Type'] === API);
}

function known(value: string | undefined, unknown: string): string | undefined {
  return value === unknown || value === '' ? undefined : value;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function readObject(file: string): Json {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isRecord(value)) return value;
  } catch {
    // Reported below, as other content is.
  }
  throw new ConfigError({
    code: 'file-unreadable',
    location: file,
    found: existsSync(file) ? 'no JSON object' : 'no such file',
    expected: 'a file of a cloud assembly, as "cdk synth" writes it',
    fix: 'Run "npx cdk synth", then name its folder, often cdk.out, with --assembly.',
  });
}

function chosen(code: 'option-invalid' | 'option-missing', found: string, expected: string): ConfigError {
  return new ConfigError({ code, location: '--stack', found, expected, fix: 'Name the stack to check with --stack.' });
}
