import { describe, expect, it } from 'vitest';
import { segment } from '../../../support/files.ts';
import { accepted, joined } from './inspected.ts';
import { BYTES, frameOf, hex, image, SCAN, scan, TYPE, valid, withByte } from './jpegImage.ts';

describe('the application segments of a JPEG', () => {
  const kept = async (...before: readonly Buffer[]) => (await accepted(image({ before }), TYPE)).bytes;
  const jfif = (data: string) => segment(0xe0, joined('JFIF\0', hex(data)));
  const adobe = (transform: number, end = '') =>
    segment(0xee, joined('Adobe', hex('0064 8000 0001'), Buffer.from([transform]), end));
  const plain = segment(0xee, joined('Adobe', hex('0064 0000 0000 00')));

  it('keep the density of JFIF, without thumbnail and version', async () => {
    const written = image({ before: [jfif('0101 01 012c 012d 0000')] });
    expect(await kept(jfif('0102 01 012c 012d 0102 aabbccddeeff'))).toEqual(written);
    expect(await kept(jfif('0101 01 012c 012d 00'))).toEqual(image({}));
    expect(await kept(segment(0xe0, joined('JFXX\0', Buffer.alloc(20))))).toEqual(image({}));
    expect(await kept(segment(0xe1, jfif('0101 01 012c 012d 0000').subarray(4)))).toEqual(image({}));
  });

  it('keep the transform of colours, of the last note', async () => {
    expect(await kept(adobe(0, 'more'))).toEqual(image({ before: [plain] }));
    expect(await kept(segment(0xee, joined('Adobf', Buffer.alloc(7))))).toEqual(image({}));
    expect(await kept(segment(0xee, joined('Adobe', Buffer.alloc(6))))).toEqual(image({}));
    expect(await kept(segment(0xed, plain.subarray(4)))).toEqual(image({}));
    expect(await kept(adobe(2), adobe(0))).toEqual(image({ before: [plain] }));
  });

  it('have a transform that fits to the components', async () => {
    const transforms = (count: number) =>
      valid(BYTES, (transform) => {
        const ids = BYTES.slice(1, count + 1).map((id) => `0${id}00`);
        return {
          before: [adobe(transform)],
          frame: frameOf(ids.map(() => 0x11)),
          scans: [scan(`0${count} ${ids.join('')} 003f00`)],
        };
      });
    expect(await transforms(1)).toEqual(BYTES);
    expect(await transforms(3)).toEqual([0, 1]);
    expect(await transforms(4)).toEqual([0, 2]);
  });

  it('are written in one order, and mean nothing behind a scan', async () => {
    const notes = [jfif('0101 01 012c 012d 0000'), exif({ isLittle: false }), plain];
    expect(await kept(...notes.toReversed())).toEqual(image({ before: notes }));
    const late = image({ scans: [SCAN, ...notes] });
    expect((await accepted(late, TYPE)).bytes).toEqual(image({}));
  });
});

interface Exif {
  readonly isLittle: boolean;
  readonly orientation?: number;
  /** Tags that are counted, before the orientation, and the offset of the list. */
  readonly count?: number;
  readonly others?: number;
  readonly at?: number;
  readonly tag?: number;
  readonly type?: number;
  readonly name?: string;
  readonly behind?: string;
}

function exif({
  isLittle,
  orientation = 6,
  others = 0,
  count = others + 1,
  at = 8,
  behind = '',
  ...tag
}: Exif): Buffer {
  const tiff = Buffer.alloc(at + 2 + 12 * (others + 1) + 4);
  const write = (value: number, place: number, bytes: number) =>
    isLittle ? tiff.writeUIntLE(value, place, bytes) : tiff.writeUIntBE(value, place, bytes);
  write(isLittle ? 0x4949 : 0x4d4d, 0, 2);
  write(42, 2, 2);
  write(at, 4, 4);
  write(count, at, 2);
  const last = at + 2 + 12 * others;
  write(tag.tag ?? 0x0112, last, 2);
  write(tag.type ?? 3, last + 2, 2);
  write(1, last + 4, 4);
  write(orientation, last + 8, 2);
  return segment(0xe1, joined(Buffer.from(tag.name ?? 'Exif\0\0', 'latin1'), tiff, behind));
}

