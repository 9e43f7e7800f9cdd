import { isRecord } from '../../lambdas/shared/json.ts';

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** Where a stack is deployed. */
export interface Environment {
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

/** A resource of a template, with its values resolved as far as that is possible before a deployment. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Json;
  /** Whether CloudFormation keeps the resource when the stack is deleted. */
  readonly retained: boolean;
}

/** The resources that a deployment makes. */
export interface Template {
  readonly resources: readonly Resource[];
  ofType(...types: readonly string[]): readonly Resource[];
}

const DNS_SUFFIX: Readonly<Record<string, string>> = { 'aws-cn': 'amazonaws.com.cn' };

/**
 * Reads the resources of a template. What only a deployment knows, such as the id of a new resource, stays an intrinsic
 * function: a check that needs a string skips it.
 */
export function openTemplate(template: Json, environment: Environment): Template {
  const resolve = resolver(template, environment);
  const resources = Object.entries(recordOf(template['Resources'])).flatMap(([id, value]): readonly Resource[] => {
    const { Type: type, Properties, Condition, DeletionPolicy } = recordOf(value);
    if (typeof type !== 'string' || resolve({ Condition }) === false) return [];
    const retained = typeof DeletionPolicy === 'string' && DeletionPolicy.startsWith('Retain');
    return [{ id, type, properties: recordOf(resolve(Properties)), retained }];
  });
  return { resources, ofType: (...types) => resources.filter(({ type }) => types.includes(type)) };
}

type Resolve = (value: unknown) => unknown;

function resolver(template: Json, environment: Environment): Resolve {
  const parameters = recordOf(template['Parameters']);
  const conditions = recordOf(template['Conditions']);
  const refs: Json = {
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, recordOf(value)['Default']])),
    'AWS::AccountId': environment.account,
    'AWS::Region': environment.region,
    'AWS::Partition': environment.partition,
    'AWS::StackName': environment.stackName,
    'AWS::URLSuffix': DNS_SUFFIX[environment.partition] ?? 'amazonaws.com',
  };
  const resolve: Resolve = (value) => {
    if (Array.isArray(value)) return value.map(resolve);
    if (!isRecord(value)) return value;
    const [[name, argument] = [''], ...others] = Object.entries(value);
    const result = others.length === 0 ? ownOf(functions, name)?.(argument) : undefined;
    if (result !== undefined) return result;
    if (name.startsWith('Fn::') || (name === 'Ref' && others.length === 0)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, resolve(member)]));
  };
  const functions: Readonly<Record<string, (argument: unknown) => unknown>> = {
    Ref: (name) => (typeof name === 'string' ? ownOf(refs, name) : undefined),
    Condition: (name) => (typeof name === 'string' ? resolve(ownOf(conditions, name)) : undefined),
    'Fn::Join': (argument) => join(resolve(argument)),
    'Fn::Select': (argument) => select(resolve(argument)),
    'Fn::Split': (argument) => split(resolve(argument)),
    'Fn::Sub': (argument) => substitute(argument, refs, resolve),
    'Fn::Equals': (argument) => equals(resolve(argument)),
    'Fn::Not': (argument) => negate(resolve(argument)),
    'Fn::Or': (argument) => decided(resolve(argument), true),
    'Fn::And': (argument) => decided(resolve(argument), false),
  };
  return resolve;
}

function join(argument: unknown): string | undefined {
  if (!Array.isArray(argument) || typeof argument[0] !== 'string' || !Array.isArray(argument[1])) return undefined;
  const [separator, parts] = argument as [string, unknown[]];
  return parts.every(isScalar) ? parts.join(separator) : undefined;
}

function select(argument: unknown): unknown {
  return Array.isArray(argument) && Array.isArray(argument[1]) ? argument[1][Number(argument[0])] : undefined;
}

function split(argument: unknown): unknown {
  const [separator, text] = Array.isArray(argument) ? argument : [];
  return typeof separator === 'string' && typeof text === 'string' ? text.split(separator) : undefined;
}

function substitute(argument: unknown, refs: Json, resolve: Resolve): string | undefined {
  const [text, own] = Array.isArray(argument) ? argument : [argument];
  if (typeof text !== 'string') return undefined;
  const values: Json = { ...refs, ...recordOf(resolve(own)) };
  const names = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(([, name = '']) => name);
  if (!names.every((name) => isScalar(ownOf(values, name)))) return undefined;
  return text.replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal, name) =>
    literal === '!' ? `\${${name}}` : String(values[name]),
  );
}

function equals(argument: unknown): boolean | undefined {
  const [left, right] = Array.isArray(argument) ? argument : [];
  return isScalar(left) && isScalar(right) ? String(left) === String(right) : undefined;
}

function negate(argument: unknown): boolean | undefined {
  const [value] = Array.isArray(argument) ? argument : [];
  return typeof value === 'boolean' ? !value : undefined;
}

/** `Fn::Or` is decided by one true, `Fn::And` by one false; otherwise each has to be known. */
function decided(argument: unknown, by: boolean): boolean | undefined {
  const values = Array.isArray(argument) ? argument : [];
  if (values.includes(by)) return by;
  return values.every((value) => typeof value === 'boolean') ? !by : undefined;
}

function isScalar(value: unknown): value is string | number | boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

/** A member of the object itself: a name in a template can be that of a member of every object. */
function ownOf<T>(object: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {};
}
