import { isUtf8 } from 'node:buffer';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { fileTypeFromBuffer } from 'file-type';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fromBufferPromise } from 'yauzl';
import { inspectContent } from '../../lambdas/runtime/upload/inspectContent.ts';
import { FileRejected } from '../../lambdas/runtime/upload/rejection.ts';
import { pngChunk, riff, riffChunk, zip } from '../support/files.ts';

/**
 * Files as real encoders write them, changed at random, against readers that share no code with ours: `sharp` (libvips) for
 * images, `file-type` for the type. `zipCorpus.test.ts` has the archives.
 */
const MUTATIONS = 1_000;
const [WIDTH, HEIGHT] = [40, 30];
const pixels = Buffer.from(Array.from({ length: WIDTH * HEIGHT * 3 }, (_, i) => (i * 7 + (i >> 5)) & 255));
const still = () => sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } });
const moving = () =>
  sharp(Buffer.concat([pixels, Buffer.from(pixels).reverse()]), {
    raw: { width: WIDTH, height: 2 * HEIGHT, channels: 3, pageHeight: HEIGHT },
  });

const IMAGES: Readonly<Record<string, readonly (() => Promise<Buffer>)[]>> = {
  'image/png': [
    () => still().png().toBuffer(),
    () => still().png({ palette: true, progressive: true }).toBuffer(),
    () => still().ensureAlpha(0.5).withMetadata({ density: 300 }).png().toBuffer(),
    () => still().toColourspace('rgb16').png().toBuffer(),
    () => still().greyscale().png().toBuffer(),
  ],
  'image/jpeg': [
    () => still().jpeg().toBuffer(),
    () => still().jpeg({ progressive: true }).toBuffer(),
    () => still().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
    () => still().toColourspace('cmyk').jpeg().toBuffer(),
    () => still().greyscale().jpeg().toBuffer(),
  ],
  'image/gif': [
    () => still().gif().toBuffer(),
    () =>
      moving()
        .gif({ loop: 3, delay: [100, 200] })
        .toBuffer(),
  ],
  'image/webp': [
    () => still().webp().toBuffer(),
    () => still().webp({ lossless: true }).toBuffer(),
    () => still().ensureAlpha(0.5).webp().toBuffer(),
    () => still().withMetadata({ orientation: 3 }).webp().toBuffer(),
    () =>
      moving()
        .webp({ loop: 3, delay: [100, 200] })
        .toBuffer(),
  ],
};

/** What is put into a file: other files, and the bytes that mean something to readers of any. */
const foreign = fc.constantFrom(
  zip([{ name: 'a' }]),
  Buffer.from('%PDF-1.7\n'),
  Buffer.from('<script>alert(1)</script>'),
  Buffer.from('504b0506', 'hex'),
  Buffer.from('ffd9', 'hex'),
  Buffer.from('fffe0006abcd', 'hex'),
  Buffer.from('21fe0161003b', 'hex'),
  Buffer.from('58585858040000006162636400', 'hex'),
  Buffer.alloc(300, 0xff),
);
type Mutation = (bytes: Buffer) => Buffer;
const at = (bytes: Buffer, place: number) => place % (bytes.length + 1);
const spliced = (bytes: Buffer, place: number, removed: number, added: Buffer) =>
  Buffer.concat([bytes.subarray(0, at(bytes, place)), added, bytes.subarray(at(bytes, place) + removed)]);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(fc.nat(), fc.nat({ max: 255 })).map(
    ([place, value]): Mutation =>
      (bytes) =>
        spliced(bytes, place, 1, Buffer.from([value])),
  ),
  fc.tuple(fc.nat(), fc.integer({ min: 1, max: 8 })).map(
    ([place, count]): Mutation =>
      (bytes) =>
        spliced(bytes, place, count, Buffer.alloc(0)),
  ),
  fc.tuple(fc.nat(), foreign).map(
    ([place, added]): Mutation =>
      (bytes) =>
        spliced(bytes, place, 0, added),
  ),
  fc.tuple(fc.nat(), fc.nat(), fc.nat({ max: 64 })).map(
    ([from, to, count]): Mutation =>
      (bytes) =>
        spliced(bytes, to, 0, bytes.subarray(at(bytes, from), at(bytes, from) + count)),
  ),
  foreign.map(
    (added): Mutation =>
      (bytes) =>
        Buffer.concat([bytes, added]),
  ),
  fc.nat().map(
    (place): Mutation =>
      (bytes) =>
        bytes.subarray(0, at(bytes, place)),
  ),
);
/** Mutations of the structure: a random chunk is changed, doubled, removed or inserted, and its length and checksum are right. */
const repaired: fc.Arbitrary<Mutation> = fc
  .tuple(
    fc.nat(),
    fc.constantFrom('double', 'remove', 'insert', 'change'),
    fc.constantFrom('tEXt', 'teSt', 'iCCP', 'IDAT', 'PLTE', 'tRNS'),
    foreign,
  )
  .map(
    ([place, kind, type, data]) =>
      (bytes) =>
        withChunk(bytes, place, { kind, type, data }),
  );
