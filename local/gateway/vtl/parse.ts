/** Reads a mapping template. */
import {
  type Branch,
  type Cursor,
  type Expression,
  expect,
  type Part,
  type Reference,
  readItems,
  readReference,
  take,
  VtlError,
} from './syntax.ts';

/**
 * Reads a template once, at start.
 *
 * @throws {VtlError} for what is not emulated.
 */
export function parseTemplate(source: string): readonly Part[] {
  const cursor = { source, at: 0 };
  const parts = readParts(cursor);
  if (cursor.at < source.length) throw new VtlError('an #else or #end has no #if');
  return parts;
}

/** Up to the `#elseif`, `#else` or `#end` that closes the block, which is not read. */
function readParts(cursor: Cursor): readonly Part[] {
  const parts: Part[] = [];
  while (cursor.at < cursor.source.length) {
    const text = take(cursor, /[^$#\\]+/);
    if (text !== undefined) parts.push({ kind: 'text', text });
    else if (/^#(?:\{?(?:else|end)\b|elseif\b)/.test(cursor.source.slice(cursor.at))) break;
    else parts.push(...readSpecial(cursor));
  }
  return parts;
}

function readSpecial(cursor: Cursor): readonly Part[] {
  if (take(cursor, /##[^\n]*\n?/) !== undefined || take(cursor, /#\*[\s\S]*?\*#/) !== undefined) return [];
  if (take(cursor, /#set\s*\(\s*\$\{?/) !== undefined) return [readSet(cursor)];
  if (take(cursor, /#if\s*\(/) !== undefined) return [readIf(cursor)];
  const directive = take(cursor, /#\{?[a-z@]+/);
  if (directive !== undefined) throw new VtlError(`${directive.replace('{', '')} is not emulated`);
  const at = cursor.at;
  const opened = take(cursor, /\$!?\{?(?=[A-Za-z])/);
  if (opened === undefined) return [{ kind: 'text', text: expect(cursor, /[\s\S]/, 'a character') }];
  const reference = known(readReference(cursor, readExpression));
  if (opened.endsWith('{')) expect(cursor, /\}/, 'the end of a reference');
  const quiet = opened.startsWith('$!');
  return [{ kind: 'reference', reference, source: cursor.source.slice(at, cursor.at), quiet }];
}

function readSet(cursor: Cursor): Part {
  const { name, steps } = readReference(cursor, readExpression);
  if (steps.some(({ call }) => call !== undefined)) throw new VtlError('#set of a method is not emulated');
  take(cursor, /\}/);
  expect(cursor, /\s*=/, 'a value');
  const value = readExpression(cursor);
  endDirective(cursor);
  return { kind: 'set', target: settable([name, ...steps.map((step) => step.name)]), value };
}

/** A variable, a header of the response or its status. */
function settable(target: readonly string[]): readonly string[] {
  const [name = '', override, part] = target;
  const isVariable = target.length === 1 && !ROOTS.includes(name);
  const isOverride = name === 'context' && override === 'responseOverride';
  const isPart = (part === 'header' && target.length === 4) || (part === 'status' && target.length === 3);
  if (isVariable || (isOverride && isPart)) return target;
  throw new VtlError(`#set of $${target.join('.')} is not emulated`);
}

function readIf(cursor: Cursor): Part {
  const branches: Branch[] = [];
  do {
    const condition = readExpression(cursor);
    endDirective(cursor);
    branches.push({ condition, parts: readParts(cursor) });
  } while (take(cursor, /#elseif\s*\(/) !== undefined);
  const hasElse = take(cursor, /#(?:else\b|\{else\})(?:[ \t]*\r?\n)?/) !== undefined;
  const otherwise = hasElse ? readParts(cursor) : [];
  expect(cursor, /#(?:end\b|\{end\})(?:[ \t]*\r?\n)?/, '#end');
  return { kind: 'if', branches, otherwise };
}

/** The line break after a directive belongs to it. */
function endDirective(cursor: Cursor): void {
  expect(cursor, /\s*\)(?:[ \t]*\r?\n)?/, 'the end of a directive');
}

function readExpression(cursor: Cursor): Expression {
  return readBinary(cursor, 0);
}

const LEVELS = [
  { operator: /\s*(?:\|\||\bor\b)/, kind: 'or' },
  { operator: /\s*(?:&&|\band\b)/, kind: 'and' },
  { operator: /\s*(?:==|\beq\b)/, kind: 'equal' },
  { operator: /\s*(?:!=|\bne\b)/, kind: 'different' },
] as const;

function readBinary(cursor: Cursor, level: number): Expression {
  const found = LEVELS[level];
  if (found === undefined) return readUnary(cursor);
  let left = readBinary(cursor, level + 1);
  while (take(cursor, found.operator) !== undefined) {
    left = { kind: found.kind, left, right: readBinary(cursor, level + 1) };
  }
  return left;
}

function readUnary(cursor: Cursor): Expression {
  if (take(cursor, /\s*(?:!(?!=)|\bnot\b)/) !== undefined) return { kind: 'not', operand: readUnary(cursor) };
  if (take(cursor, /\s*\(/) !== undefined) {
    const inner = readExpression(cursor);
    expect(cursor, /\s*\)/, 'a bracket');
    return inner;
  }
  if (take(cursor, /\s*\[/) !== undefined) return { kind: 'list', items: readItems(cursor, /\s*\]/, readExpression) };
  const single = take(cursor, /\s*'[^']*'/);
  if (single !== undefined) return { kind: 'value', value: single.trim().slice(1, -1) };
  const double = take(cursor, /\s*"[^"]*"/);
  if (double !== undefined) return { kind: 'template', parts: parseTemplate(double.trim().slice(1, -1)) };
  const number = take(cursor, /\s*-?\d+(?:\.\d+)?/);
  if (number !== undefined) return { kind: 'value', value: Number(number) };
  const word = take(cursor, /\s*(?:true|false)\b/);
  if (word !== undefined) return { kind: 'value', value: word.trim() === 'true' };
  const opened = expect(cursor, /\s*\$!?\{?(?=[A-Za-z])/, 'an expression that is emulated');
  const reference = known(readReference(cursor, readExpression));
  if (opened.endsWith('{')) expect(cursor, /\}/, 'the end of a reference');
  return { kind: 'reference', reference };
}

/** Names that API Gateway defines. */
const ROOTS = ['context', 'input', 'stageVariables', 'util'];
/** Methods of strings, lists and maps, with what they take. */
const METHODS: Readonly<Record<string, number>> = {
  contains: 1,
  endsWith: 1,
  equals: 1,
  equalsIgnoreCase: 1,
  get: 1,
  isEmpty: 0,
  matches: 1,
  startsWith: 1,
  toLowerCase: 0,
  toString: 0,
  toUpperCase: 0,
  trim: 0,
};

/** Rejects members and methods that do not exist here. */
function known(reference: Reference): Reference {
  const { name, steps } = reference;
  const [first, ...others] = steps;
  const isInput = name === 'input' && first?.name === 'params' && (first.call?.length ?? 2) <= 1;
  if ((name === 'input' && !isInput) || name === 'util') {
    throw new VtlError(`$${name}${first === undefined ? '' : `.${first.name}`} is not emulated`);
  }
  for (const step of isInput ? others : steps) {
    if (step.call === undefined || METHODS[step.name] === step.call.length) continue;
    throw new VtlError(`the method ${step.name} is not emulated`);
  }
  return reference;
}
