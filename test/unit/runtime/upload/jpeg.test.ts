import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { segment } from '../../../support/files.ts';
import { accepted, joined, outcomeOf } from './inspected.ts';
import {
  BYTES,
  CODES,
  EOI,
  FACTORS,
  frameOf,
  gray,
  hex,
  image,
  outcome,
  SCAN,
  SOI,
  scan,
  TYPE,
  valid,
  withByte,
} from './jpegImage.ts';

describe('a photo', () => {
  const [width, height] = [83, 61];
  const pixels = Buffer.from(Array.from({ length: width * height * 3 }, (_, i) => (i * 7 + (i >> 5) * 3) & 255));
  const photo = () => sharp(pixels, { raw: { width, height, channels: 3 } });
  const kinds = [photo(), photo().greyscale(), photo().toColourspace('cmyk'), photo().withMetadata({ orientation: 6 })];

  it.each([
    ['baseline', {}],
    ['with standard codes', { optimiseCoding: false }],
    ['progressive', { progressive: true }],
    ['of MozJPEG', { mozjpeg: true }],
    ['4:4:4', { chromaSubsampling: '4:4:4' }],
    ['4:2:0', { chromaSubsampling: '4:2:0' }],
    ['of the worst quality', { quality: 1 }],
    ['of the best quality', { quality: 100 }],
  ])('%s keeps its pixels and its orientation, in colours, grey, CMYK and turned', async (_, options) => {
    for (const kind of kinds) {
      const bytes = await kind.clone().jpeg(options).toBuffer();
      const kept = (await accepted(bytes, TYPE)).bytes;
      const shown = (file: Buffer) => sharp(file).rotate().raw().toBuffer();
      expect((await shown(kept)).equals(await shown(bytes))).toBe(true);
      expect((await accepted(kept, TYPE)).bytes).toEqual(kept);
    }
  });

  it('keeps its restart markers and stuffed bytes', async () => {
    const frame = withByte(gray, 4, 16);
    const bytes = image({ before: [segment(0xdd, hex('0001'))], frame, scans: [scan('01 0100 003f00', '3f ffd0 3f')] });
    expect((await accepted(bytes, TYPE)).bytes).toEqual(bytes);
    expect((await sharp(bytes).metadata()).width).toBe(16);
    expect([...(await sharp(bytes).raw().toBuffer()).subarray(0, 2)]).toEqual([128, 128]);
  });
});

describe('the segments of a JPEG', () => {
  it('are those that a decoder needs; application segments and comments are removed, others rejected', async () => {
    const removed: number[] = [];
    for (const marker of BYTES) {
      const bytes = image({ before: [segment(marker, hex('6162 6364'))] });
      const found = await outcomeOf(bytes, TYPE);
      if (found !== 'accepted') expect(found).toBe(marker === 0xd9 ? 'mismatch no-size' : 'mismatch structure');
      else if ((await accepted(bytes, TYPE)).bytes.equals(image({}))) removed.push(marker);
    }
    expect(removed).toEqual([...BYTES.slice(0xe0, 0xf0), 0xfe]);
  });

  it('can stand after fill bytes, and nowhere else', async () => {
    const parts = [segment(0xdb, FACTORS), segment(0xc0, gray), segment(0xc4, CODES), SCAN, EOI];
    for (const [i] of parts.entries()) {
      const of = (fill: string) => joined(SOI, ...parts.slice(0, i), hex(fill), ...parts.slice(i));
      expect((await accepted(of('ffffff'), TYPE)).bytes).toEqual(image({}));
      if (i < 4) expect(await outcomeOf(of('00'), TYPE)).toBe('mismatch structure');
      if (i < 4) expect(await outcomeOf(of('00ff'), TYPE)).toBe('mismatch structure');
    }
  });

  it('begin with the byte of a marker, the end as well', async () => {
    const comment = segment(0xfe, hex('616263'));
    for (const wrong of [withByte(comment, 0, 0), hex('00d9')]) {
      expect(await outcome({ scans: [SCAN, comment, wrong] })).toBe('mismatch structure');
    }
  });

  it('are complete, whichever byte is the last', async () => {
    const whole = image({ before: [segment(0xfe, hex('616263')), segment(0xdd, hex('0001'))] });
    for (let length = 1; length < whole.length; length += 1) {
      expect(await outcomeOf(whole.subarray(0, length), TYPE)).toBe(`mismatch ${length < 2 ? 'signature' : 'cut-off'}`);
    }
  });

  it('have a length of at least two bytes', async () => {
    for (const length of ['0000', '0001']) {
      expect(await outcome({ before: [hex(`fffe${length}`)] })).toBe('mismatch structure');
    }
    expect(await outcome({ before: [hex('fffe0002')] })).toBe('accepted');
  });

  it.each([
    ['a frame', 1, segment(0xc1, gray)],
    ['tables of factors', 4, segment(0xdb, FACTORS)],
    ['tables of codes', 128, segment(0xc4, CODES)],
    ['distances of restart markers', 64, segment(0xdd, hex('0001'))],
    ['removed ones', 1_024, segment(0xfe, hex(''))],
  ])('of one kind are no more than its encoders write: %s', async (_, most, one) => {
    const own = [0xc1, 0xdb, 0xc4].includes(one[1] ?? 0) ? 1 : 0;
    const of = (count: number) => image({ before: Array<Buffer>(count - own).fill(one) });
    expect(await outcomeOf(of(most), TYPE)).toBe('accepted');
    expect(await outcomeOf(of(most + 1), TYPE)).toBe('dangerous too-many-parts');
  });

  it('end with the image, behind which only further ones can stand, 16 in all', async () => {
    const images = (count: number) => joined(...Array<Buffer>(count).fill(image({})));
    expect((await accepted(images(16), TYPE)).bytes).toEqual(image({}));
    expect(await outcomeOf(images(17), TYPE)).toBe('dangerous too-many-parts');
    for (const behind of ['00', 'ff', 'ffd9', '0d0a', '00d8']) {
      expect(await outcomeOf(joined(image({}), hex(behind)), TYPE)).toBe('dangerous trailing-data');
    }
    expect(await outcomeOf(joined(image({}), SOI), TYPE)).toBe('mismatch cut-off');
  });

  it('begin with the start of an image', async () => {
    for (const start of ['00d8', 'ffd9', 'ffe0']) {
      expect(await outcomeOf(joined(hex(start), image({}).subarray(2)), TYPE)).toBe('mismatch signature');
    }
  });
});