/** The same of a JPEG, whose segments have a length and no checksum. */
const segments: fc.Arbitrary<Mutation> = fc
  .tuple(fc.nat(), fc.constantFrom('double', 'remove', 'swap', 'change'), fc.nat({ max: 64 }), fc.nat({ max: 255 }))
  .map(
    ([place, kind, byte, value]) =>
      (bytes) =>
        withSegment(bytes, place, { kind, byte, value }),
  );
/** The same of a WebP, in the file or in a frame, whose lengths are right. */
const reframed: fc.Arbitrary<Mutation> = fc
  .tuple(
    fc.nat(),
    fc.constantFrom('double', 'remove', 'insert', 'change', 'swap'),
    fc.constantFrom('XMP ', 'MINE', 'VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF'),
    foreign,
  )
  .map(
    ([place, kind, name, data]) =>
      (bytes) =>
        riff(withRiffChunk(bytes.subarray(12), place, { kind, inserted: riffChunk(name, data) })),
  );
const STRUCTURAL: Readonly<Record<string, fc.Arbitrary<Mutation>>> = {
  'image/png': repaired,
  'image/jpeg': segments,
  'image/webp': reframed,
};
/** What libjpeg says of entropy-coded data that its tables cannot decode: it is the one part of a JPEG that is not read. */
const UNDECODED = /^(VipsJpeg: Corrupt JPEG data: [^\n]+\s*)+$/;

describe.each(Object.entries(IMAGES))('a changed %s', (type, makers) => {
  it(`is rejected, or what is kept is read alike by another reader (${MUTATIONS} mutations)`, async () => {
    const files = await Promise.all(makers.map((make) => make()));
    for (const file of files) expect(await kept(file, type)).toBeDefined();
    const changes = fc.array(fc.oneof(mutation, STRUCTURAL[type] ?? mutation), {
      minLength: 1,
      maxLength: 3,
    });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...files), changes, async (file, mutations) => {
        const content = await kept(
          mutations.reduce<Buffer>((bytes, change) => change(bytes), file),
          type,
        );
        if (content === undefined) return;
        accepted += 1;
        const { bytes, width, height } = content;
        expect((await fileTypeFromBuffer(bytes))?.mime).toBe(type);
        const seen = await sharp(bytes, { animated: true }).metadata();
        expect([`image/${seen.format}`, seen.width, seen.pageHeight ?? seen.height]).toEqual([type, width, height]);
        expect([seen.icc, seen.xmp, seen.iptc, seen.comments]).toEqual(Array(4).fill(undefined));
        // PNG is inflated and counted, so that every one that is accepted can be decoded.
        if (type === 'image/png') await sharp(bytes).raw().toBuffer();
        if (type === 'image/jpeg') {
          const error = await sharp(bytes)
            .raw()
            .toBuffer()
            .catch((thrown: Error) => thrown);
          if (error instanceof Error) expect(error.message).toMatch(UNDECODED);
        }
        await expect(fromBufferPromise(bytes)).rejects.toThrow();
        expect(await kept(bytes, type)).toEqual(content);
      }),
      { numRuns: MUTATIONS },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});

describe('a changed table', () => {
  it(`is rejected, or is text that no reader takes for another type (${MUTATIONS} mutations)`, async () => {
    const file = Buffer.from('id;name;amount\r\n1;"Grüße; 写真";19.99\r\n2;=1+1;-5\r\n'.repeat(9));
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 3 }), async (mutations) => {
        const bytes = mutations.reduce<Buffer>((all, change) => change(all), file);
        if (bytes.length === 0 || (await kept(bytes, 'text/csv')) === undefined) return;
        accepted += 1;
        expect(isUtf8(bytes)).toBe(true);
        expect(await fileTypeFromBuffer(bytes)).toBeUndefined();
        expect([...bytes].filter((byte) => byte < 0x20 && ![0x09, 0x0a, 0x0c, 0x0d].includes(byte))).toEqual([]);
      }),
      { numRuns: MUTATIONS },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});

