/** Where an object is in a JSON document. */
interface ObjectAt {
  /** Behind the last value, or behind the opening brace of an empty object. */
  readonly end: number;
  /** Where the first key begins; undefined in an empty object. */
  readonly firstKey: number | undefined;
  readonly values: ReadonlyMap<string, number>;
}

/**
 * Adds members at the end of an object in a JSON document, and leaves every other character as it is.
 *
 * @param text a valid JSON document, an object.
 * @param key the member of the document that holds the object, or `null`; undefined for the document itself.
 */
export function insertMembers(
  text: string,
  key: string | undefined,
  members: Readonly<Record<string, unknown>>,
): string {
  const names = Object.keys(members);
  if (names.length === 0) return text;
  const root = objectAt(text, text.indexOf('{'));
  const value = key === undefined ? undefined : root.values.get(key);
  if (key !== undefined && value === undefined) return insertMembers(text, undefined, { [key]: members });
  if (value !== undefined && text.startsWith('null', value)) {
    return insertMembers(`${text.slice(0, value)}{}${text.slice(value + 'null'.length)}`, key, members);
  }
  const target = value === undefined ? root : objectAt(text, value);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const unit = indentBefore(text, root.firstKey) ?? '  ';
  const depth = value === undefined ? unit : unit + unit;
  const isOneLine = target.firstKey !== undefined && indentBefore(text, target.firstKey) === undefined;
  const indent = isOneLine ? ' ' : newline + (indentBefore(text, target.firstKey) ?? depth);
  const written = names.map((name) => `${indent}${JSON.stringify(name)}: ${formatted(members[name])}`);
  const close = target.firstKey === undefined ? newline + depth.slice(unit.length) : '';
  const rest = target.firstKey === undefined ? text.slice(text.indexOf('}', target.end)) : text.slice(target.end);
  return `${text.slice(0, target.end)}${target.firstKey === undefined ? '' : ','}${written.join(',')}${close}${rest}`;

  function formatted(member: unknown): string {
    const lines = JSON.stringify(member, null, unit).split('\n');
    return isOneLine ? JSON.stringify(member) : lines.join(indent);
  }
}

/** The white space between the beginning of the line and a key; undefined where the line has something else. */
function indentBefore(text: string, key: number | undefined): string | undefined {
  return key === undefined ? undefined : /(?<=\n)[ \t]*$/.exec(text.slice(0, key))?.[0];
}

/** Reads the members of the object whose brace is at `open`. */
function objectAt(text: string, open: number): ObjectAt {
  const values = new Map<string, number>();
  let firstKey: number | undefined;
  let end = open + 1;
  for (let at = skipSpace(text, end); text[at] !== '}'; at = skipSpace(text, text[at] === ',' ? at + 1 : at)) {
    firstKey ??= at;
    const behindKey = skipValue(text, at);
    const value = skipSpace(text, skipSpace(text, behindKey) + 1);
    values.set(JSON.parse(text.slice(at, behindKey)) as string, value);
    end = skipValue(text, value);
    at = skipSpace(text, end);
  }
  return { end, firstKey, values };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? 'x')) at += 1;
  return at;
}

/** The position behind the value that begins at `from`. */
function skipValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') at = behindString(text, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    else if (depth === 0) at = behindLiteral(text, at) - 1;
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function behindString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** Behind a number, `true`, `false` or `null`. */
function behindLiteral(text: string, from: number): number {
  let at = from;
  while (/[\w.+-]/.test(text[at] ?? '')) at += 1;
  return at;
}
