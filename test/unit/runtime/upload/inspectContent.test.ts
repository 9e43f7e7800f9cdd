import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { executable, gif, jpeg, pdf, png, pngChunk, zip } from '../../../support/files.ts';
import { accepted, joined, outcomeOf } from './inspected.ts';

describe('text', () => {
  it.each([
    ['plain text', 'Grüße\r\n\tan alle 👋\n', 'text/plain'],
    ['a table', 'id;name\n1;"a"\n', 'text/csv'],
    ['markup, which is harmless as it is served', '<img src=x onerror=alert(1)><?= 1 ?><svg onload=x>', 'text/plain'],
    ['the header of a PDF behind the bytes that viewers search', `${' '.repeat(1020)}%PDF-1.7`, 'text/plain'],
    ['a formula, which is data until a spreadsheet opens it', '=1+1;-1\n', 'text/csv'],
  ])('is accepted as it is: %s', async (_, content, type) => {
    const bytes = Buffer.from(content);
    expect(await accepted(bytes, type)).toEqual({ bytes });
  });

  it.each([
    ['Latin-1', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'not-utf-8'],
    ['half a character', Buffer.from([0xed, 0xa0, 0x80]), 'not-utf-8'],
    ['a null byte', Buffer.from('a\0b'), 'control-characters'],
    ['an escape', Buffer.from('\x1b[2J'), 'control-characters'],
    ['a control character of C1', Buffer.from('a\u009b2J'), 'control-characters'],
  ])('is rejected with %s', async (_, bytes, reason) => {
    expect(await outcomeOf(bytes, 'text/plain')).toBe(`mismatch ${reason}`);
  });
});

describe('content of another type than declared is rejected', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'image/png', 'empty'],
    ['a program', executable(), 'image/png', 'signature'],
    ['a program as text', executable(), 'text/plain', 'not-utf-8'],
    ['a JPEG as a PNG', jpeg(), 'image/png', 'signature'],
    ['a PDF as text', Buffer.from('%PDF-1.7\n'), 'text/plain', 'signature'],
    [
      'a PDF in the last of the bytes that viewers search',
      Buffer.from(`${' '.repeat(1019)}%PDF-1.7`),
      'text/plain',
      'signature',
    ],
    ['a PDF in the colours of a GIF', gif().fill('%PDF-1', 13, 19), 'image/gif', 'signature'],
    ['PostScript', Buffer.from('%!PS-Adobe-3.0\n'), 'text/plain', 'signature'],
    ['a PDF as a table, after its header', Buffer.from('a;b\n%PDF-1.7\n'), 'text/csv', 'signature'],
    ['a PNG as a table', png(), 'text/csv', 'not-utf-8'],
    ['a PDF after a PNG’s signature', joined(png().subarray(0, 8), pdf()), 'image/png', 'cut-off'],
  ])('%s', async (_, bytes, type, reason) => {
    expect(await outcomeOf(bytes, type)).toBe(`mismatch ${reason}`);
  });
});

/** A PNG whose pixels are the bytes of an archive. */
function archiveInPixels(): Buffer {
  const width = 300;
  const rows = Buffer.alloc(width + 1);
  zip([{ name: 'a' }]).copy(rows, 20);
  const header = Buffer.from([0, 0, width >> 8, width & 255, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const chunks = [pngChunk('IHDR', header), pngChunk('IDAT', deflateSync(rows, { level: 0 })), pngChunk('IEND')];
  return joined(png().subarray(0, 8), ...chunks);
}

describe('what is in an accepted file besides is rejected, and said', () => {
  it.each([
    ['a page behind an image', joined(png(), '<p>'), 'trailing-data', 'must end where its format ends'],
    ['an archive in the pixels', archiveInPixels(), 'hidden-archive', 'must not be an archive as well'],
    [
      'too many pixels',
      png({ width: 1_100, height: 1_100 }),
      'too-many-pixels',
      'must have at most 1000000 pixels, of all frames',
    ],
  ])('%s', async (_, bytes, reason, message) => {
    await expect(accepted(bytes, 'image/png')).rejects.toMatchObject({ name: 'FileRejected', reason, message });
  });
});
