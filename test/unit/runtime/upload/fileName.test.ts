import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFileName } from '../../../../lambdas/runtime/upload/checkFileName.ts';
import { fileName } from '../../../../lambdas/runtime/upload/fileName.ts';
import { FileRejected } from '../../../../lambdas/runtime/upload/rejection.ts';

const types = { 'image/png': ['.png'], 'image/jpeg': ['.jpg', '.jpeg'], 'application/pdf': ['.pdf'] };
const name = (given: string, type = 'image/png') => fileName(given, type, types).name;
/** What the rejection of each reason says. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'name-missing': ['must have a name'],
  'name-invisible': ['must have a name without control and invisible characters'],
  'name-path': ['must have a name that is no path'],
  'name-device': ['must not be named like a device'],
  'name-endings': ['must have a name with one ending'],
  'name-too-long': ['must have a name of at most 255 bytes'],
  'name-ending': ['must have the ending of its type', 'must have a name that ends in .png, .jpg, .jpeg, .pdf'],
};
const rejection = (given: string, type = 'image/png') => {
  try {
    return fileName(given, type, types).name;
  } catch (error) {
    if (error instanceof FileRejected) expect(WORDS[error.reason]).toContain(error.message);
    return error instanceof FileRejected ? `${error.problem} ${error.reason}` : error;
  }
};

describe('the name of a file', () => {
  it.each([
    ['photo.png', 'photo.png'],
    ['PHOTO.PNG', 'PHOTO.png'],
    ['  Übersicht  2026 .png', 'Übersicht 2026.png'],
    ['u\u0308ber.png', '\u00fcber.png'],
    ['日本語.png', '日本語.png'],
    ['a"b<c>d|e?f*.png', 'a_b_c_d_e_f_.png'],
    ['$(rm -rf).png', '_(rm -rf).png'],
    ['100%.png', '100_.png'],
  ])('%j becomes %j', (given, cleaned) => {
    expect(name(given)).toBe(cleaned);
  });

  it.each([
    ['a script inside', 'a.php5.png', 'a_php5.png'],
    ['any ending inside', 'report.v1.2.png', 'report_v1_2.png'],
    ['its own ending twice', 'a.png.png', 'a_png.png'],
    ['a dot of another script', 'a\uff0ephp.png', 'a_php.png'],
    ['only an ending', '.png', 'file.png'],
    ['a dot before', '.hidden.png', '_hidden.png'],
    ['dots and blanks after', 'a.png. . ', 'a.png'],
    ['a null byte', 'a.exe\0.png', 'a_exe.png'],
    ['a line end', 'a\r\nSet-Cookie: x.png', 'x.png'],
    ['reading from right to left', 'invoice\u202egnp.exe.png', 'invoicegnp_exe.png'],
    ['an isolate', 'a\u2066b.png', 'ab.png'],
    ['a zero-width space', 'a\u200b.png', 'a.png'],
    ['what was not UTF-8', 'a\ufffd.png', 'a.png'],
    ['half a character', 'a\ud800.png', 'a.png'],
    ['a private character', 'a\ue000.png', 'a.png'],
    ['a path', '../../etc/passwd.png', 'passwd.png'],
    ['a path of Windows', '..\\..\\boot.png', 'boot.png'],
    ['an encoded path', '..%2f..%2fa.png', '___2f___2fa.png'],
    ['an encoded null byte', 'a%00.png', 'a_00.png'],
    ['a drive', 'C:a.png', 'a.png'],
    ['an alternate stream', 'a.png:evil.png', 'evil.png'],
    ['a device', 'CON.png', '_CON.png'],
    ['a numbered device', 'lpt1.png', '_lpt1.png'],
    ['a device in superscript', 'COM¹.png', '_COM¹.png'],
    ['a device of the console', 'conout$.png', 'conout_.png'],
    ['a device in wide letters', '\uff23\uff2f\uff2e.png', '_\uff23\uff2f\uff2e.png'],
    ['an option of a command', '-rf.png', '_rf.png'],
    ['a home folder', '~root.png', '_root.png'],
    ['a mark without a letter', '\u0301a.png', '_a.png'],
    ['an invisible letter', 'a\u3164\u115f\uffa0.png', 'a.png'],
    ['an invisible mark', '\u034fa\u17b4\ufe0f.png', 'a.png'],
    ['nothing but what is invisible', '\u3164\ufe0f.png', 'file.png'],
    ['what composes only without an invisible character', 'e\u200d\u0301.png', '\u00e9.png'],
    ['dots and blanks in turn', `a.png${'. '.repeat(200)}`, 'a.png'],
    ['a space where it is shortened', `${'x'.repeat(250)} yz.png`, `${'x'.repeat(250)}.png`],
    ['many spaces behind', `a.png${' '.repeat(2_000)}`, 'a.png'],
    ['more characters than are read', `${'x'.repeat(1_000)}${'y'.repeat(1_020)}.png`, `${'y'.repeat(251)}.png`],
    ['a space before an option', '/ -rf.png', '_rf.png'],
    ['a long beginning', `../${'x'.repeat(2_000)}y.png`, `${'x'.repeat(251)}.png`],
    ['markup', '<img src=x onerror=alert(1)>.png', '_img src_x onerror_alert(1)_.png'],
    ['a formula', '=cmd|x.png', '_cmd_x.png'],
  ])('is harmless with %s', (_, given, cleaned) => {
    expect(name(given)).toBe(cleaned);
  });

  it.each(['', '  '])('is missing: %j', (given) => {
    expect(rejection(given)).toBe('upload-name-rejected name-missing');
  });

  it('fits into 255 bytes, without half a character', () => {
    expect(name(`${'x'.repeat(251)}.png`)).toBe(`${'x'.repeat(251)}.png`);
    expect(name(`${'x'.repeat(252)}.png`)).toBe(`${'x'.repeat(251)}.png`);
    expect(name(`${'ü'.repeat(127)}.png`)).toBe(`${'ü'.repeat(125)}.png`);
    expect(name(`e${'\u0301'.repeat(200)}.png`)).toBe('file.png');
  });

  it.each(['a.exe', 'invoice.pdf.exe', 'a.svg', 'png', 'a.', 'a.pn\u0261', 'a.png/'])(
    '%j has an ending that is not accepted',
    (given) => {
      expect(rejection(given)).toBe('unsupported-media-type name-ending');
    },
  );

  it('needs an ending of the declared type', () => {
    expect(rejection('a.pdf', 'image/png')).toBe('upload-content-mismatch name-ending');
    expect(name('a.jpeg', 'image/jpeg')).toBe('a.jpeg');
  });

  it('stays the same when it is cleaned again (20,000 names)', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ' ',
        '.',
        '-',
        '~',
        '_',
        '/',
        '\\',
        'CON',
        'nul',
        '\u0301',
        '\u200d',
        '\u3164',
        '\ufe0f',
        'e',
        'ﬁ',
      ),
      fc.constantFrom(
        '\u1100',
        '\u1161',
        '\u11a8',
        '\u115f',
        '\u212b',
        '\u0340',
        '\ud800',
        'é',
        '\u00a0',
        '=',
        'x'.repeat(250),
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = name(`${pieces.join('')}.png`);
        expect(name(once)).toBe(once);
        expect(once.normalize('NFC')).toBe(once);
        expect(once).toMatch(/^[^.\p{C}\p{M}\p{Z}~\p{Default_Ignorable_Code_Point}-][^.\p{C}\p{Zl}\p{Zp}/\\:]*\.png$/u);
        expect(Buffer.byteLength(once)).toBeLessThanOrEqual(255);
      }),
      { numRuns: 20_000 },
    );
  });

  it('is read as far as 1,024 characters from its end, however long it is', () => {
    const options = { types, pointer: '/name' };
    for (const filler of ['. ', ' ', '.', '/', '\u200d', '\u0301', 'e\u0301', '\ud800', 'x']) {
      const long = filler.repeat(500_000);
      expect(checkFileName(`${long}a.png`, 'image/png', options).extension).toBe('.png');
      expect(() => checkFileName(`a.png${long}!`, 'image/png', options)).toThrow();
    }
    expect(name(`a/${'b'.repeat(1_019)}.png`)).toBe(`${'b'.repeat(251)}.png`);
  });

  it('is rejected with its location in the body', () => {
    const check = () => checkFileName('a.exe', 'image/png', { types, pointer: '/files/0/name' });
    expect(check).toThrow(expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/files/0/name' })] }));
  });
});
