import { FileRejected } from './rejection.ts';

/** A clean name, with its ending. */
export interface FileName {
  readonly name: string;
  /** In lower case, with its dot. */
  readonly extension: string;
}

/** File systems accept 255 bytes (POSIX NAME_MAX). */
const MAX_BYTES = 255;
/** Control characters, and invisible ones: they hide an ending or change the reading order. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u;
/** Separators of every system, drives and alternate streams: a name is not a path. */
const PATH = /[/\\:]|^\.\.?$/;
/** Everything except letters, digits, their marks, spaces and a few signs becomes `_`. */
const OTHER_SIGNS = /[^\p{L}\p{M}\p{N} ._()[\]+,@&'~-]/gu;
/** Devices of Windows, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Endings of programs, and of documents that can run programs. In the middle of a name they deceive: a server may use
 * the first ending, and a system that hides the last one shows them.
 */
const RUN =
  ' apk app appimage asp aspx bash bat bin cgi chm cmd com cpl deb dll dmg exe gadget hta img iso jar js jse jsp jspx lnk ' +
  ' mjs msi msp ms-settings php phar phtml pif pkg pl ps1 psm1 py rb reg rpm scr sct sh sys url vb vbe vbs wsf wsh ' +
  ' doc docm docx dotm htm html mht mhtml shtml svg swf xhtml xht xll xlsm xml xsl xslt ' +
  ' 7z bz2 cab gz rar tar tgz xz zip htaccess ';

/**
 * Checks a file's name and cleans it.
 *
 * @param given as the client sent it.
 * @param type the media type that the client declares for the file.
 * @param types media types that are allowed, with their endings.
 * @throws {FileRejected} `upload-name-rejected` for paths, invisible characters, a second ending and devices;
 * `unsupported-media-type` for an ending that is not accepted; `upload-content-mismatch` for one of another type.
 * @example
 * ```ts
 * fileName('Übersicht 2026.PDF', 'application/pdf', { 'application/pdf': ['.pdf'] });
 * // { name: 'Übersicht 2026.pdf', extension: '.pdf' }
 * ```
 */
export function fileName(
  given: string | undefined,
  type: string,
  types: Readonly<Record<string, readonly string[]>>,
): FileName {
  if (given === undefined || given.trim() === '') throw rejected('name-missing', 'must have a name');
  for (const spelled of [given, decoded(given)]) {
    if (UNSEEN.test(spelled) || !spelled.isWellFormed()) {
      throw rejected('name-invisible', 'must have a name without control and invisible characters');
    }
    if (PATH.test(spelled)) throw rejected('name-path', 'must have a name that is no path');
  }
  const clean = given.normalize('NFC').trim();
  if (DEVICE.test(clean)) throw rejected('name-device', 'must not be named like a device');
  const [first = '', ...others] = clean.split('.');
  const last = others.pop();
  if (others.some((part) => isEnding(part.toLowerCase().trim(), types))) {
    throw rejected('name-endings', 'must have a name with one ending');
  }
  const extension = `.${last?.toLowerCase() ?? ''}`;
  checkEnding(extension, type, types);
  const stem = [first, ...others]
    .join('.')
    .replaceAll(OTHER_SIGNS, '_')
    .replaceAll(/ +/g, ' ')
    .replace(/^[. ]+/, '');
  const name = `${stem === '' ? '_' : stem}${extension}`;
  if (Buffer.byteLength(name) > MAX_BYTES)
    throw rejected('name-too-long', `must have a name of at most ${MAX_BYTES} bytes`);
  return { name, extension };
}

function isEnding(part: string, types: Readonly<Record<string, readonly string[]>>): boolean {
  return RUN.includes(` ${part} `) || Object.values(types).some((endings) => endings.includes(`.${part}`));
}

function checkEnding(extension: string, type: string, types: Readonly<Record<string, readonly string[]>>): void {
  if (Object.hasOwn(types, type) && types[type]?.includes(extension)) return;
  if (Object.values(types).some((endings) => endings.includes(extension))) {
    throw new FileRejected('upload-content-mismatch', 'name-ending', 'must have the ending of its type');
  }
  const taken = [...new Set(Object.values(types).flat())].join(', ');
  throw new FileRejected('unsupported-media-type', 'name-ending', `must have a name that ends in ${taken}`);
}

/** Some programs decode percent-encoded names. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function rejected(reason: string, message: string): FileRejected {
  return new FileRejected('upload-name-rejected', reason, message);
}
