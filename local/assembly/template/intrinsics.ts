import { isRecord, type Json, list, string } from '../values.ts';

/** What the intrinsic functions of a template read from their stack. Each throws `AssemblyError` when there is no value. */
export interface IntrinsicContext {
  /** Resolves a nested value. */
  readonly evaluate: (value: unknown) => unknown;
  readonly ref: (name: string) => unknown;
  readonly attribute: (logicalId: string, name: string) => unknown;
  readonly condition: (name: string) => boolean;
  readonly mapping: (map: string, first: string, second: string) => unknown;
  readonly importValue: (exportName: string) => unknown;
  readonly stackOutput: (stackName: string, outputName: string) => unknown;
  readonly region: string;
  /** Rejects the current intrinsic with a reason. */
  readonly fail: (reason: string) => never;
}

/** The result of `Ref: AWS::NoValue`: the property or list member that holds it does not exist. */
export const NO_VALUE = Symbol('AWS::NoValue');

type Intrinsic = (argument: unknown, context: IntrinsicContext) => unknown;

/**
 * The function that an object calls, if it is an intrinsic: one member, named `Ref` or `Fn::…`.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function intrinsicOf(value: Json): { readonly name: string; readonly argument: unknown } | undefined {
  const keys = Object.keys(value);
  const name = keys[0];
  if (keys.length !== 1 || name === undefined) return undefined;
  const argument = value[name];
  return name.startsWith('Fn::') || (name === 'Ref' && typeof argument === 'string') ? { name, argument } : undefined;
}

/** Calls an intrinsic by name. */
export function callIntrinsic(name: string, argument: unknown, context: IntrinsicContext): unknown {
  const intrinsic = Object.hasOwn(INTRINSICS, name) ? INTRINSICS[name] : undefined;
  return intrinsic === undefined ? context.fail(`the function ${name} is not emulated`) : intrinsic(argument, context);
}

function stringOf(value: unknown, context: IntrinsicContext): string {
  return string(context.evaluate(value)) ?? context.fail('a string was expected');
}

function listOf(value: unknown, context: IntrinsicContext): readonly unknown[] {
  const result = context.evaluate(value);
  return Array.isArray(result) ? result : context.fail('a list was expected');
}

const join: Intrinsic = (argument, context) => {
  const [separator, parts] = list(argument);
  const strings = listOf(parts, context).map((part) => string(part) ?? context.fail('Fn::Join takes strings only'));
  return strings.join(string(separator) ?? '');
};

const sub: Intrinsic = (argument, context) => {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const own = isRecord(variables) ? variables : {};
  return (string(template) ?? '').replace(/\$\{([^}]*)\}/g, (_, expression: string) => {
    if (expression.startsWith('!')) return `\${${expression.slice(1)}}`;
    const name = expression.trim();
    if (Object.hasOwn(own, name)) return stringOf(own[name], context);
    const dot = name.indexOf('.');
    const value = dot < 0 ? context.ref(name) : context.attribute(name.slice(0, dot), name.slice(dot + 1));
    return string(value) ?? context.fail(`"${name}" is not a string`);
  });
};

const select: Intrinsic = (argument, context) => {
  const [index, items] = list(argument);
  const position = Number(stringOf(index, context));
  const values = listOf(items, context);
  return position in values ? values[position] : context.fail(`no item ${position} in a list of ${values.length}`);
};

const getAtt: Intrinsic = (argument, context) => {
  const parts = typeof argument === 'string' ? argument.split(/\.(.*)/s) : list(argument);
  return context.attribute(stringOf(parts[0], context), stringOf(parts[1], context));
};

const choose: Intrinsic = (argument, context) => {
  const [condition, yes, no] = list(argument);
  return context.evaluate(context.condition(string(condition) ?? '') ? yes : no);
};

const findInMap: Intrinsic = (argument, context) => {
  const [map, first, second] = list(argument);
  return context.mapping(stringOf(map, context), stringOf(first, context), stringOf(second, context));
};

/** Evaluates a condition: `{ Condition: name }` or one of the condition functions. */
function conditionOf(value: unknown, context: IntrinsicContext): boolean {
  const name = isRecord(value) ? string(value['Condition']) : undefined;
  if (name !== undefined) return context.condition(name);
  const result = context.evaluate(value);
  return result === true || result === 'true';
}

const getStackOutput: Intrinsic = (argument, context) => {
  const { StackName, OutputName } = isRecord(argument) ? argument : {};
  return context.stackOutput(stringOf(StackName, context), stringOf(OutputName, context));
};

const INTRINSICS: Readonly<Record<string, Intrinsic>> = {
  Ref: (argument, context) => context.ref(string(argument) ?? ''),
  'Fn::And': (argument, context) => list(argument).every((item) => conditionOf(item, context)),
  'Fn::Base64': (argument, context) => Buffer.from(stringOf(argument, context)).toString('base64'),
  'Fn::Equals': (argument, context) => {
    const [left, right] = list(argument);
    return JSON.stringify(context.evaluate(left)) === JSON.stringify(context.evaluate(right));
  },
  'Fn::FindInMap': findInMap,
  'Fn::GetAZs': (argument, context) => {
    const region = stringOf(argument ?? '', context) || context.region;
    return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
  },
  'Fn::GetAtt': getAtt,
  'Fn::GetStackOutput': getStackOutput,
  'Fn::If': choose,
  'Fn::ImportValue': (argument, context) => context.importValue(stringOf(argument, context)),
  'Fn::Join': join,
  'Fn::Length': (argument, context) => listOf(argument, context).length,
  'Fn::Not': (argument, context) => !conditionOf(list(argument)[0], context),
  'Fn::Or': (argument, context) => list(argument).some((item) => conditionOf(item, context)),
  'Fn::Select': select,
  'Fn::Split': (argument, context) => {
    const [separator, source] = list(argument);
    return stringOf(source, context).split(string(separator) ?? '');
  },
  'Fn::Sub': sub,
  'Fn::ToJsonString': (argument, context) => JSON.stringify(context.evaluate(argument)),
};
