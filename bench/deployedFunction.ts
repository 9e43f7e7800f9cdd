import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FunctionCode } from './runtimeApi/function.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly Code?: { readonly S3Key?: string };
    readonly Environment?: { readonly Variables?: Readonly<Record<string, unknown>> };
  };
}

/**
 * A function as a cloud assembly deploys it: its bundle, and its environment with the logical ids of resources in place of their names.
 * Nothing else is known here of what the construct makes.
 *
 * @param id the start of the logical id.
 */
export function deployedFunction(assembly: string, id: string): FunctionCode & { readonly folder: string } {
  const templates = readdirSync(assembly).filter((name) => name.endsWith('.template.json'));
  const functions = templates
    .map((name) => JSON.parse(readFileSync(join(assembly, name), 'utf8')) as { Resources: Record<string, Resource> })
    .flatMap(({ Resources }) => Object.entries(Resources))
    .filter(([name, { Type }]) => Type === 'AWS::Lambda::Function' && name.startsWith(id));
  const [found, ...others] = functions;
  if (found === undefined || others.length > 0) throw new Error(`${functions.length} functions begin with ${id}`);
  const [, { Properties }] = found;
  const folder = join(assembly, `asset.${Properties.Code?.S3Key?.replace(/\.zip$/, '')}`);
  const variables = Object.entries(Properties.Environment?.Variables ?? {});
  const environment = Object.fromEntries(variables.map(([name, value]) => [name, resolved(value)]));
  return { folder, module: join(folder, 'index.mjs'), environment };
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The value of `Ref`, `Fn::GetAtt` and `Fn::Join`. */
function resolved(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = []] = Object.entries(value);
  if (name === 'Ref') return PSEUDO[String(argument)] ?? String(argument);
  if (name === 'Fn::GetAtt') return (argument as readonly string[]).join('.');
  if (name === 'Fn::Join') {
    const [separator, parts] = argument as readonly [string, readonly unknown[]];
    return parts.map(resolved).join(separator);
  }
  throw new Error(`the bench does not know ${name}`);
}
