import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pngChunk } from '../../../support/files.ts';
import { accepted, joined, outcomeOf } from './inspected.ts';

/** Samples of a pixel, and bits of a sample, by colour type (PNG, third edition, table 12). */
const COLOURS: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};
const FORMATS = Object.entries(COLOURS).flatMap(([type, { samples, depths }]) =>
  depths.map((depth) => ({ type: Number(type), depth, bits: samples * depth })),
);
/** The pass of each pixel in a square of eight (section 8.1). */
const ADAM7 = ['16462646', '77777777', '56565656', '77777777', '36463646', '77777777', '56565656', '77777777'];
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

interface Image {
  readonly width?: number;
  readonly height?: number;
  readonly type?: number;
  readonly depth?: number;
  readonly method?: readonly [compression: number, filter: number, interlace: number];
  /** Chunks before the image data. */
  readonly before?: readonly Buffer[];
  readonly data?: Buffer;
  readonly after?: readonly Buffer[];
}

function image({ width = 1, height = 1, type = 0, depth = 8, method = [0, 0, 0], ...parts }: Image = {}): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, type, ...method], 8);
  const bits = (COLOURS[type]?.samples ?? 1) * depth;
  const data = parts.data ?? pixels(dataBytes(width, height, bits, method[2] === 1));
  const chunks = [...(parts.before ?? []), pngChunk('IDAT', data), ...(parts.after ?? []), pngChunk('IEND')];
  return joined(SIGNATURE, pngChunk('IHDR', header), ...chunks);
}

function pixels(bytes: number): Buffer {
  return deflateSync(Buffer.alloc(bytes));
}

/** Bytes of the rows, each with its filter, counted pixel by pixel. */
function dataBytes(width: number, height: number, bits: number, isInterlaced: boolean): number {
  const rows = new Map<string, number>();
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const row = isInterlaced ? `${ADAM7[y % 8]?.[x % 8]} ${y}` : String(y);
      rows.set(row, (rows.get(row) ?? 0) + 1);
    }
  }
  return [...rows.values()].reduce((sum, count) => sum + 1 + Math.ceil((count * bits) / 8), 0);
}

const palette = (colours: number) => pngChunk('PLTE', Buffer.alloc(3 * colours));
const transparent = (bytes: number) => pngChunk('tRNS', Buffer.alloc(bytes));

describe('the colours of a PNG', () => {
  it('are accepted in the 15 combinations of type and depth that the format has', async () => {
    const known: string[] = [];
    for (let type = 0; type < 8; type += 1) {
      for (let depth = 0; depth <= 33; depth += 1) {
        const outcome = await outcomeOf(image({ type, depth, before: type === 3 ? [palette(2)] : [] }), 'image/png');
        if (outcome === 'accepted') known.push(`${type} ${depth}`);
        else expect(outcome).toBe('mismatch structure');
      }
    }
    expect(known).toEqual(FORMATS.map(({ type, depth }) => `${type} ${depth}`));
  });

  it('have a palette where it is needed, none where there is none, and at most 256 entries', async () => {
    const outcomes = async (type: number) => {
      const lengths = [undefined, 0, 1, 2, 3, 4, 6, 767, 768, 769, 771];
      const found = await Promise.all(
        lengths.map((length) => {
          const before = length === undefined ? [] : [pngChunk('PLTE', Buffer.alloc(length))];
          return outcomeOf(image({ type, before }), 'image/png');
        }),
      );
      return lengths.filter((_, i) => found[i] === 'accepted');
    };
    expect(await outcomes(0)).toEqual([undefined]);
    expect(await outcomes(2)).toEqual([undefined, 3, 6, 768]);
    expect(await outcomes(3)).toEqual([3, 6, 768]);
    expect(await outcomes(4)).toEqual([undefined]);
    expect(await outcomes(6)).toEqual([undefined, 3, 6, 768]);
  });

  it.each([
    [0, [2]],
    [2, [6]],
    [3, [1, 2, 3]],
    [4, []],
    [6, []],
  ])('of the type %d have transparent ones of so many bytes: %j', async (type, lengths) => {
    const found: number[] = [];
    for (let length = 0; length <= 7; length += 1) {
      const before = [...(type === 3 ? [palette(3)] : []), transparent(length)];
      const outcome = await outcomeOf(image({ type, before }), 'image/png');
      if (outcome === 'accepted') found.push(length);
      else expect(outcome).toBe('mismatch structure');
    }
    expect(found).toEqual(lengths);
  });
});

