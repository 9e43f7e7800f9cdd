import { inflateSync } from 'node:zlib';
import type { Inspector } from './inspector.ts';
import { cutOff, dangerous, mismatch } from './rejection.ts';

/** ISO 32000-2, sections 7.5.2 and 7.5.5: the first line, and the last without white space. */
const HEADER = /^%PDF-[12]\.\d[\r\n \t%]/;
const END = /%%EOF[\s\0]*$/;
/** Some writers add a line end or two after the last marker. */
const TAIL = 64;

/**
 * Names of content that acts when a document is opened, or that hides other files (section 12.6.4, 7.11.4): scripts,
 * programs to start, embedded files, dynamic forms, media players. Filled forms and links need none of them.
 */
const ACTIVE = ['JavaScript', 'Launch', 'EmbeddedFile', 'EmbeddedFiles', 'XFA', 'RichMedia', 'ImportData'];
const ACTIVE_NAME = nameOf(ACTIVE);
const ENCRYPTED_NAME = nameOf(['Encrypt']);
/**
 * Objects can be in a compressed stream, where a search does not see their names (section 7.5.7). This is its
 * dictionary as every writer makes it: `<<`, names, numbers and references, `>>`; no string, no comment, nothing
 * escaped.
 */
const OBJECT_STREAM_NAME = new RegExp(nameOf(['ObjStm']), 'g');
const DICTIONARY = /^\s*<<(?:[^<>()%#]|<<|>>)*>>\s*$/;
const FLATE = /\/Filter\s*(?:\/FlateDecode|\[\s*\/FlateDecode\s*\])/;
const REJECTED_KEYS = /\/(?:Predictor|F|Crypt)\b/;
const STREAM = /\bstream\r?\n/;
/** Such a dictionary has some dozen bytes, far fewer than this. */
const DICTIONARY_BYTES = 1_024;
/** Maximum of bytes in all object streams together. */
const MAX_INFLATED = 32 * 1024 * 1024;

/** A PDF: header first, end marker last, not encrypted, and without active content. */
export const inspectPdf: Inspector = (bytes) => {
  const text = bytes.toString('latin1');
  if (!HEADER.test(text)) throw mismatch('structure', 'must begin as its format does');
  if (!END.test(text.slice(-TAIL))) {
    throw text.includes('%%EOF') ? dangerous('trailing-data', 'must end where its format ends') : cutOff();
  }
  if (ENCRYPTED_NAME.test(text)) throw dangerous('encrypted', 'must not be encrypted, since it could not be inspected');
  for (const part of [text, ...objectStreams(text, bytes)]) {
    if (ACTIVE_NAME.test(part)) throw dangerous('active-content', 'must hold no script, program, file or dynamic form');
  }
  return undefined;
};

function* objectStreams(text: string, bytes: Buffer): Generator<string> {
  let left = MAX_INFLATED;
  for (const { index } of text.matchAll(OBJECT_STREAM_NAME)) {
    const keyword = STREAM.exec(text.slice(index, index + DICTIONARY_BYTES));
    if (keyword === null) throw unreadable();
    const end = index + keyword.index;
    const dictionary = text.slice(text.lastIndexOf('obj', index) + 3, end);
    const isPlain = dictionary.length <= DICTIONARY_BYTES && DICTIONARY.test(dictionary) && FLATE.test(dictionary);
    if (!isPlain || REJECTED_KEYS.test(dictionary)) throw unreadable();
    const inflated = inflate(bytes.subarray(end + keyword[0].length), left);
    left -= inflated.length;
    yield inflated.toString('latin1');
  }
}

function inflate(data: Buffer, limit: number): Buffer {
  try {
    return inflateSync(data, { maxOutputLength: Math.max(1, limit) });
  } catch {
    throw unreadable();
  }
}

function unreadable() {
  return dangerous('hidden-objects', 'must have objects that can be read, of a size that is sane');
}

/**
 * A name of a PDF, whose characters may each be written as `#` and two hexadecimal digits, and which ends at white
 * space or a delimiter (sections 7.2.3 and 7.3.5).
 */
function nameOf(names: readonly string[]): RegExp {
  const spelled = names.map((name) => [...name].map(spellings).join(''));
  return new RegExp(`/(?:${spelled.join('|')})(?=[\\s\\0/()<>[\\]{}%]|$)`);
}

function spellings(sign: string): string {
  const hex = sign.charCodeAt(0).toString(16);
  return `(?:${sign}|#${hex}|#${hex.toUpperCase()})`;
}
