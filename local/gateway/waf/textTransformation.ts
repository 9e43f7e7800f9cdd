/**
 * Text transformations, which WAF applies to a part of a request before it inspects it.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html
 */
import { createHash } from 'node:crypto';
import { type Json, list, number, record, string } from '../../assembly/values.ts';

/** Transforms a field's value. */
export type Transform = (value: Buffer) => Buffer;

const TRANSFORMS: Readonly<Record<string, Transform>> = {
  NONE: (value) => value,
  LOWERCASE: (value) => latin1(value, (characters) => characters.toLowerCase()),
  URL_DECODE: (value) => latin1(value, urlDecode),
  NORMALIZE_PATH: (value) => latin1(value, normalizePath),
  /** Raw bytes, not hexadecimal digits. */
  MD5: (value) => createHash('md5').update(value).digest(),
};

/** Compiles `TextTransformations` in the order of their priority; `undefined` when one is not emulated. */
export function compileTransformations(statement: Json): Transform | undefined {
  const transformations = list(statement['TextTransformations']).map(record);
  const inOrder = transformations.toSorted((a, b) => (number(a['Priority']) ?? 0) - (number(b['Priority']) ?? 0));
  const steps: Transform[] = [];
  for (const { Type } of inOrder) {
    const name = string(Type) ?? '';
    const step = Object.hasOwn(TRANSFORMS, name) ? TRANSFORMS[name] : undefined;
    if (step === undefined) return undefined;
    if (name !== 'NONE') steps.push(step);
  }
  return (value) => steps.reduce((result, step) => step(result), value);
}

/** Changes bytes as Latin-1 characters, one a byte, so that none is lost. */
function latin1(value: Buffer, change: (characters: string) => string): Buffer {
  return Buffer.from(change(value.toString('latin1')), 'latin1');
}

/** `%2F` → `/`; invalid escapes stay. */
function urlDecode(value: string): string {
  return value.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Removes repeated slashes, `.` segments, and `..` segments together with the segment before. */
function normalizePath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment === '..') kept.pop();
    else kept.push(segment);
  }
  const start = path.startsWith('/') ? '/' : '';
  const end = path.endsWith('/') && kept.length > 0 ? '/' : '';
  return `${start}${kept.join('/')}${end}`;
}
