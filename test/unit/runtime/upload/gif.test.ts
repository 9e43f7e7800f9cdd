import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { accepted, joined, outcomeOf, samePixels } from './inspected.ts';

const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const TRAILER = Buffer.from([0x3b]);
const COMMENT = Buffer.from('21fe016100', 'hex');
const LOOP = Buffer.from('21ff0b4e45545343415045322e300301050000', 'hex');
const control = (delay = 0) => Buffer.from([0x21, 0xf9, 4, 0, delay, 0, 0, 0]);
const table = (packed: number): Buffer => Buffer.alloc((packed & 0x80) === 0 ? 0 : 3 << ((packed & 7) + 1), 0x7f);
const uint16s = (...values: number[]) => Buffer.from(values.flatMap((value) => [value & 255, value >> 8]));

function screen(width = 2, height = 2, packed = 0x80, colours = table(packed)): Buffer {
  return joined('GIF89a', uint16s(width, height), Buffer.from([packed, 0, 0]), colours);
}

function frame({
  at = [0, 0],
  size = [2, 2],
  packed = 0,
  colours = table(packed),
  codeBits = 2,
  data = [1, 68, 0],
} = {}) {
  return joined(
    Buffer.from([0x2c]),
    uint16s(...at, ...size),
    Buffer.from([packed]),
    colours,
    Buffer.from([codeBits, ...data]),
  );
}

const whole = (...blocks: readonly Buffer[]) => joined(screen(), ...blocks, TRAILER);
const outcome = (bytes: Buffer, maxPixels?: number) => outcomeOf(bytes, 'image/gif', maxPixels);
const kept = async (bytes: Buffer) => (await accepted(bytes, 'image/gif')).bytes;
const acceptedOf = async (values: readonly number[], of: (value: number) => Buffer) => {
  const outcomes = await Promise.all(values.map((value) => outcome(of(value))));
  return values.filter((_, i) => outcomes[i] === 'accepted');
};

describe('the parts of a GIF', () => {
  it('begin with one of two signatures, whichever of its bytes is changed', async () => {
    const found: string[] = [];
    for (let at = 0; at < 6; at += 1) {
      for (const byte of BYTES) {
        const bytes = whole(frame());
        bytes[at] = byte;
        const result = await outcome(bytes);
        if (result === 'accepted') found.push(bytes.toString('latin1', 0, 6));
        else expect(result).toBe('mismatch signature');
      }
    }
    expect([...new Set(found)].sort()).toEqual(['GIF87a', 'GIF89a']);
  });

  it('are complete, whichever byte is the last, and nothing follows them', async () => {
    const bytes = whole(COMMENT, LOOP, control(), frame({ packed: 0x80 }));
    for (let length = 1; length < bytes.length; length += 1) {
      expect(await outcome(bytes.subarray(0, length))).toBe(length < 6 ? 'mismatch signature' : 'mismatch cut-off');
    }
    for (const byte of BYTES) expect(await outcome(joined(bytes, Buffer.from([byte])))).toBe('dangerous trailing-data');
    expect(await outcome(whole())).toBe('mismatch cut-off');
  });

  it('begin with the byte of an extension or an image: 256 values', async () => {
    for (const byte of BYTES) {
      const block = Buffer.from(COMMENT);
      block[0] = byte;
      const expected = { 33: 'accepted', 44: 'mismatch cut-off', 59: 'dangerous trailing-data' }[byte];
      expect(await outcome(whole(frame(), block))).toBe(expected ?? 'mismatch structure');
    }
  });

  it('are removed if they are extensions of another label: 256 labels, blocks of 0 to 255 bytes', async () => {
    for (const label of BYTES) {
      const blocks = BYTES.slice(1).map((length) => joined(Buffer.from([length]), Buffer.alloc(length, 0x2c)));
      const extension = joined(Buffer.from([0x21, label]), ...blocks, Buffer.from([0]));
      expect(await kept(whole(extension, frame(), extension))).toEqual(whole(frame()));
      expect(await kept(whole(Buffer.from([0x21, label, 0]), frame()))).toEqual(whole(frame()));
    }
  });

  it('are kept if they are the loop or a graphic control, and removed if a byte of these differs', async () => {
    expect(await kept(whole(LOOP, control(9), frame()))).toEqual(whole(LOOP, control(9), frame()));
    for (const block of [LOOP, control()]) {
      const fixed = block === LOOP ? [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15] : [1];
      for (const at of fixed) {
        for (const byte of BYTES.filter((value) => value !== block[at])) {
          const changed = Buffer.from(block);
          changed[at] = byte;
          expect(await kept(whole(changed, frame()))).toEqual(whole(frame()));
        }
      }
    }
    for (const start of ['21f904', '21ff0b4e45545343415045322e300301']) {
      const longer = joined(Buffer.from(start, 'hex'), Buffer.alloc(4, 1), Buffer.from([1, 1, 0]));
      expect(await kept(whole(longer, frame()))).toEqual(whole(frame()));
    }
  });

  it('have one loop, and one graphic control directly before each frame', async () => {
    expect(await outcome(whole(LOOP, LOOP, frame()))).toBe('dangerous too-many-parts');
    const bytes = whole(control(1), control(2), COMMENT, LOOP, frame(), frame(), control(3));
    expect(await kept(bytes)).toEqual(whole(LOOP, control(2), frame(), frame()));
  });

  it.each([
    ['comments', COMMENT, 4_000, whole(frame())],
    ['graphic controls', control(), 4_000, whole(control(), frame())],
    ['empty extensions', Buffer.from('210100', 'hex'), 4_000, whole(frame())],
  ])('are limited: %s, of which at most one is kept', async (_, block, most, expected) => {
    expect(await kept(whole(...Array<Buffer>(most).fill(block), frame()))).toEqual(expected);
    expect(await outcome(whole(...Array<Buffer>(most + 1).fill(block), frame()))).toBe('dangerous too-many-parts');
  });
});

