import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccessPolicy } from '../../definition/bundledTypes.ts';
import { ConfigError } from '../../definition/errors.ts';

/** The API to find in a template. */
interface ApiName {
  readonly api: string;
}

/**
 * Returns the access policy in a template: metadata `secure-api` of its REST API.
 *
 * @throws {ConfigError} `option-invalid` when it has none.
 */
export function policyOfTemplate(template: unknown, { name, api }: ApiName & { readonly name: string }): AccessPolicy {
  const found = policiesIn(template);
  const policy = found.find((one) => one.api === api) ?? found[0];
  if (policy !== undefined) return policy;
  throw new ConfigError({
    code: 'option-invalid',
    location: name,
    found: 'no REST API with an access policy in its metadata',
    expected: `the template of a stack with a SecureApi of ${api}`,
    fix: 'Name the right stack, or compare with a git ref: stacks of earlier versions have no access policy.',
  });
}

/** Returns the access policy in a template file. */
export function policyOfFile(file: string, wanted: ApiName): AccessPolicy {
  return policyOfTemplate(readJson(file, 'a CloudFormation template in JSON'), { ...wanted, name: file });
}

/** Returns the access policy in a cloud assembly: of the named stack, or of the stack that has the API. */
export function policyOfAssembly(
  directory: string,
  { api, stack }: ApiName & { readonly stack: string | undefined },
): AccessPolicy {
  if (!existsSync(join(directory, 'manifest.json'))) {
    throw new ConfigError({
      code: 'file-unreadable',
      location: directory,
      found: 'a folder without manifest.json',
      expected: 'a cloud assembly, as "cdk synth" writes it',
      fix: 'Name the assembly, often cdk.out, or a git ref.',
    });
  }
  const ending = stack === undefined ? '.template.json' : `${stack}.template.json`;
  const templates = readdirSync(directory)
    .filter((name) => (stack === undefined ? name.endsWith(ending) : name === ending))
    .map((name) => readJson(join(directory, name), 'a CloudFormation template in JSON'));
  const merged = {
    Resources: Object.fromEntries(templates.flatMap((one, i) => resourcesOf(one).map((r, j) => [`${i}.${j}`, r]))),
  };
  return policyOfTemplate(merged, { name: directory, api });
}

function policiesIn(template: unknown): readonly AccessPolicy[] {
  return resourcesOf(template).flatMap((resource) => {
    const { Type, Metadata } = resource as { readonly Type?: unknown; readonly Metadata?: Record<string, unknown> };
    const own = Metadata?.['secure-api'] as { readonly access?: unknown } | undefined;
    return Type === 'AWS::ApiGateway::RestApi' && isPolicy(own?.access) ? [own.access] : [];
  });
}

function resourcesOf(template: unknown): readonly unknown[] {
  const resources = (template as { readonly Resources?: unknown } | null)?.Resources;
  return typeof resources === 'object' && resources !== null ? Object.values(resources) : [];
}

/** Whether what a template has under `access` is a policy of this release. */
export function isPolicy(value: unknown): value is AccessPolicy {
  const policy = value as Partial<AccessPolicy> | null;
  return (
    typeof policy?.api === 'string' &&
    typeof policy.roles === 'object' &&
    [policy.routes, policy.exclusive, policy.scopes].every(Array.isArray)
  );
}

function readJson(file: string, expected: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new ConfigError({
      code: 'file-unreadable',
      location: file,
      found: 'a file that is not JSON',
      expected,
      fix: 'Synthesize again, or fetch the template: aws cloudformation get-template --query TemplateBody.',
    });
  }
}
