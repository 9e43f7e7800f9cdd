import { describe, expect, it } from 'vitest';
import { inspectContent } from '../../../../lambdas/runtime/upload/inspectContent.ts';
import { FileRejected } from '../../../../lambdas/runtime/upload/rejection.ts';
import { executable, gif, jpeg, objectStream, pdf, png, pngChunk, riff, webp, zip } from '../../../support/files.ts';

/** What the rejection of each reason says the file must be. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  'active-content': ['must hold no script, program, file or dynamic form'],
  'archive-bomb': ['must unpack to a size that is sane'],
  checksum: ['must have the checksums of its content'],
  'compressed-text': ['must have at most 65536 bytes in a compressed text'],
  'control-characters': ['must have no control characters'],
  'cut-off': ['must be complete'],
  empty: ['must not be empty'],
  encrypted: ['must not be encrypted, since it could not be inspected'],
  'entry-link': ['must hold no links'],
  'entry-names': ['must name its entries alike in both places'],
  'entry-outside': ['must hold names that stay in its folder'],
  'entry-repeated': ['must hold each entry once'],
  'hidden-archive': ['must not be an archive as well'],
  'hidden-objects': ['must have objects that can be read, of a size that is sane'],
  'hidden-pdf': ['must not be a PDF as well'],
  markup: ['must hold no page and no script'],
  'no-size': ['must have a width and a height'],
  'not-utf-8': ['must be UTF-8'],
  signature: ['must be of the type that it declares'],
  structure: [
    'must begin as its format does',
    'must consist of the blocks of its format',
    'must consist of the segments of its format',
    'must have a header of its format',
    'must have one header, first',
    'must have the directory of its format',
  ],
  'too-many-entries': ['must hold at most 1000 entries'],
  'too-many-pixels': ['must have at most 1000000 pixels, of all frames'],
  'trailing-data': ['must end where its format ends'],
};
const inspect = async (bytes: Buffer, type: string, maxPixels = 1_000_000) => {
  try {
    return (await inspectContent(bytes, type, { maxPixels })) ?? 'accepted';
  } catch (error) {
    if (error instanceof FileRejected) expect(WORDS[error.reason]).toContain(error.message);
    if (error instanceof FileRejected) return `${error.problem.replace('upload-content-', '')} ${error.reason}`;
    throw error;
  }
};
const and = (...parts: readonly (Buffer | string)[]) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const cut = (bytes: Buffer, by = 3) => bytes.subarray(0, bytes.length - by);
const comment = (value: string) => pngChunk('tEXt', Buffer.from(`Comment\0${value}`));

describe('content of its declared type', () => {
  it.each([
    ['a PNG', png(), 'image/png', { width: 3, height: 2 }],
    ['a PNG with a comment', png({ extra: [comment('by hand')] }), 'image/png', { width: 3, height: 2 }],
    ['a JPEG', jpeg(), 'image/jpeg', { width: 8, height: 8 }],
    [
      'a JPEG with a second one, as phones write it',
      and(jpeg(20, 10), jpeg()),
      'image/jpeg',
      { width: 20, height: 10 },
    ],
    ['a GIF', gif(), 'image/gif', { width: 2, height: 2 }],
    ['a GIF that moves', gif(5, 4, 3), 'image/gif', { width: 5, height: 4 }],
    ['a lossy WebP', webp('VP8 '), 'image/webp', { width: 4, height: 3 }],
    ['a lossless WebP', webp('VP8L'), 'image/webp', { width: 4, height: 3 }],
    ['an extended WebP', webp('VP8X'), 'image/webp', { width: 4, height: 3 }],
    ['a PDF', pdf(), 'application/pdf', 'accepted'],
    ['a PDF with links', pdf({ extra: ['<< /S /URI /URI (https://example.com) >>'] }), 'application/pdf', 'accepted'],
    ['a PDF with an object stream', pdf({ extra: [objectStream('<< /A 1 >>')] }), 'application/pdf', 'accepted'],
    ['a PDF with blank lines after it', and(pdf(), '\r\n\n'), 'application/pdf', 'accepted'],
    ['a ZIP', zip([{ name: 'a/b.txt' }, { name: 'ü.txt' }]), 'application/zip', 'accepted'],
    ['an empty ZIP', zip([]), 'application/zip', 'accepted'],
    ['plain text', Buffer.from('Grüße\r\n\tan alle 👋\n'), 'text/plain', 'accepted'],
    ['a table', Buffer.from('id;name\n1;"a"\n'), 'text/csv', 'accepted'],
  ])('accepts %s', async (_, bytes, type, inspected) => {
    expect(await inspect(bytes, type)).toEqual(inspected);
  });
});

describe('content of another type than declared', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 'image/png', 'empty'],
    ['a program', executable(), 'image/png', 'signature'],
    ['a program as a PDF', executable(), 'application/pdf', 'signature'],
    ['a program as text', executable(), 'text/plain', 'signature'],
    ['a JPEG as a PNG', jpeg(), 'image/png', 'signature'],
    ['a PNG as a PDF', png(), 'application/pdf', 'signature'],
    ['a PDF after a PNG’s signature', and(png().subarray(0, 8), pdf()), 'image/png', 'signature'],
    ['a PNG cut off', cut(png()), 'image/png', 'cut-off'],
    ['a PNG with a wrong checksum', png().fill(0, 30, 31), 'image/png', 'checksum'],
    ['a PNG with two headers', png({ extra: [pngChunk('IHDR', Buffer.alloc(13, 1))] }), 'image/png', 'structure'],
    ['a PNG without size', png({ declared: [0, 5] }), 'image/png', 'no-size'],
    ['a JPEG cut off', cut(jpeg()), 'image/jpeg', 'cut-off'],
    ['a JPEG without a frame', and(jpeg().subarray(0, 20), Buffer.from([0xff, 0xd9])), 'image/jpeg', 'no-size'],
    ['a GIF cut off', cut(gif()), 'image/gif', 'cut-off'],
    ['a GIF without a frame', gif(2, 2, 0), 'image/gif', 'cut-off'],
    ['a WebP cut off', cut(webp('VP8 ')), 'image/webp', 'cut-off'],
    ['a WebP without a size', riff([Buffer.from('EXIF\x02\0\0\0ab', 'latin1')]), 'image/webp', 'no-size'],
    ['a PDF cut off', cut(pdf(), 10), 'application/pdf', 'cut-off'],
    ['a ZIP cut off', cut(zip([{ name: 'a' }]), 30), 'application/zip', 'cut-off'],
    ['a ZIP with another start', and('PK\x03\x04', zip([{ name: 'a' }])), 'application/zip', 'structure'],
    ['Latin-1 as text', Buffer.from('Gr\xfc\xdfe', 'latin1'), 'text/plain', 'not-utf-8'],
    ['text with a null byte', Buffer.from('a\0b'), 'text/plain', 'control-characters'],
    ['text with an escape', Buffer.from('\x1b[2J'), 'text/plain', 'control-characters'],
  ])('rejects %s', async (_, bytes, type, reason) => {
    expect(await inspect(bytes, type)).toBe(`mismatch ${reason}`);
  });
});

describe('content that hides other content', () => {
  const page = '<script>alert(1)</script>';
  it.each([
    ['a ZIP after a PNG', and(png(), zip([{ name: 'a' }])), 'image/png', 'trailing-data'],
    ['a page after a PNG', and(png(), page), 'image/png', 'trailing-data'],
    ['a PDF inside a PNG', png({ extra: [pngChunk('teSt', pdf())] }), 'image/png', 'hidden-pdf'],
    ['a page inside a PNG', png({ extra: [comment(page)] }), 'image/png', 'markup'],
    ['PHP inside a PNG', png({ extra: [comment('<?php system($_GET[0]);')] }), 'image/png', 'markup'],
    ['a ZIP inside a PNG', png({ extra: [pngChunk('teSt', zip([{ name: 'a' }]))] }), 'image/png', 'hidden-archive'],
    [
      '7-Zip inside a PNG',
      png({ extra: [pngChunk('teSt', Buffer.from('377abcaf271c', 'hex'))] }),
      'image/png',
      'hidden-archive',
    ],
    ['a page after a JPEG', and(jpeg(), page), 'image/jpeg', 'trailing-data'],
    ['a page after a GIF', and(gif(), page), 'image/gif', 'trailing-data'],
    ['a page after a WebP', and(webp('VP8L'), page), 'image/webp', 'trailing-data'],
    ['a page after a PDF', and(pdf(), page), 'application/pdf', 'trailing-data'],
    ['a ZIP after a PDF', and(pdf(), zip([{ name: 'a' }])), 'application/pdf', 'trailing-data'],
    ['a page as text', Buffer.from(`<!DOCTYPE  html>${page}`), 'text/plain', 'markup'],
    ['an image with markup', Buffer.from('a <svg onload=x> b'), 'text/csv', 'markup'],
    ['a PDF as a table', Buffer.from('a;b\n%PDF-1.7\n'), 'text/csv', 'hidden-pdf'],
  ])('rejects %s', async (_, bytes, type, reason) => {
    expect(await inspect(bytes, type)).toBe(`dangerous ${reason}`);
  });
});

describe('an image that would need too much memory', () => {
  it.each([
    ['a PNG', png({ declared: [100_000, 100_000] }), 'image/png'],
    ['a JPEG', jpeg(65_535, 65_535), 'image/jpeg'],
    ['JPEGs together', and(jpeg(800, 800), jpeg(800, 800)), 'image/jpeg'],
    ['a GIF', gif(65_535, 65_535), 'image/gif'],
    ['a GIF of many frames', gif(400, 400, 7), 'image/gif'],
    ['a WebP', webp('VP8X', 16_777_216, 16_777_216), 'image/webp'],
  ])('is rejected: %s', async (_, bytes, type) => {
    expect(await inspect(bytes, type)).toBe('dangerous too-many-pixels');
  });

  it('is rejected when its size is in a compressed comment', async () => {
    const hidden = png({ extra: [pngChunk('zTXt', Buffer.alloc(70_000))] });
    expect(await inspect(hidden, 'image/png')).toBe('dangerous compressed-text');
  });
});

describe('a PDF with active content', () => {
  const of = (object: string | Buffer, catalog = '') => inspect(pdf({ extra: [object], catalog }), 'application/pdf');

  it.each([
    ['a script', '<< /S /JavaScript /JS (app.alert(1)) >>'],
    ['a script whose name is escaped', '<< /S /J#61va#53cript /JS (x) >>'],
    ['a program to start', '<< /S /Launch /F (cmd.exe) >>'],
    ['a file inside', '<< /Type /EmbeddedFile /Length 0 >>'],
    ['a dynamic form', '<< /XFA [5 0 R] >>'],
    ['a script in an object stream', objectStream('<< /S /JavaScript /JS (x) >>')],
  ])('is rejected with %s', async (_, object) => {
    expect(await of(object)).toBe('dangerous active-content');
  });

  it.each([
    [
      'an unusual filter',
      '<< /Type /ObjStm /N 1 /First 4 /Filter [/ASCIIHexDecode /FlateDecode] >>\nstream\n78>\nendstream',
    ],
    ['a predictor', objectStream('<< /A 1 >>', '/DecodeParms << /Predictor 12 >> ')],
    ['a string that imitates its data', objectStream('<< /A 1 >>', '/X (stream\n) ')],
    ['data that is not compressed', '<< /Type /ObjStm /Filter /FlateDecode >>\nstream\nabc\nendstream'],
    ['no data', '<< /Type /ObjStm >>'],
  ])('is rejected when it hides its objects by %s', async (_, object) => {
    expect(await of(object)).toBe('dangerous hidden-objects');
  });

  it('is rejected when its objects decompress to too much', async () => {
    expect(await of(objectStream(`(${' '.repeat(33 * 1024 * 1024)})`))).toBe('dangerous hidden-objects');
  });

  it('is rejected when it is encrypted, since it cannot be inspected', async () => {
    expect(await of('<< /A 1 >>', '/Encrypt 9 0 R ')).toBe('dangerous encrypted');
  });
});

describe('a ZIP that is dangerous to unpack', () => {
  const of = (...entries: Parameters<typeof zip>[0]) => inspect(zip(entries), 'application/zip');

  it.each(['../a', 'a/../../b', '/etc/passwd', 'C:/a', 'a\\b', '..', 'a\nb'])('is rejected: %j', async (name) => {
    expect(await of({ name: 'fine.txt' }, { name })).toBe('dangerous entry-outside');
  });

  it.each([
    ['a link', [{ name: 'a', mode: 0o120777 }], 'entry-link'],
    ['an encrypted entry', [{ name: 'a', flags: 1 }], 'encrypted'],
    ['an entry of two names', [{ name: 'a', localName: 'b' }], 'entry-names'],
    ['an entry twice', [{ name: 'a' }, { name: 'A' }], 'entry-repeated'],
    ['a bomb', [{ name: 'a', data: Buffer.alloc(5_000_000) }], 'archive-bomb'],
    ['too many entries', Array.from({ length: 1_001 }, (_, i) => ({ name: `${i}` })), 'too-many-entries'],
  ])('is rejected with %s', async (_, entries, reason) => {
    expect(await of(...entries)).toBe(`dangerous ${reason}`);
  });

  it('is rejected when something follows it', async () => {
    expect(await inspect(and(zip([{ name: 'a' }]), 'x'.repeat(30)), 'application/zip')).toBe('dangerous trailing-data');
  });
});

describe('each part of a file is checked to its last byte', () => {
  const marker = (bytes: string) => Buffer.from(bytes, 'hex');
  const start = jpeg().subarray(0, 2);
  it.each([
    ['a PNG without its header', and(png().subarray(0, 8), png().subarray(33)), 'image/png', 'structure'],
    ['a PNG without image data', and(png().subarray(0, 33), pngChunk('IEND')), 'image/png', 'cut-off'],
    ['a PNG that ends in a chunk', png().subarray(0, -6), 'image/png', 'cut-off'],
    ['a PNG that ends after a chunk', png().subarray(0, -12), 'image/png', 'cut-off'],
    ['a JPEG with no marker', and(start, marker('00ff')), 'image/jpeg', 'signature'],
    [
      'a JPEG whose segment has no length',
      and(jpeg().subarray(0, 20), marker('ffe00001'), jpeg().subarray(20)),
      'image/jpeg',
      'structure',
    ],
    ['a JPEG that ends in a length', and(jpeg().subarray(0, 20), marker('ffe000')), 'image/jpeg', 'cut-off'],
    ['a JPEG that ends in a segment', and(jpeg().subarray(0, 20), marker('ffe0000a00')), 'image/jpeg', 'cut-off'],
    ['a JPEG that ends in a scan', cut(jpeg(), 2), 'image/jpeg', 'cut-off'],
    ['a JPEG of no height', jpeg(8, 0), 'image/jpeg', 'no-size'],
    ['a JPEG of no width', jpeg(0, 8), 'image/jpeg', 'no-size'],
    ['a GIF with an unknown block', and(cut(gif(), 1), marker('013b')), 'image/gif', 'structure'],
    ['a GIF that is only a header', gif().subarray(0, 12), 'image/gif', 'cut-off'],
    ['a GIF that ends in a frame', and(gif().subarray(0, 19), marker('2c0000')), 'image/gif', 'cut-off'],
    ['a GIF without its trailer', cut(gif(), 1), 'image/gif', 'cut-off'],
    ['a WebP that ends in a chunk', riff([Buffer.from('VP8L\x20\0\0\0\x2f', 'latin1')]), 'image/webp', 'cut-off'],
    ['a WebP with a short image', riff([Buffer.from('VP8 \x04\0\0\0abcd', 'latin1')]), 'image/webp', 'cut-off'],
    ['a WebP with a short frame', riff([Buffer.from('ANMF\x04\0\0\0abcd', 'latin1')]), 'image/webp', 'cut-off'],
    ['a PDF of another version', Buffer.from('%PDF-9.9\n%%EOF\n'), 'application/pdf', 'structure'],
  ])('%s', async (_, bytes, type, reason) => {
    expect(await inspect(bytes, type)).toBe(`mismatch ${reason}`);
  });

  it.each([
    ['with fill bytes', and(start, marker('ffff'), jpeg().subarray(3)), 'image/jpeg', { width: 8, height: 8 }],
    [
      'with a marker that stands alone',
      and(start, marker('ff01'), jpeg().subarray(2)),
      'image/jpeg',
      { width: 8, height: 8 },
    ],
    [
      'of an animation',
      riff([Buffer.concat([Buffer.from('ANMF\x10\0\0\0', 'latin1'), Buffer.alloc(16)])]),
      'image/webp',
      { width: 1, height: 1 },
    ],
    ['of exactly the pixels that are allowed', jpeg(1_000, 1_000), 'image/jpeg', { width: 1_000, height: 1_000 }],
  ])('an image %s is accepted', async (_, bytes, type, size) => {
    expect(await inspect(bytes, type)).toEqual(size);
  });
});