describe('the data of a PNG', () => {
  const sizes = [1, 2, 3, 4, 5, 8, 9];

  it.each([
    ['row by row', 0],
    ['in seven passes', 1],
  ])('inflates to exactly its pixels, %s: 15 formats in 49 sizes', async (_, interlace) => {
    for (const { type, depth, bits } of FORMATS) {
      for (const [width, height] of sizes.flatMap((x) => sizes.map((y) => [x, y] as const))) {
        const bytes = dataBytes(width, height, bits, interlace === 1);
        const of = (length: number) =>
          image({
            width,
            height,
            type,
            depth,
            method: [0, 0, interlace],
            before: type === 3 ? [palette(1)] : [],
            data: pixels(length),
          });
        expect(await accepted(of(bytes), 'image/png')).toMatchObject({ width, height });
        expect(await outcomeOf(of(bytes + 1), 'image/png')).toBe('mismatch pixels');
        expect(await outcomeOf(of(bytes - 1), 'image/png')).toBe('mismatch pixels');
        expect(await outcomeOf(of(bytes - 1 - Math.ceil((width * bits) / 8)), 'image/png')).toBe('mismatch pixels');
      }
    }
  });

  it('can be in several chunks, which are read as one', async () => {
    const data = pixels(2);
    const bytes = image({ data: data.subarray(0, 3), after: [pngChunk('IDAT', data.subarray(3))] });
    expect((await accepted(bytes, 'image/png')).bytes).toEqual(bytes);
  });

  it.each([0, 1])('begins each row with one of the five filters, in the order %d', async (order) => {
    const [width, height] = [5, 7];
    const method = [0, 0, order] as const;
    const whole = Buffer.alloc(dataBytes(width, height, 8, order === 1));
    const starts = new Set<number>();
    for (let at = 0; at < whole.length; at += 1) {
      const of = (filter: number) => {
        const data = Buffer.from(whole);
        data[at] = filter;
        return outcomeOf(image({ width, height, method, data: deflateSync(data) }), 'image/png');
      };
      expect(await of(4)).toBe('accepted');
      if ((await of(5)) !== 'accepted') starts.add(at);
    }
    expect(starts.size).toBe(order === 1 ? 14 : height);
  });

  it('is read in pieces of any size', async () => {
    const [width, height] = [300, 400];
    const noise = Buffer.from(
      Array.from({ length: (width + 1) * height }, (_, i) => (i % (width + 1) === 0 ? 1 : (i * 7919) % 251)),
    );
    expect(await outcomeOf(image({ width, height, data: deflateSync(noise) }), 'image/png')).toBe('accepted');
    noise[(width + 1) * (height - 1)] = 5;
    expect(await outcomeOf(image({ width, height, data: deflateSync(noise) }), 'image/png')).toBe('mismatch pixels');
  });

  it.each([
    ['compression', 0, []],
    ['filter', 1, []],
    ['order', 2, [1]],
  ])('has the one method of %s, or another of the format', async (_, index, others) => {
    for (let method = 0; method < 256; method += 1) {
      const methods = [0, 0, 0].with(index, method) as unknown as Required<Image>['method'];
      const outcome = await outcomeOf(image({ method: methods }), 'image/png');
      expect(outcome).toBe([0, ...others].includes(method) ? 'accepted' : 'mismatch structure');
    }
  });
});

