import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { riff, riffChunk, webp } from '../../../support/files.ts';
import { accepted, joined, outcomeOf, samePixels } from './inspected.ts';

const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const [WIDTH, HEIGHT] = [4, 3];
const lossy = webp('VP8 ').subarray(12);
const lossless = webp('VP8L').subarray(12);
const alpha = riffChunk('ALPH', Buffer.from([1, 9]));
const settings = riffChunk('ANIM', Buffer.alloc(6));
const metadata = riffChunk('XMP ', Buffer.from('<x/>\n'));
const dot = webp('VP8L', 1, 1).subarray(12);

function canvas({ flags = 0, width = WIDTH, height = HEIGHT, length = 10 } = {}): Buffer {
  const data = Buffer.alloc(Math.max(10, length));
  data[0] = flags;
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return riffChunk('VP8X', data.subarray(0, length));
}

function frame({ left = 0, top = 0, width = 1, height = 1, image = [webp('VP8L', width, height).subarray(12)] } = {}) {
  const head = Buffer.alloc(16);
  for (const [i, value] of [left, top, width - 1, height - 1].entries()) head.writeUIntLE(value, 3 * i, 3);
  return riffChunk('ANMF', joined(head, ...image));
}

const still = (...chunks: readonly Buffer[]) => riff([canvas(), ...chunks]);
const moving = (...frames: readonly Buffer[]) => riff([canvas({ flags: 2 }), settings, ...frames]);
const outcome = (bytes: Buffer, maxPixels?: number) => outcomeOf(bytes, 'image/webp', maxPixels);
const kept = async (bytes: Buffer) => (await accepted(bytes, 'image/webp')).bytes;
const acceptedOf = async (values: readonly number[], of: (value: number) => Buffer) => {
  const outcomes = await Promise.all(values.map((value) => outcome(of(value))));
  return values.filter((_, i) => outcomes[i] === 'accepted');
};
/** The values that one byte of a file can have. */
const valuesAt = (bytes: Buffer, at: number) =>
  acceptedOf(BYTES, (byte) => joined(bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + 1)));

