import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gif, jpeg, png, pngChunk, riff, riffChunk, segment, webp, zip } from '../../../support/files.ts';
import { accepted, cut, joined, outcomeOf } from './inspected.ts';

const page = '<script>alert(1)</script>';
const archive = zip([{ name: 'a' }]);
const text = pngChunk('tEXt', Buffer.from(`Comment\0${page}`));
const comment = segment(0xfe, Buffer.from(page));
const gifComment = joined(Buffer.from([0x21, 0xfe, page.length]), page, Buffer.from([0]));
const gifApplication = Buffer.from('21ff0b4e45545343415045322e3003010500', 'hex');
const loop = joined(gifApplication, Buffer.from([0]));

describe('an image is accepted, and keeps what is needed to show it', () => {
  it.each([
    ['a PNG', png(), 'image/png', { width: 3, height: 2 }],
    ['a JPEG', jpeg(), 'image/jpeg', { width: 8, height: 8 }],
    ['a GIF', gif(), 'image/gif', { width: 2, height: 2 }],
    ['a GIF that moves', gif(5, 4, 3, [loop]), 'image/gif', { width: 5, height: 4 }],
    ['a lossy WebP', webp('VP8 '), 'image/webp', { width: 4, height: 3 }],
    ['a lossless WebP', webp('VP8L'), 'image/webp', { width: 4, height: 3 }],
    ['an extended WebP', webp('VP8X'), 'image/webp', { width: 4, height: 3 }],
  ])('%s, unchanged', async (_, bytes, type, size) => {
    expect(await accepted(bytes, type)).toEqual({ bytes, ...size });
  });

  it.each([
    ['a PNG’s text', png({ extra: [text] }), 'image/png', png()],
    ['an archive in a chunk of a program', png({ extra: [pngChunk('teSt', archive)] }), 'image/png', png()],
    ['a profile', png({ extra: [pngChunk('iCCP', Buffer.from('x\0\0'))] }), 'image/png', png()],
    ['a JPEG’s comment', jpeg(8, 8, [comment]), 'image/jpeg', jpeg()],
    ['a JPEG’s profile', jpeg(8, 8, [segment(0xe2, Buffer.from('ICC_PROFILE\0'))]), 'image/jpeg', jpeg()],
    ['a second JPEG, as phones append it', joined(jpeg(20, 10), jpeg()), 'image/jpeg', jpeg(20, 10)],
    ['a GIF’s comment', gif(2, 2, 1, [gifComment]), 'image/gif', gif()],
    ['XMP', webp('VP8X', 4, 3, [riffChunk('XMP ', Buffer.from(page))]), 'image/webp', webp('VP8X')],
    ['an unknown chunk', webp('VP8X', 4, 3, [riffChunk('MINE', archive)]), 'image/webp', webp('VP8X')],
  ])('without %s', async (_, bytes, type, kept) => {
    expect((await accepted(bytes, type)).bytes).toEqual(kept);
  });
});

describe('an image is rejected if it is not what its type says', () => {
  it.each([
    ['a PNG cut off', cut(png()), 'image/png', 'cut-off'],
    ['a PNG with a wrong checksum', png().fill(0, 30, 31), 'image/png', 'checksum'],
    ['a PNG with two headers', png({ extra: [pngChunk('IHDR', Buffer.alloc(13, 1))] }), 'image/png', 'structure'],
    ['a PNG with an unknown critical chunk', png({ extra: [pngChunk('CgBI')] }), 'image/png', 'structure'],
    ['a PNG without size', png({ declared: [0, 5] }), 'image/png', 'no-size'],
    ['a PNG of another size', png({ declared: [4, 2] }), 'image/png', 'pixels'],
    ['a JPEG cut off', cut(jpeg()), 'image/jpeg', 'cut-off'],
    ['a JPEG without a frame', joined(jpeg().subarray(0, 20), Buffer.from([0xff, 0xd9])), 'image/jpeg', 'no-size'],
    ['a GIF cut off', cut(gif()), 'image/gif', 'cut-off'],
    ['a GIF without a frame', gif(2, 2, 0), 'image/gif', 'cut-off'],
    ['a WebP cut off', cut(webp('VP8 ')), 'image/webp', 'cut-off'],
    ['a WebP without an image', riff([riffChunk('EXIF', Buffer.from('ab'))]), 'image/webp', 'structure'],
    ['a WebP of another size than its canvas', webp('VP8X').fill(9, 24, 25), 'image/webp', 'structure'],
  ])('%s', async (_, bytes, type, reason) => {
    expect(await outcomeOf(bytes, type)).toBe(`mismatch ${reason}`);
  });

  it.each([
    ['a ZIP after a PNG', joined(png(), archive), 'image/png'],
    ['a page after a PNG', joined(png(), page), 'image/png'],
    ['a page after a JPEG', joined(jpeg(), page), 'image/jpeg'],
    ['a page after a GIF', joined(gif(), page), 'image/gif'],
    ['a page after a WebP', joined(webp('VP8L'), page), 'image/webp'],
  ])('%s', async (_, bytes, type) => {
    expect(await outcomeOf(bytes, type)).toBe('dangerous trailing-data');
  });
});

describe('an image that would need too much memory is rejected', () => {
  it.each([
    ['a PNG', png({ declared: [100_000, 100_000] }), 'image/png'],
    ['a JPEG', jpeg(65_535, 65_535), 'image/jpeg'],
    ['JPEGs together', joined(jpeg(800, 800), jpeg(800, 800)), 'image/jpeg'],
    ['a GIF', gif(65_535, 65_535), 'image/gif'],
    ['a GIF of many frames', gif(400, 400, 7), 'image/gif'],
    ['a WebP', webp('VP8X', 16_383, 16_383), 'image/webp'],
  ])('%s', async (_, bytes, type) => {
    expect(await outcomeOf(bytes, type)).toBe('dangerous too-many-pixels');
  });

  it('a PNG whose few pixels inflate to megabytes, without inflating them all', async () => {
    const bomb = pngChunk('IDAT', deflateSync(Buffer.alloc(20_000_000)));
    const whole = png();
    const bytes = joined(whole.subarray(0, 33), bomb, pngChunk('IEND'));
    expect(await outcomeOf(bytes, 'image/png')).toBe('mismatch pixels');
  });
});
