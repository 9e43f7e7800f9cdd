/** Runs a mapping template for one request. */
import type { ContextSource } from '../contextVariables.ts';
import { contextReader } from '../contextVariables.ts';
import type { TemplateScope } from '../template.ts';
import { parseTemplate } from './parse.ts';
import type { Expression, Part, Reference } from './syntax.ts';

/** What a template produced. */
export interface Filled {
  readonly text: string;
  /** Headers of `$context.responseOverride.header`. */
  readonly headers: ReadonlyMap<string, string>;
  readonly status?: number;
}

/** Fills a template; `undefined` when it fails, as it does when it overrides something twice. */
export type MappingTemplate = (source: ContextSource) => Filled | undefined;

type Value = string | number | boolean | undefined | readonly Value[] | ReadonlyMap<string, Value>;

interface Run {
  readonly source: ContextSource;
  readonly scope: TemplateScope;
  readonly variables: Map<string, Value>;
  readonly overrides: Map<string, string>;
  failed: boolean;
}

/**
 * Compiles the template of a mock integration.
 *
 * @throws {VtlError} for what is not emulated.
 */
export function compileMapping(template: string, scope: TemplateScope): MappingTemplate {
  const parts = parseTemplate(template);
  return (source) => {
    const run: Run = { source, scope, variables: new Map(), overrides: new Map(), failed: false };
    const text = write(parts, run);
    if (run.failed) return undefined;
    const headers = [...run.overrides].filter(([name]) => name.startsWith('header.'));
    const status = Number(run.overrides.get('status'));
    return {
      text,
      headers: new Map(headers.map(([name, value]) => [name.slice('header.'.length), value])),
      ...(Number.isInteger(status) ? { status } : {}),
    };
  };
}

function write(parts: readonly Part[], run: Run): string {
  return parts.map((part) => writePart(part, run)).join('');
}

function writePart(part: Part, run: Run): string {
  if (part.kind === 'text') return part.text;
  if (part.kind === 'set') return set(part.target, evaluate(part.value, run), run);
  if (part.kind === 'if') {
    const branch = part.branches.find(({ condition }) => isTrue(evaluate(condition, run)));
    return write(branch?.parts ?? part.otherwise, run);
  }
  const value = resolve(part.reference, run);
  if (value !== undefined) return stringOf(value);
  // Velocity writes a reference without a value as it stands; API Gateway's own variables are empty.
  return part.quiet || ['context', 'stageVariables'].includes(part.reference.name) ? '' : part.source;
}

/** `#set` of nothing changes nothing. An override counts once. */
function set([name = '', ...path]: readonly string[], value: Value, run: Run): string {
  if (value === undefined) return '';
  if (name !== 'context') {
    run.variables.set(name, value);
    return '';
  }
  const override = path.slice(1).join('.');
  if (run.overrides.has(override)) run.failed = true;
  run.overrides.set(override, stringOf(value));
  return '';
}

function evaluate(expression: Expression, run: Run): Value {
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'template':
      return write(expression.parts, run);
    case 'list':
      return expression.items.map((item) => evaluate(item, run));
    case 'reference':
      return resolve(expression.reference, run);
    case 'not':
      return !isTrue(evaluate(expression.operand, run));
    case 'and':
      return isTrue(evaluate(expression.left, run)) && isTrue(evaluate(expression.right, run));
    case 'or':
      return isTrue(evaluate(expression.left, run)) || isTrue(evaluate(expression.right, run));
    case 'equal':
      return isEqual(evaluate(expression.left, run), evaluate(expression.right, run));
    case 'different':
      return !isEqual(evaluate(expression.left, run), evaluate(expression.right, run));
  }
}

/** Everything that is there is true, except `false`. */
function isTrue(value: Value): boolean {
  return value !== undefined && value !== false;
}

function isEqual(left: Value, right: Value): boolean {
  return left === undefined || right === undefined ? left === right : stringOf(left) === stringOf(right);
}

function resolve({ name, steps }: Reference, run: Run): Value {
  const { source, scope } = run;
  const path = steps.map((step) => step.name).join('.');
  if (name === 'context') return contextReader(path, scope.api, scope.account)(source);
  if (name === 'stageVariables') return scope.api.stage.variables[path];
  const [first, ...others] = steps;
  const isInput = name === 'input';
  let value = isInput ? parameters(source, first?.call?.[0] && evaluate(first.call[0], run)) : run.variables.get(name);
  for (const step of isInput ? others : steps) {
    const given = step.call?.map((argument) => evaluate(argument, run));
    value = given === undefined ? memberOf(value, step.name) : call(value, step.name, given[0]);
  }
  return value;
}

/** A name is looked up in the path, the query and the headers, and is empty where it is in none. Names of headers have a case. */
function parameters({ state: { request, pathParameters } }: ContextSource, name: Value): Value {
  const header = new Map<string, Value>(request.rawHeaders);
  const querystring = new Map<string, Value>(
    Object.entries(request.query).map(([key, values]) => [key, values.at(-1)]),
  );
  const path = new Map<string, Value>(Object.entries(pathParameters));
  if (name === undefined)
    return new Map<string, Value>([
      ['path', path],
      ['querystring', querystring],
      ['header', header],
    ]);
  const key = stringOf(name);
  return path.get(key) ?? querystring.get(key) ?? header.get(key) ?? '';
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function memberOf(value: Value, name: string): Value {
  return value instanceof Map ? value.get(name) : undefined;
}

function call(value: Value, method: string, given: Value): Value {
  if (value instanceof Map) return method === 'get' ? memberOf(value, stringOf(given ?? '')) : undefined;
  if (isList(value)) {
    if (method === 'isEmpty') return value.length === 0;
    return method === 'contains' ? value.some((item) => isEqual(item, given)) : undefined;
  }
  if (value === undefined || (given === undefined && ARGUMENT.has(method))) return undefined;
  return STRING[method]?.(stringOf(value), stringOf(given ?? ''));
}

const ARGUMENT = new Set(['contains', 'endsWith', 'equals', 'equalsIgnoreCase', 'matches', 'startsWith']);
const STRING: Readonly<Record<string, (value: string, given: string) => Value>> = {
  contains: (value, given) => value.includes(given),
  endsWith: (value, given) => value.endsWith(given),
  equals: (value, given) => value === given,
  equalsIgnoreCase: (value, given) => value.toLowerCase() === given.toLowerCase(),
  isEmpty: (value) => value === '',
  // Java compares the whole string.
  matches: (value, given) => new RegExp(`^(?:${given})$`, 's').test(value),
  startsWith: (value, given) => value.startsWith(given),
  toLowerCase: (value) => value.toLowerCase(),
  toString: (value: string) => value,
  toUpperCase: (value) => value.toUpperCase(),
  trim: (value) => value.trim(),
};

function stringOf(value: Exclude<Value, undefined>): string {
  if (value instanceof Map) return `{${[...value].map(([key, each]) => `${key}=${stringOf(each ?? '')}`).join(', ')}}`;
  return isList(value) ? `[${value.map((each) => stringOf(each ?? '')).join(', ')}]` : String(value);
}