describe('the container of a WebP', () => {
  it('has its signature, whichever of its bytes is changed', async () => {
    for (const at of [0, 1, 2, 3, 8, 9, 10, 11]) expect(await valuesAt(webp('VP8L'), at)).toEqual([webp('VP8L')[at]]);
    for (let length = 1; length < 12; length += 1) {
      expect(await outcome(webp('VP8L').subarray(0, length))).toBe('mismatch signature');
    }
  });

  it('ends with the file, and its chunks end with it, whichever byte is the last', async () => {
    const frames = [frame(), frame({ image: [metadata, alpha, webp('VP8 ', 1, 1).subarray(12)] })];
    for (const bytes of [webp('VP8 '), webp('VP8L'), still(metadata, alpha, lossy), moving(...frames)]) {
      expect(await outcome(bytes)).toBe('accepted');
      for (let length = 12; length < bytes.length; length += 1) {
        expect(await outcome(bytes.subarray(0, length))).toBe('mismatch cut-off');
        const repaired = riff([bytes.subarray(12, length)]);
        const isWhole = (await outcome(repaired)) === 'accepted';
        // Only the last frame can be missing without a trace.
        expect([length, isWhole]).toEqual([length, bytes.includes('ANMF') && length === bytes.lastIndexOf('ANMF')]);
      }
      expect(await outcome(joined(bytes, Buffer.alloc(1)))).toBe('dangerous trailing-data');
    }
    expect(await outcome(riff([]))).toBe('mismatch structure');
    expect(await outcome(still(lossy, metadata.subarray(0, -1)))).toBe('mismatch cut-off');
  });

  it('has zeros between chunks', async () => {
    const odd = riffChunk('XMP ', Buffer.alloc(1));
    const bytes = still(odd, lossy);
    expect(await kept(bytes)).toEqual(still(lossy));
    expect(await valuesAt(bytes, bytes.indexOf(odd) + 9)).toEqual([0]);
    const inFrame = moving(frame({ image: [odd, dot] }));
    expect(await valuesAt(inFrame, inFrame.indexOf(odd) + 9)).toEqual([0]);
  });

  it('has chunks in the orders of the format: 400 sequences alone, on a canvas, in a moving one, and in a frame', async () => {
    const parts = { L: lossless, V: lossy, A: alpha, S: settings, F: frame(), X: canvas(), m: metadata };
    const letters = Object.keys(parts);
    const longer = (names: readonly string[]) => names.flatMap((name) => letters.map((letter) => name + letter));
    const sequences = ['', ...letters, ...longer(letters), ...longer(longer(letters))];
    const chunks = (names: string) => [...names].map((name) => parts[name as keyof typeof parts]);
    const matching = async (of: (chunks: readonly Buffer[]) => Buffer) => {
      const outcomes = await Promise.all(sequences.map((names) => outcome(of(chunks(names)))));
      return sequences.filter((_, i) => outcomes[i] === 'accepted');
    };
    const like = (pattern: RegExp) => sequences.filter((names) => pattern.test(names));
    expect(sequences).toHaveLength(400);
    expect(await matching((list) => riff([...list]))).toEqual(like(/^([LV]|Xm*(AmV|Am*V|L|V)m*)$/));
    expect(await matching((list) => still(...list))).toEqual(like(/^m*(Am*V|L|V)m*$/));
    expect(await matching((list) => riff([canvas({ flags: 2 }), ...list]))).toEqual(like(/^m*Sm*(Fm*)+$/));
    const inFrame = (image: readonly Buffer[]) => moving(frame({ width: WIDTH, height: HEIGHT, image: [...image] }));
    expect(await matching(inFrame)).toEqual(like(/^m*(Am*V|L|V)m*$/));
  });

  it.each(['ICCP', 'EXIF', 'XMP ', 'MINE', 'alph', 'VP8\0', 'ANMf', 'VP9 ', '\xff\xff\xff\xff'])(
    'is written without %j',
    async (name) => {
      const chunk = riffChunk(name, Buffer.alloc(1_001, 0x2c));
      expect(await kept(still(chunk, alpha, chunk, lossy, chunk))).toEqual(still(alpha, lossy));
      const frames = (...image: readonly Buffer[]) => moving(frame({ image: [...image] }), frame());
      expect(await kept(frames(chunk, dot, chunk))).toEqual(frames(dot));
      expect(await outcome(riff([lossy, chunk]))).toBe('mismatch structure');
      expect(await outcome(riff([chunk, canvas(), lossy]))).toBe('mismatch structure');
    },
  );

  it('has at most 10,000 chunks, however few are kept', async () => {
    const empty = riffChunk('MINE', Buffer.alloc(0));
    const filled = (count: number) => Array<Buffer>(count).fill(empty);
    expect(await kept(still(...filled(9_998), lossy))).toEqual(still(lossy));
    expect(await outcome(still(...filled(9_999), lossy))).toBe('dangerous too-many-parts');
    expect(await kept(moving(frame({ image: [...filled(9_996), dot] })))).toEqual(moving(frame()));
    expect(await outcome(moving(frame({ image: [...filled(9_997), dot] })))).toBe('dangerous too-many-parts');
  });
});