describe('the frames of a GIF', () => {
  it('have the colours of the screen or of their own: 256 bytes that describe each table', async () => {
    const own = (packed: number) => joined(screen(2, 2, 0), frame({ packed }), TRAILER);
    const shared = (packed: number) => joined(screen(2, 2, packed), frame(), TRAILER);
    for (const of of [own, shared]) {
      expect(await acceptedOf(BYTES, of)).toEqual(BYTES.filter((packed) => packed >= 0x80));
      expect((await outcome(of(0))).startsWith('mismatch')).toBe(true);
    }
    for (let packed = 0x80; packed < 0x88; packed += 1) {
      for (const colours of [table(packed).subarray(1), joined(table(packed), Buffer.from([0x7f]))]) {
        expect(await outcome(joined(screen(2, 2, packed, colours), frame(), TRAILER))).not.toBe('accepted');
        expect(await outcome(whole(frame({ packed, colours })))).not.toBe('accepted');
      }
    }
  });

  it('have codes of two to eight bits: 256 values', async () => {
    expect(await acceptedOf(BYTES, (codeBits) => whole(frame({ codeBits })))).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it('have data, in blocks of up to 255 bytes', async () => {
    expect(await outcome(whole(frame({ data: [0] })))).toBe('mismatch structure');
    const sizes = await acceptedOf(BYTES, (length) => whole(frame({ data: [length, ...Buffer.alloc(length, 1), 0] })));
    // An empty block ends the data, and the byte behind it begins no block.
    expect(sizes).toEqual(BYTES.slice(1));
  });

  it('lie inside the screen, and the first fills it: 1,080 of each', async () => {
    const counts = { first: 0, later: 0 };
    for (let i = 0; i < 6 * 5 * 6 * 6; i += 1) {
      const [left, top, width, height] = [i % 6, Math.floor(i / 6) % 5, Math.floor(i / 30) % 6, Math.floor(i / 180)];
      const placed = frame({ at: [left, top], size: [width, height] });
      const isInside = width > 0 && height > 0 && left + width <= 4 && top + height <= 3;
      const isWhole = isInside && width === 4 && height === 3;
      const of = (...frames: readonly Buffer[]) => outcome(joined(screen(4, 3), ...frames, TRAILER));
      expect(await of(placed)).toBe(isWhole ? 'accepted' : 'mismatch structure');
      expect(await of(frame({ size: [4, 3] }), placed)).toBe(isInside ? 'accepted' : 'mismatch structure');
      counts.first += isWhole ? 1 : 0;
      counts.later += isInside ? 1 : 0;
    }
    expect(counts).toEqual({ first: 1, later: 60 });
  });

  it('have a size', async () => {
    for (const size of [
      [0, 2],
      [2, 0],
      [0, 0],
    ] as const) {
      expect(await outcome(joined(screen(...size), frame({ size: [...size] }), TRAILER))).toBe('mismatch no-size');
    }
    const size = [0x102, 0x201];
    const large = joined(screen(0x102, 0x201), frame({ size }), TRAILER);
    expect(await accepted(large, 'image/gif')).toEqual({ bytes: large, width: 0x102, height: 0x201 });
  });

  it('cost a whole screen each, however small they are', async () => {
    const of = (count: number) => {
      const dots = Array<Buffer>(count - 1).fill(frame({ size: [1, 1] }));
      return joined(screen(100, 100), frame({ size: [100, 100] }), ...dots, TRAILER);
    };
    expect(await outcome(of(7), 70_000)).toBe('accepted');
    expect(await outcome(of(7), 69_999)).toBe('dangerous too-many-pixels');
    expect(await outcome(of(101))).toBe('dangerous too-many-pixels');
  });

  it('are at most 2,000', async () => {
    expect(await outcome(whole(...Array<Buffer>(2_000).fill(joined(control(), frame()))))).toBe('accepted');
    expect(await outcome(whole(...Array<Buffer>(2_001).fill(frame())))).toBe('dangerous too-many-parts');
  });
});

describe('a GIF of an encoder', () => {
  const [width, height, pages] = [40, 30, 4];
  const moving = (channels: 3 | 4) => {
    const pixels = Buffer.from(
      Array.from({ length: width * height * pages * channels }, (_, i) => (i * 7 + (i >> 6)) & 255),
    );
    if (channels === 4) for (let i = 3; i < pixels.length; i += 4) pixels[i] = i % 5 === 0 ? 0 : 255;
    return sharp(pixels, { raw: { width, height: height * pages, channels, pageHeight: height } });
  };

  it.each([
    ['still', () => moving(3).extract({ left: 0, top: 0, width, height }).gif()],
    ['moving', () => moving(3).gif({ loop: 3, delay: [100, 200, 300, 400] })],
    ['moving once', () => moving(3).gif({ loop: 1 })],
    ['moving and transparent', () => moving(4).gif({ loop: 0, delay: [100, 200, 300, 400] })],
    ['moving, of few changes', () => moving(4).gif({ interFrameMaxError: 32, interPaletteMaxError: 100 })],
    ['progressive, of few colours', () => moving(3).gif({ progressive: true, colours: 4, dither: 0 })],
    ['with metadata', () => moving(3).withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>').gif({ loop: 2 })],
  ])('%s, is accepted, and each of its frames stays as it is', async (_, encoded) => {
    const file = await encoded().toBuffer();
    await samePixels(file, await kept(joined(file.subarray(0, -1), COMMENT, TRAILER)));
  });
});
