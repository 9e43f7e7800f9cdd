import { describe, expect, it } from 'vitest';
import { fileName } from '../../../../lambdas/runtime/upload/fileName.ts';
import { FileRejected } from '../../../../lambdas/runtime/upload/rejection.ts';

const types = { 'image/png': ['.png'], 'image/jpeg': ['.jpg', '.jpeg'], 'application/pdf': ['.pdf'] };
const name = (given: string | undefined, type = 'image/png') => fileName(given, type, types).name;
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
const rejection = (given: string | undefined, type = 'image/png') => {
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
    ['  Übersicht  2026 .png', 'Übersicht 2026 .png'],
    ['ｆüll.png', 'ｆüll.png'],
    ['u\u0308ber.png', '\u00fcber.png'],
    ['日本語.png', '日本語.png'],
    ['report.v1.2.png', 'report.v1.2.png'],
    ['a"b<c>d|e?f*.png', 'a_b_c_d_e_f_.png'],
    ['$(rm -rf).png', '_(rm -rf).png'],
    ['.hidden.png', 'hidden.png'],
    ['100%.png', '100_.png'],
  ])('%j becomes %j', (given, cleaned) => {
    expect(name(given)).toBe(cleaned);
  });

  it.each([
    ['when it is missing', undefined, 'name-missing'],
    ['of blanks', '  ', 'name-missing'],
    ['with a null byte', 'a.exe\0.png', 'name-invisible'],
    ['with a line end', 'a\r\nSet-Cookie: x.png', 'name-invisible'],
    ['that reads from right to left', 'invoice\u202egnp.exe.png', 'name-invisible'],
    ['with an isolate', 'a\u2066b.png', 'name-invisible'],
    ['with a zero-width space', 'a\u200b.png', 'name-invisible'],
    ['that was not UTF-8', 'a\ufffd.png', 'name-invisible'],
    ['with half a character', 'a\ud800.png', 'name-invisible'],
    ['that leaves its folder', '../../etc/passwd.png', 'name-path'],
    ['that leaves its folder on Windows', '..\\..\\boot.png', 'name-path'],
    ['that leaves its folder, encoded', '..%2f..%2fa.png', 'name-path'],
    ['with an encoded null byte', 'a%00.png', 'name-invisible'],
    ['that is absolute', '/etc/a.png', 'name-path'],
    ['with a drive', 'C:a.png', 'name-path'],
    ['with an alternate stream', 'a.png:evil.png', 'name-path'],
    ['of a device', 'CON.png', 'name-device'],
    ['of a numbered device', 'lpt1.2.png', 'name-device'],
    ['with a script inside', 'shell.php.png', 'name-endings'],
    ['with a program inside', 'setup.EXE.png', 'name-endings'],
    ['with a program and a blank inside', 'setup.exe .png', 'name-endings'],
    ['with another accepted ending inside', 'a.pdf.png', 'name-endings'],
    ['with its own ending twice', 'a.png.png', 'name-endings'],
    ['that is too long', `${'ü'.repeat(127)}.png`, 'name-too-long'],
  ])('is rejected %s', (_, given, reason) => {
    expect(rejection(given)).toBe(`upload-name-rejected ${reason}`);
  });

  it('fits into 255 bytes, and no more', () => {
    expect(name(`${'x'.repeat(251)}.png`)).toHaveLength(255);
    expect(rejection(`${'x'.repeat(252)}.png`)).toBe('upload-name-rejected name-too-long');
  });

  it.each(['a.exe', 'invoice.pdf.exe', 'a.svg', 'png', 'a.', 'a.png.', 'a.png '.concat('.'), 'a.pn\u0261'])(
    '%j has an ending that is not accepted',
    (given) => {
      expect(rejection(given)).toMatch(/^(unsupported-media-type name-ending|upload-name-rejected name-endings)$/);
    },
  );

  it('needs an ending of the declared type', () => {
    expect(rejection('a.pdf', 'image/png')).toBe('upload-content-mismatch name-ending');
    expect(name('a.jpeg', 'image/jpeg')).toBe('a.jpeg');
  });
});

describe('a name with the ending of a program inside', () => {
  const endings =
    'apk app appimage asp aspx bash bat bin cgi chm cmd com cpl deb dll dmg exe gadget hta img iso jar js jse jsp jspx lnk ' +
    'mjs msi msp php phar phtml pif pkg pl ps1 psm1 py rb reg rpm scr sct sh sys url vb vbe vbs wsf wsh doc docm docx dotm ' +
    'htm html mht mhtml shtml svg swf xhtml xht xll xlsm xml xsl xslt 7z bz2 cab gz rar tar tgz xz zip htaccess';
  it.each(endings.split(' '))('is rejected: %s', (ending) => {
    expect(rejection(`a.${ending}.png`)).toBe('upload-name-rejected name-endings');
  });
});