/** What the runtime keeps of a file; undefined if it rejects it. Any other error fails the test. */
async function kept(bytes: Buffer, type: string) {
  try {
    return await inspectContent(bytes, type, { maxPixels: 1_000_000 });
  } catch (error) {
    if (error instanceof FileRejected) return undefined;
    throw error;
  }
}

/** A PNG with one chunk changed, whose lengths and checksums are right. */
function withChunk(
  bytes: Buffer,
  place: number,
  { kind, type, data }: { readonly kind: string; readonly type: string; readonly data: Buffer },
): Buffer {
  const chunks: Buffer[] = [];
  for (let start = 8; start + 12 <= bytes.length; ) {
    const end = start + 12 + bytes.readUInt32BE(start);
    chunks.push(bytes.subarray(start, end));
    start = end;
  }
  const index = place % Math.max(1, chunks.length);
  const chosen = chunks[index] ?? Buffer.alloc(0);
  const inserted = pngChunk(type, type === 'IDAT' ? deflateSync(data) : data);
  const changed = () => {
    const body = Buffer.from(chosen.subarray(8, -4));
    if (body.length > 0) body[place % body.length] = place & 255;
    return pngChunk(chosen.toString('latin1', 4, 8), body);
  };
  const instead = { double: [chosen, chosen], remove: [], insert: [inserted, chosen], change: [changed()] }[kind] ?? [];
  return Buffer.concat([bytes.subarray(0, 8), ...chunks.slice(0, index), ...instead, ...chunks.slice(index + 1)]);
}

/** A JPEG with one segment changed, doubled, removed or swapped with the first; a scan is a segment with its data. */
function withSegment(
  bytes: Buffer,
  place: number,
  { kind, byte, value }: { readonly kind: string; readonly byte: number; readonly value: number },
): Buffer {
  const all: Buffer[] = [];
  for (let start = 2; start + 4 <= bytes.length; ) {
    let end = start + 2 + bytes.readUInt16BE(start + 2);
    while (bytes[start + 1] === 0xda && end < bytes.length && !(bytes[end] === 0xff && (bytes[end + 1] ?? 0) > 0))
      end += 1;
    all.push(bytes.subarray(start, end));
    start = end;
  }
  const index = place % Math.max(1, all.length);
  const [head = Buffer.alloc(0), chosen = Buffer.alloc(0)] = [all[0], all[index]];
  const changed = Buffer.from(chosen);
  if (changed.length > 4) changed[4 + (byte % (changed.length - 4))] = value % (byte % 2 === 0 ? 6 : 256);
  const instead = { double: [chosen, chosen], remove: [], swap: [head], change: [changed] }[kind] ?? [];
  const before = all.slice(0, index).map((segment, i) => (i === 0 && kind === 'swap' ? chosen : segment));
  return Buffer.concat([bytes.subarray(0, 2), ...before, ...instead, ...all.slice(index + 1), bytes.subarray(-2)]);
}

/** The chunks of a WebP or of its frame, with one changed. */
function withRiffChunk(
  bytes: Buffer,
  place: number,
  { kind, inserted }: { readonly kind: string; readonly inserted: Buffer },
): readonly Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0; start + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(start + 4);
    chunks.push(bytes.subarray(start, start + 8 + size + (size % 2)));
    start += 8 + size + (size % 2);
  }
  const index = place % Math.max(1, chunks.length);
  const chosen = chunks[index] ?? Buffer.alloc(0);
  const body = Buffer.from(chosen.subarray(8));
  const name = chosen.toString('latin1', 0, 4);
  const inFrame = () => withRiffChunk(body.subarray(16), place >> 2, { kind, inserted });
  const changed = () => {
    if (name === 'ANMF' && place % 3 > 0) return riffChunk(name, Buffer.concat([body.subarray(0, 16), ...inFrame()]));
    if (body.length > 0) body[(place >> 3) % body.length] = place & 255;
    return riffChunk(name, body);
  };
  const next = chunks[index + 1] ?? Buffer.alloc(0);
  const instead = { double: [chosen, chosen], remove: [], insert: [inserted, chosen], swap: [next, chosen] }[kind];
  const rest = chunks.slice(index + (kind === 'swap' ? 2 : 1));
  return [...chunks.slice(0, index), ...(instead ?? [changed()]), ...rest];
}