describe('the chunks of a PNG', () => {
  it.each([
    ['cHRM', 32],
    ['gAMA', 4],
    ['sRGB', 1],
    ['pHYs', 9],
  ])('%s are kept in their length of %d bytes, once', async (type, most) => {
    const of = (...lengths: number[]) =>
      image({ before: lengths.map((length) => pngChunk(type, Buffer.alloc(length))) });
    expect((await accepted(of(most), 'image/png')).bytes).toEqual(of(most));
    expect(await outcomeOf(of(most + 1), 'image/png')).toBe('mismatch structure');
    expect(await outcomeOf(of(most - 1), 'image/png')).toBe('mismatch structure');
    expect(await outcomeOf(of(most, most), 'image/png')).toBe('mismatch structure');
  });

  it('are written in the order of the format', async () => {
    const [gamma, lengths] = [pngChunk('gAMA', Buffer.alloc(4)), pngChunk('pHYs', Buffer.alloc(9))];
    const { bytes } = await accepted(image({ before: [lengths], after: [gamma] }), 'image/png');
    expect(bytes).toEqual(image({ before: [gamma, lengths] }));
  });

  it.each(['tEXt', 'zTXt', 'iTXt', 'eXIf', 'tIME', 'acTL', 'fdAT', 'caBX', 'teST'])('%s are removed', async (type) => {
    const chunk = pngChunk(type, Buffer.alloc(100_000));
    expect((await accepted(image({ before: [chunk, chunk], after: [chunk] }), 'image/png')).bytes).toEqual(image());
  });

  it.each(['JDAT', 'CgBI', 'T3xt', 't xt', 'te\0t', '    ', 'tEX1', '1EXt'])(
    '%j are rejected, which no reader may skip or which have no name',
    async (type) => {
      expect(await outcomeOf(image({ before: [pngChunk(type)] }), 'image/png')).toBe('mismatch structure');
    },
  );

  it.each(['IDAT', 'tEXt'])('are at most 10,000, of %s too', async (type) => {
    const of = (count: number) => image({ before: Array<Buffer>(count - 3).fill(pngChunk(type)) });
    expect(await outcomeOf(of(10_000), 'image/png')).toBe('accepted');
    expect(await outcomeOf(of(10_001), 'image/png')).toBe('dangerous too-many-parts');
  });

  it('begin with one header of its length', async () => {
    const [whole, header] = [image(), pngChunk('IHDR', Buffer.alloc(13, 1))];
    const without = (start: number) => joined(SIGNATURE, whole.subarray(start));
    expect(await outcomeOf(without(SIGNATURE.length + header.length), 'image/png')).toBe('mismatch structure');
    expect(await outcomeOf(image({ after: [header] }), 'image/png')).toBe('mismatch structure');
    const short = joined(SIGNATURE, pngChunk('IHDR', Buffer.alloc(12)), pngChunk('IEND'));
    expect(await outcomeOf(short, 'image/png')).toBe('mismatch structure');
    const late = joined(SIGNATURE, pngChunk('gAMA', Buffer.alloc(4)), whole.subarray(SIGNATURE.length));
    expect(await outcomeOf(late, 'image/png')).toBe('mismatch structure');
  });

  it('are complete, whichever byte is the last', async () => {
    const whole = image({ before: [pngChunk('tEXt', Buffer.from('a\0b'))] });
    for (let length = SIGNATURE.length; length < whole.length; length += 1) {
      expect(await outcomeOf(whole.subarray(0, length), 'image/png')).toBe('mismatch cut-off');
    }
  });

  it('have the checksum of their bytes, whichever byte is changed', async () => {
    const whole = image();
    for (let at = SIGNATURE.length + 4; at < SIGNATURE.length + 8 + 13 + 4; at += 1) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await outcomeOf(changed, 'image/png')).toBe('mismatch checksum');
    }
  });
});
