import type { SecretModel, SecretValue } from '../model.ts';
import { isRecord, type Json, record, string } from '../values.ts';
import { type Environment, evaluate, Unresolvable } from './evaluate.ts';
import { NO_VALUE } from './intrinsics.ts';
import { type NameSource, stableUuid } from './names.ts';
import { reference } from './references.ts';

/** Values of the other stacks of the assembly; `undefined` when no stack has the value. */
export interface OtherStacks {
  readonly exportedValue: (name: string) => unknown;
  readonly outputValue: (stackName: string, name: string) => unknown;
  /** A secret by ARN or name. */
  readonly secret: (id: string) => SecretModel | undefined;
  readonly secretValue: SecretValue;
}

/** A template, and what its values may refer to outside of it. */
export interface StackSource {
  readonly template: Json;
  readonly names: NameSource;
  readonly otherStacks: OtherStacks;
}

/**
 * Makes the environment in which a stack's values are evaluated. Each result is computed once and cached.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
 */
export function createEnvironment({ template, names, otherStacks: neighbours }: StackSource): Environment {
  const cached = createCache();
  const section = (name: string): Json => record(template[name]);

  const referenceTo = (logicalId: string) => {
    const resource = record(section('Resources')[logicalId]);
    const type = string(resource['Type']) ?? fail(`nothing is named "${logicalId}"`);
    const condition = string(resource['Condition']);
    if (condition !== undefined && !environment.condition(condition))
      fail(`"${logicalId}" is removed by its condition`);
    const property = (name: string) => {
      const value = record(resource['Properties'])[name];
      return string(evaluate(value, `${names.stackName}/${logicalId}.${name}`, environment));
    };
    return { type, ...reference(type, { names, logicalId, property }) };
  };

  const environment: Environment = {
    region: names.region,
    ref: (name) =>
      pseudoParameter(name, names) ??
      parameter(name, section('Parameters')) ??
      cached(`resource/${name}`, () => referenceTo(name)).ref,
    attribute: (logicalId, name) => {
      const { type, attributes } = cached(`resource/${logicalId}`, () => referenceTo(logicalId));
      return attributes[name] ?? fail(`the attribute "${name}" of a resource of type ${type} is not emulated`);
    },
    condition: (name) =>
      cached(`condition/${name}`, () => {
        const { [name]: condition } = section('Conditions');
        if (condition === undefined) fail(`no condition is named "${name}"`);
        const value = isRecord(condition) && 'Condition' in condition ? { 'Fn::And': [condition] } : condition;
        return evaluate(value, `${names.stackName}/Conditions.${name}`, environment) === true;
      }),
    mapping: (map, first, second) =>
      record(record(section('Mappings')[map])[first])[second] ?? fail(`the mappings have no ${map}.${first}.${second}`),
    importValue: (name) => neighbours.exportedValue(name) ?? fail(`no stack of this assembly exports "${name}"`),
    stackOutput: (stack, name) =>
      neighbours.outputValue(stack, name) ?? fail(`no stack "${stack}" has an output "${name}"`),
    secret: (id, reject) => {
      const secret = neighbours.secret(id) ?? reject('the secret is not made by this assembly');
      return secret.value ?? neighbours.secretValue(secret);
    },
  };
  return environment;
}

function fail(reason: string): never {
  throw new Unresolvable(reason);
}

/** Caches results by key; a key that is requested while it is computed is a circle. */
function createCache(): <T>(key: string, compute: () => T) => T {
  const results = new Map<string, unknown>();
  const open = new Set<string>();
  return <T>(key: string, compute: () => T): T => {
    if (results.has(key)) return results.get(key) as T;
    if (open.has(key)) fail(`${key.replace('/', ' ')} refers to itself`);
    open.add(key);
    try {
      const value = compute();
      results.set(key, value);
      return value;
    } finally {
      open.delete(key);
    }
  };
}

function pseudoParameter(name: string, names: NameSource): unknown {
  if (!name.startsWith('AWS::')) return undefined;
  const stackId = `stack/${names.stackName}/${stableUuid(names, 'stack')}`;
  const values: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': names.account,
    'AWS::NoValue': NO_VALUE,
    'AWS::NotificationARNs': [],
    'AWS::Partition': names.partition,
    'AWS::Region': names.region,
    'AWS::StackId': `arn:${names.partition}:cloudformation:${names.region}:${names.account}:${stackId}`,
    'AWS::StackName': names.stackName,
    'AWS::URLSuffix': names.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
  return values[name];
}

function parameter(name: string, parameters: Json): unknown {
  if (!Object.hasOwn(parameters, name)) return undefined;
  const { Type, Default } = record(parameters[name]);
  const type = string(Type) ?? 'String';
  if (type.startsWith('AWS::SSM::')) return fail(`the parameter "${name}" is read from SSM at deployment`);
  const value = string(Default) ?? fail(`the parameter "${name}" has no default`);
  return type.startsWith('List<') || type === 'CommaDelimitedList'
    ? value.split(',').map((item) => item.trim())
    : value;
}
