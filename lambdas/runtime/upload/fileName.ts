import { FileRejected, mismatch } from './rejection.ts';

/** A clean name, with its ending. */
export interface FileName {
  readonly name: string;
  /** In lower case, with its dot. */
  readonly extension: string;
}

/** File systems accept 255 bytes (POSIX NAME_MAX). */
const MAX_BYTES = 255;
/** Of a longer name, its end counts, which has the ending. */
const MAX_CHARACTERS = 1_024;
/** Up to the last separator of any system, drive or alternate stream. */
const PATH = /^.*[/\\:]/su;
/** Control characters, those that show nothing or change the reading order, half characters, and those without a meaning. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufffd]/gu;
/** Everything except letters, digits, their marks, spaces and a few signs becomes `_`; so does a dot, which could hide an ending. */
const OTHER_SIGNS = /[^\p{L}\p{M}\p{N} _()[\]+,@&'~-]/gu;
/** An option of a command, a home folder, and a mark that would change what stands before the name. */
const START = /^[-~\p{M}]/u;
/** Devices of Windows, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)\d) *(?:\.|$)/i;
/** The name of a file that has none left. */
const UNNAMED = 'file';
/**
 * A name inside an archive, which is not changed and so has to be harmless: no sign that a shell, a path or a pattern
 * uses, no mark that crosses out (a system can show it as a separator), no short name of Windows (`EVIL~1`).
 */
const SEGMENT =
  /^(?![-~\p{Zs}\p{M}])(?!.*(?:[\u0334-\u0338\u20d0-\u20ff]|~\d))[\p{L}\p{M}\p{N}\p{Zs}_()[\]{}+,@&'’~.=!#$–—-]+(?<![.\p{Zs}])$/u;

/**
 * Makes a file's name harmless, whatever it is: one visible path segment with one ending, which is that of its type.
 *
 * @param given as the client sent it.
 * @param type the media type that the client declares for the file.
 * @param types media types that are allowed, with their endings.
 * @throws {FileRejected} `upload-name-rejected` without a name; `unsupported-media-type` for an ending that is not accepted;
 * `upload-content-mismatch` for one of another type.
 * @example
 * ```ts
 * fileName('../Übersicht.php5.PNG', 'image/png', { 'image/png': ['.png'] });
 * // { name: 'Übersicht_php5.png', extension: '.png' }
 * ```
 */
export function fileName(given: string, type: string, types: Readonly<Record<string, readonly string[]>>): FileName {
  if (given.trim() === '') {
    throw new FileRejected('upload-name-rejected', 'name-missing', 'must have a name');
  }
  const segment = given
    .trim()
    .slice(-MAX_CHARACTERS)
    .replaceAll(UNSEEN, '')
    .normalize('NFC')
    .replace(PATH, '')
    .replace(/(?<![. ])[. ]+$/, '');
  const dot = segment.lastIndexOf('.');
  // Without a dot, this is the last character, which no type has.
  const extension = segment.slice(dot).toLowerCase();
  checkEnding(extension, type, types);
  const clean = segment.slice(0, dot).replaceAll(OTHER_SIGNS, '_').replaceAll(/ +/g, ' ').trim().replace(START, '_');
  const named = DEVICE.test(clean.normalize('NFKC')) ? `_${clean}` : clean;
  return { name: `${shortened(named, MAX_BYTES - extension.length)}${extension}`, extension };
}

/** Whether a segment of a path is one visible name on every system, also after systems and programs have normalized it. */
export function isPlainSegment(segment: string): boolean {
  const isPlain = (form: string) => form.search(UNSEEN) === -1 && SEGMENT.test(form) && !DEVICE.test(form);
  return Buffer.byteLength(segment) <= MAX_BYTES && isPlain(segment) && isPlain(segment.normalize('NFKC'));
}

/** Equal for names that are one name on a file system that ignores case, composition or width. */
export function foldedName(name: string): string {
  return name.normalize('NFKC').toLowerCase().toUpperCase().normalize('NFKC');
}

/** As many whole characters as fit into a number of bytes. */
function shortened(name: string, bytes: number): string {
  let length = 0;
  let short = '';
  for (const { segment } of new Intl.Segmenter('und').segment(name)) {
    length += Buffer.byteLength(segment);
    if (length > bytes) break;
    short += segment;
  }
  return short.trim() || UNNAMED;
}

function checkEnding(extension: string, type: string, types: Readonly<Record<string, readonly string[]>>): void {
  if (Object.hasOwn(types, type) && types[type]?.includes(extension)) return;
  if (Object.values(types).some((endings) => endings.includes(extension))) {
    throw mismatch('name-ending');
  }
  const taken = [...new Set(Object.values(types).flat())].join(', ');
  throw new FileRejected('unsupported-media-type', 'name-ending', `must have a name that ends in ${taken}`);
}