describe.each([
  ['little', true],
  ['big', false],
])('Exif in %s-endian order', (_, isLittle) => {
  const kept = async (...before: readonly Buffer[]) => (await accepted(image({ before }), TYPE)).bytes;
  const written = (orientation: number) => image({ before: [exif({ isLittle: false, orientation })] });

  it('keeps the orientations 2 to 8, and nothing else', async () => {
    for (const orientation of [2, 3, 4, 5, 6, 7, 8]) {
      expect(await kept(exif({ isLittle, orientation, behind: 'GPS 52.5 13.4' }))).toEqual(written(orientation));
      expect(await kept(exif({ isLittle, orientation, others: 3 }))).toEqual(written(orientation));
      expect(await kept(exif({ isLittle, orientation, at: 11 }))).toEqual(written(orientation));
    }
    for (const orientation of [0, 1, 9, 255, 0x106, 0x600, 65_535]) {
      expect(await kept(exif({ isLittle, orientation }))).toEqual(image({}));
    }
  });

  it('is read from the first segment of Exif only', async () => {
    const [upright, turned] = [exif({ isLittle, orientation: 1 }), exif({ isLittle, orientation: 3 })];
    expect(await kept(upright, turned)).toEqual(image({}));
    expect(await kept(turned, upright)).toEqual(written(3));
    expect(await kept(segment(0xe1, Buffer.from('http://ns.adobe.com/xap/1.0/\0')), turned)).toEqual(written(3));
    expect(await kept(segment(0xe2, turned.subarray(4)), exif({ isLittle, name: 'Exif\0a' }))).toEqual(image({}));
  });

  it('has as many tags as its list says and as there are', async () => {
    expect(await kept(exif({ isLittle, others: 3, count: 3 }))).toEqual(image({}));
    expect(await kept(exif({ isLittle, count: 0 }))).toEqual(image({}));
    expect(await kept(exif({ isLittle, count: 65_535 }))).toEqual(written(6));
    expect(await kept(exif({ isLittle, count: 65_535, tag: 0x0113, behind: '.'.repeat(65_400) }))).toEqual(image({}));
  });

  it('has an orientation of its tag and type', async () => {
    for (const tag of [0x0111, 0x0113, 0x1201]) expect(await kept(exif({ isLittle, tag }))).toEqual(image({}));
    for (const type of [0, 1, 2, 4, 0x300]) expect(await kept(exif({ isLittle, type }))).toEqual(image({}));
  });

  it('can be cut off at any byte', async () => {
    const whole = exif({ isLittle }).subarray(4);
    const last = 6 + 8 + 2 + 12;
    for (let length = 0; length <= whole.length; length += 1) {
      const expected = length < last ? image({}) : written(6);
      expect(await kept(segment(0xe1, whole.subarray(0, length)))).toEqual(expected);
    }
  });

  it('begins with its name, its order and the number 42', async () => {
    const whole = exif({ isLittle }).subarray(4);
    for (let at = 0; at < 10; at += 1) {
      for (const value of BYTES.filter((byte) => byte !== whole[at])) {
        expect(await kept(segment(0xe1, withByte(whole, at, value)))).toEqual(image({}));
      }
    }
    for (const offset of [40, 1_000, 0xffff_ffff]) {
      const broken = Buffer.from(whole);
      if (isLittle) broken.writeUInt32LE(offset, 10);
      else broken.writeUInt32BE(offset, 10);
      expect(await kept(segment(0xe1, broken))).toEqual(image({}));
    }
  });
});
