import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { isRecord } from '../../lambdas/shared/json.ts';
import { unreadable } from './options.ts';
import { writeAtomically } from './writeAtomically.ts';

/** The file in which the CDK keeps values that it looked up. It reads every key of it as context. */
export const CONTEXT_FILE = 'cdk.context.json';

/**
 * Writes one number into a context file, in one step. All other text stays as it is: order, format and numbers that JavaScript
 * cannot represent.
 *
 * @returns whether the file changed.
 * @throws {ConfigError} `file-unreadable` when the file is not a JSON object.
 */
export function writeContextNumber(file: string, key: string, value: number): boolean {
  if (!existsSync(file)) {
    writeAtomically(file, `${JSON.stringify({ [key]: value }, null, 2)}\n`, 0o644);
    return true;
  }
  // The file a link leads to, so that the link stays one.
  const path = realpathSync(file);
  const text = readFileSync(path, 'utf8');
  const changed = withMember(text, key, value, file);
  if (changed === text) return false;
  writeAtomically(path, changed, statSync(path).mode & 0o777);
  return true;
}

function withMember(text: string, key: string, value: number, file: string): string {
  const content = text.replace(/^\uFEFF/, '');
  const before = parsed(content, file);
  if (before[key] === value) return text;
  const members = membersOf(content);
  const [last] = members.filter((member) => member.key === key).slice(-1);
  const changed =
    last === undefined
      ? appended(content, members, `${JSON.stringify(key)}: ${value}`)
      : replaced(content, last, value);
  return text.startsWith('\uFEFF') ? `\uFEFF${changed}` : changed;
}

function parsed(content: string, file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(content);
    if (isRecord(value)) return value;
  } catch {
    // Reported below, as other values are.
  }
  throw unreadable({
    location: file,
    found: 'no JSON object',
    expected: 'the context of the CDK: a JSON object',
    fix: 'Fix the file; the CDK cannot read it either.',
  });
}

/** A member of the outermost object: its key, and where its value starts and ends. */
interface Member {
  readonly key: string;
  /** Where the key starts. */
  readonly start: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Strings, punctuation, and everything else that is not white space: numbers and words. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s"[\]{}:,]+/gs;

/** The members of the outermost object of valid JSON. */
function membersOf(content: string): readonly Member[] {
  const members: Member[] = [];
  let depth = 0;
  let key: { readonly text: string; readonly start: number } | undefined;
  let value: { readonly start: number; readonly end: number } | undefined;
  for (const { 0: token, index } of content.matchAll(TOKEN)) {
    const isEnd = depth === 1 && (token === ',' || token === '}');
    if (isEnd && key !== undefined && value !== undefined) {
      members.push({ key: JSON.parse(key.text), start: key.start, valueStart: value.start, valueEnd: value.end });
    }
    if (isEnd) [key, value] = [undefined, undefined];
    else if (depth === 1 && key === undefined) key = { text: token, start: index };
    else if (depth > 0 && token !== ':') value = { start: value?.start ?? index, end: index + token.length };
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
  }
  return members;
}

function replaced(content: string, { valueStart, valueEnd }: Member, value: number): string {
  return `${content.slice(0, valueStart)}${value}${content.slice(valueEnd)}`;
}

/** Adds a member after the last one, as the others are written. */
function appended(content: string, members: readonly Member[], member: string): string {
  const last = members.at(-1);
  if (last === undefined) {
    const open = content.indexOf('{') + 1;
    const close = content.lastIndexOf('}');
    const end = content.includes('\r\n') ? '\r\n' : '\n';
    return `${content.slice(0, open)}${end}  ${member}${end}${content.slice(close)}`;
  }
  const first = members[0] ?? last;
  const space = content.slice(content.indexOf('{') + 1, first.start);
  return `${content.slice(0, last.valueEnd)},${space === '' ? '' : space}${member}${content.slice(last.valueEnd)}`;
}
