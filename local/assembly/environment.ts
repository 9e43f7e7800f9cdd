import { type Environment, evaluate, Unresolvable } from './evaluate.ts';
import { NO_VALUE } from './intrinsics.ts';
import type { SecretModel, SecretValue } from './model.ts';
import { type Naming, stableUuid } from './names.ts';
import { identify } from './references.ts';
import { isRecord, type Json, record, text } from './values.ts';

/** What the stacks of one assembly know of each other. `undefined` means that nobody knows. */
export interface Neighbours {
  readonly exported: (name: string) => unknown;
  readonly output: (stackName: string, name: string) => unknown;
  /** A secret by ARN or name. */
  readonly secret: (id: string) => SecretModel | undefined;
  readonly secretValue: SecretValue;
}

/** One template with its names, and the test of which of its resources exist. */
export interface StackSource {
  readonly template: Json;
  readonly naming: Naming;
  readonly neighbours: Neighbours;
}

/**
 * Builds what the values of one stack may refer to. Each answer is worked out once and remembered.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html
 */
export function surround({ template, naming, neighbours }: StackSource): Environment {
  const remember = memory();
  const section = (name: string): Json => record(template[name]);

  const identity = (logicalId: string) => {
    const resource = record(section('Resources')[logicalId]);
    const type = text(resource['Type']) ?? fail(`nothing is named "${logicalId}"`);
    const condition = text(resource['Condition']);
    if (condition !== undefined && !environment.condition(condition))
      fail(`"${logicalId}" is left out by its condition`);
    const property = (name: string) => {
      const value = record(resource['Properties'])[name];
      return text(evaluate(value, `${naming.stackName}/${logicalId}.${name}`, environment));
    };
    return { type, ...identify(type, { naming, logicalId, property }) };
  };

  const environment: Environment = {
    region: naming.region,
    ref: (name) =>
      pseudoParameter(name, naming) ??
      parameter(name, section('Parameters')) ??
      remember(`identity/${name}`, () => identity(name)).ref,
    attribute: (logicalId, name) => {
      const { type, attributes } = remember(`identity/${logicalId}`, () => identity(logicalId));
      return attributes[name] ?? fail(`the attribute "${name}" of a resource of type ${type} is not known here`);
    },
    condition: (name) =>
      remember(`condition/${name}`, () => {
        const { [name]: condition } = section('Conditions');
        if (condition === undefined) fail(`no condition is named "${name}"`);
        const value = isRecord(condition) && 'Condition' in condition ? { 'Fn::And': [condition] } : condition;
        return evaluate(value, `${naming.stackName}/Conditions.${name}`, environment) === true;
      }),
    mapping: (map, first, second) =>
      record(record(section('Mappings')[map])[first])[second] ?? fail(`the mappings have no ${map}.${first}.${second}`),
    importValue: (name) => neighbours.exported(name) ?? fail(`no stack of this assembly exports "${name}"`),
    stackOutput: (stack, name) => neighbours.output(stack, name) ?? fail(`no stack "${stack}" has an output "${name}"`),
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

/** Remembers answers by key; a question that comes up while it is being answered is a circle. */
function memory(): <T>(key: string, answer: () => T) => T {
  const known = new Map<string, unknown>();
  const open = new Set<string>();
  return <T>(key: string, answer: () => T): T => {
    if (known.has(key)) return known.get(key) as T;
    if (open.has(key)) fail(`${key.replace('/', ' ')} refers to itself`);
    open.add(key);
    try {
      const value = answer();
      known.set(key, value);
      return value;
    } finally {
      open.delete(key);
    }
  };
}

function pseudoParameter(name: string, naming: Naming): unknown {
  if (!name.startsWith('AWS::')) return undefined;
  const stackId = `stack/${naming.stackName}/${stableUuid(naming, 'stack')}`;
  const values: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': naming.account,
    'AWS::NoValue': NO_VALUE,
    'AWS::NotificationARNs': [],
    'AWS::Partition': naming.partition,
    'AWS::Region': naming.region,
    'AWS::StackId': `arn:${naming.partition}:cloudformation:${naming.region}:${naming.account}:${stackId}`,
    'AWS::StackName': naming.stackName,
    'AWS::URLSuffix': naming.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  };
  return values[name];
}

function parameter(name: string, parameters: Json): unknown {
  if (!Object.hasOwn(parameters, name)) return undefined;
  const { Type, Default } = record(parameters[name]);
  const type = text(Type) ?? 'String';
  if (type.startsWith('AWS::SSM::')) return fail(`the parameter "${name}" is read from SSM at deployment`);
  const value = text(Default) ?? fail(`the parameter "${name}" has no default`);
  return type.startsWith('List<') || type === 'CommaDelimitedList'
    ? value.split(',').map((item) => item.trim())
    : value;
}