describe('the frame of a JPEG', () => {
  it('is baseline, extended or progressive', async () => {
    const dc = scan('01 0100 000000');
    expect(await valid(BYTES.slice(0xc0, 0xd0), (marker) => ({ marker }))).toEqual([0xc0, 0xc1]);
    expect(await valid(BYTES.slice(0xc0, 0xd0), (marker) => ({ marker, scans: [dc] }))).toEqual([0xc2]);
  });

  it('has eight bits a sample, and components that fit to their number', async () => {
    expect(await valid(BYTES, (bits) => ({ frame: withByte(gray, 0, bits) }))).toEqual([8]);
    expect(await valid(BYTES, (count) => ({ frame: withByte(gray, 5, count) }))).toEqual([1]);
    for (const length of [0, 1, 5, 6, 8]) {
      expect(await outcome({ frame: gray.subarray(0, length) })).toBe('mismatch structure');
    }
    const scans = (count: number) => [
      scan(`0${count} ${['0100', '0200', '0300', '0400', '0500'].slice(0, count).join('')} 003f00`),
    ];
    const counts = await valid([1, 2, 3, 4, 5], (count) => ({
      frame: frameOf(Array(count).fill(0x11)),
      scans: scans(count),
    }));
    expect(counts).toEqual([1, 3, 4]);
    expect(await outcome({ frame: joined(gray, hex('00')) })).toBe('mismatch structure');
  });

  it('has sampling factors of 1, 2 or 4, a table up to 3, and each component once', async () => {
    const samplings = [0x11, 0x12, 0x14, 0x21, 0x22, 0x24, 0x41, 0x42, 0x44];
    const tables = joined(...[0, 1, 2, 3].map((id) => withByte(FACTORS, 0, id)));
    expect(await valid(BYTES, (sampling) => ({ frame: withByte(gray, 7, sampling) }))).toEqual(samplings);
    expect(await valid(BYTES, (table) => ({ frame: withByte(gray, 8, table), factors: tables }))).toEqual([0, 1, 2, 3]);
    for (const id of [1, 3]) {
      const frame = withByte(frameOf([0x11, 0x11, 0x11]), 9, id);
      expect(await outcome({ frame, scans: [scan('02 01000300 003f00')] })).toBe('mismatch cut-off');
      expect(await outcome({ frame, scans: [scan('03 010002000300 003f00')] })).toBe('mismatch structure');
      expect(await outcome({ frame, scans: [scan('03 010001000300 003f00')] })).toBe('mismatch structure');
    }
  });

  it('has a width and a height, of at most 65,500 pixels', async () => {
    for (const at of [1, 3]) {
      const of = (side: number) => Buffer.from(gray).fill(Buffer.from([side >> 8, side & 255]), at, at + 2);
      expect(await outcome({ frame: of(0) })).toBe('mismatch no-size');
      expect(await outcome({ frame: of(65_500) })).toBe('accepted');
      expect(await outcome({ frame: of(65_501) })).toBe('mismatch structure');
    }
    const bytes = image({ frame: hex('08 0102 0304 01 011100') });
    expect(await accepted(bytes, TYPE)).toEqual({ bytes, width: 0x304, height: 0x102 });
  });
});