describe('the images of a WebP', () => {
  it('are lossy ones with a header that every decoder reads: 256 values of each byte', async () => {
    const bytes = webp('VP8 ');
    const values = await Promise.all(BYTES.slice(0, 10).map((at) => valuesAt(bytes, 20 + at)));
    const part = BYTES.filter((byte) => byte >> 5 === 1);
    // Key frame, profiles 0 to 3, shown, and 1 byte in the first part.
    expect(values[0]).toEqual(part.filter((byte) => [0x10, 0x12, 0x14, 0x16].includes(byte & 0x1f)));
    expect(values.slice(1, 6)).toEqual([[0], [0], [0x9d], [0x01], [0x2a]]);
    expect([values[6], values[8]]).toEqual([BYTES.slice(1), BYTES.slice(1)]);
    // The upper two bits of a size are its scale, which decoders ignore.
    const image = (side: number) => joined(lossy.subarray(8, 14), Buffer.from([side & 255, side >> 8, 1, 0, 0, 0]));
    const of = (side: number) => outcome(riff([riffChunk('VP8 ', image(side))]));
    for (const side of [1, 255, 256, 0x3fff, 0x4001, 0xc001]) expect(await of(side)).toBe('accepted');
    for (const side of [0, 0x4000, 0x8000]) expect(await of(side)).toBe('mismatch no-size');
  });

  it('have parts behind their header: lossy ones of 0 to 20 bytes with a first part of 0 to 10', async () => {
    for (let part = 0; part <= 10; part += 1) {
      for (let length = 0; length <= 20; length += 1) {
        const data = Buffer.alloc(20);
        lossy.copy(data, 0, 8);
        data[0] = 0x10 | ((part & 7) << 5);
        data[1] = part >> 3;
        const isWhole = part > 0 && length > 10 + part;
        const result = await outcome(riff([riffChunk('VP8 ', data.subarray(0, length))]));
        const reason = length >= 10 && part === 0 ? 'structure' : 'cut-off';
        expect(result).toBe(isWhole ? 'accepted' : `mismatch ${reason}`);
      }
    }
  });

  it('are lossless ones with their signature and version: 256 values of each byte, 0 to 6 bytes', async () => {
    const bytes = webp('VP8L', 1, 1);
    const values = await Promise.all(BYTES.slice(0, 5).map((at) => valuesAt(bytes, 20 + at)));
    expect(values[0]).toEqual([0x2f]);
    expect(values.slice(1, 4)).toEqual([BYTES, BYTES, BYTES]);
    expect(values[4]).toEqual(BYTES.slice(0, 0x20));
    for (let length = 0; length <= 6; length += 1) {
      const result = await outcome(riff([riffChunk('VP8L', bytes.subarray(20, 20 + length))]));
      expect(result).toBe(length === 6 ? 'accepted' : 'mismatch cut-off');
    }
  });

  it('have transparency that is compressed, or a byte for each pixel: 256 settings, 8 lengths', async () => {
    for (const length of [0, 1, 2, 11, 12, 13, 14, 100]) {
      const of = (setting: number) =>
        still(riffChunk('ALPH', Buffer.from([setting, ...Buffer.alloc(99, 1)]).subarray(0, length)), lossy);
      const known = (setting: number) => (setting & 3) <= 1 && setting < 0x20;
      const fits = (setting: number) => ((setting & 3) === 0 ? length === 13 : length > 1);
      expect(await acceptedOf(BYTES, of)).toEqual(BYTES.filter((setting) => known(setting) && fits(setting)));
    }
  });

  it('have the size of their canvas or frame, and sides of at most 16,383', async () => {
    for (const [width, height] of [
      [4, 3],
      [3, 4],
      [4, 4],
      [3, 3],
      [5, 3],
      [4, 2],
      [4, 1],
    ] as const) {
      for (const kind of ['VP8 ', 'VP8L'] as const) {
        const image = webp(kind, width, height).subarray(12);
        const expected = width === 4 && height === 3 ? 'accepted' : 'mismatch structure';
        expect(await outcome(still(image))).toBe(expected);
        expect(await outcome(moving(frame({ width: 4, height: 3, image: [image] })))).toBe(expected);
      }
    }
    for (const side of [16_383, 16_384, 16_385, 300_000]) {
      for (const [width, height] of [
        [side, 1],
        [1, side],
      ] as const) {
        const expected = side === 16_383 ? 'accepted' : 'mismatch structure';
        expect(await outcome(riff([canvas({ flags: 2, width, height }), settings, frame()]))).toBe(expected);
        if (side <= 16_384) expect(await outcome(webp('VP8L', width, height))).toBe(expected);
      }
    }
  });
});

describe('the canvas of a WebP', () => {
  it('keeps its flags of transparency and animation, and no other: 256 values', async () => {
    for (const flags of BYTES) {
      const isMoving = (flags & 2) !== 0;
      const header = canvas({ flags });
      header.fill(0xff, 9, 12);
      const parts = isMoving ? [settings, frame()] : [lossy];
      const bytes = riff([header, ...parts]);
      expect(await kept(bytes)).toEqual(riff([canvas({ flags: flags & 0x12 }), ...parts]));
      const others = isMoving ? [lossy] : [settings, frame()];
      expect(await outcome(riff([header, ...others]))).toBe('mismatch structure');
    }
  });

  it('and the settings of animation have their length', async () => {
    const lengths = BYTES.slice(0, 40);
    expect(await acceptedOf(lengths, (length) => riff([canvas({ length }), lossy]))).toEqual([10]);
    const settingsOf = (length: number) => riffChunk('ANIM', Buffer.alloc(length));
    expect(await acceptedOf(lengths, (length) => riff([canvas({ flags: 2 }), settingsOf(length), frame()]))).toEqual([
      6,
    ]);
    const short = (length: number) => moving(riffChunk('ANMF', frame().subarray(8, 8 + length)));
    expect(await acceptedOf(lengths.slice(0, 31), short)).toEqual([30]);
    for (const length of lengths.slice(0, 17)) expect(await outcome(short(length))).toBe('mismatch structure');
    expect(await outcome(moving(frame(), riffChunk('ALPH', frame().subarray(8))))).toBe('mismatch structure');
  });

  it('has frames inside it: 900 of them', async () => {
    let inside = 0;
    for (let i = 0; i < 5 * 5 * 6 * 6; i += 1) {
      const [left, top, width, height] = [
        i % 5,
        Math.floor(i / 5) % 5,
        (Math.floor(i / 25) % 6) + 1,
        Math.floor(i / 150) + 1,
      ];
      const isInside = 2 * left + width <= WIDTH && 2 * top + height <= HEIGHT;
      const bytes = moving(frame({ left, top, width, height }));
      expect(await outcome(bytes)).toBe(isInside ? 'accepted' : 'mismatch structure');
      if (isInside) expect(await accepted(bytes, 'image/webp')).toEqual({ bytes, width: WIDTH, height: HEIGHT });
      inside += isInside ? 1 : 0;
    }
    expect(inside).toBe(24);
  });

  it('is counted for each frame, however small it is', async () => {
    const of = (count: number) =>
      riff([canvas({ flags: 2, width: 100, height: 100 }), settings, ...Array(count).fill(frame())]);
    expect(await outcome(of(7), 70_000)).toBe('accepted');
    expect(await outcome(of(7), 69_999)).toBe('dangerous too-many-pixels');
    expect(await outcome(of(101))).toBe('dangerous too-many-pixels');
    expect(await outcome(webp('VP8X', 100, 100), 9_999)).toBe('dangerous too-many-pixels');
    expect(await outcome(webp('VP8L', 100, 100), 9_999)).toBe('dangerous too-many-pixels');
  });

  it('has at most 2,000 frames', async () => {
    expect(await outcome(moving(...Array<Buffer>(2_000).fill(frame())))).toBe('accepted');
    expect(await outcome(moving(...Array<Buffer>(2_001).fill(frame())))).toBe('dangerous too-many-parts');
  });
});

describe('a WebP of an encoder', () => {
  const [width, height, pages] = [40, 30, 4];
  const animation = (channels: 3 | 4, border = 0) => {
    const pixels = Buffer.from(
      Array.from({ length: width * height * pages * channels }, (_, i) => (i * 7 + (i >> 6)) & 255),
    );
    const isBorder = (pixel: number) => pixel % width < border || Math.floor(pixel / width) % height < border;
    for (let pixel = 0; pixel < width * height * pages && channels === 4; pixel += 1) {
      if (isBorder(pixel)) pixels.fill(0, 4 * pixel, 4 * pixel + 4);
      else pixels[4 * pixel + 3] = (pixels[4 * pixel + 3] ?? 0) | 1;
    }
    return sharp(pixels, { raw: { width, height: height * pages, channels, pageHeight: height } });
  };
  const photo = (channels: 3 | 4) => animation(channels).extract({ left: 0, top: 0, width, height });
  const timed = { loop: 3, delay: [100, 200, 300, 400] };

  it.each([
    ['lossy', () => photo(3).webp()],
    ['lossless', () => photo(3).webp({ lossless: true })],
    ['lossy and transparent', () => photo(4).webp()],
    ['lossy, with transparency that is not compressed well', () => photo(4).webp({ alphaQuality: 50, effort: 0 })],
    ['lossless and transparent', () => photo(4).webp({ lossless: true })],
    ['with a profile and Exif', () => photo(3).withMetadata({ orientation: 1, icc: 'srgb' }).webp()],
    ['moving, lossy', () => animation(3).webp(timed)],
    ['moving, lossless', () => animation(3).webp({ ...timed, lossless: true })],
    ['moving, lossy and transparent', () => animation(4).webp(timed)],
    ['moving, mixed', () => animation(4).webp({ ...timed, mixed: true, minSize: true })],
    ['moving, with a first frame smaller than the canvas', () => animation(4, 9).webp({ ...timed, lossless: true })],
  ])('%s, is accepted, and each of its frames stays as it is', async (_, encoded) => {
    const file = await encoded().toBuffer();
    await samePixels(file, await kept(file));
  });

  it('has a smaller first frame where its border is transparent', async () => {
    const file = await animation(4, 9).webp({ lossless: true }).toBuffer();
    const first = file.subarray(file.indexOf('ANMF') + 8);
    expect([first.readUIntLE(0, 3) > 0, first.readUIntLE(6, 3) + 1 < width]).toEqual([true, true]);
  });
});
