import { describe, expect, it } from 'vitest';
import { jpegCodes, segment } from '../../../support/files.ts';
import { joined, outcomeOf } from './inspected.ts';
import {
  BYTES,
  CODES,
  EOI,
  FACTORS,
  frameOf,
  gray,
  hex,
  outcome,
  type Parts,
  SCAN,
  SOI,
  scan,
  TYPE,
  valid,
  withByte,
} from './jpegImage.ts';

describe('the tables of a JPEG', () => {
  const wide = joined(Buffer.from([0x10]), Buffer.alloc(128, 1));
  const numbered = (table: Buffer, id: number) => withByte(table, 0, id);

  it('of factors have eight or sixteen bits, a number up to 3, once in a segment, and 64 factors', async () => {
    const before = [segment(0xdb, FACTORS)];
    expect(await valid(BYTES, (id) => ({ before, factors: numbered(FACTORS, id) }))).toEqual([0, 1, 2, 3]);
    expect(await valid(BYTES, (id) => ({ before, factors: numbered(wide, id) }))).toEqual([16, 17, 18, 19]);
    const all = joined(...[0, 0x11, 2, 0x13].map((id) => numbered(id < 16 ? FACTORS : wide, id)));
    expect(await outcome({ factors: all })).toBe('accepted');
    for (const id of [0, 1, 2, 3]) {
      const again = [joined(all, numbered(FACTORS, id)), joined(all, numbered(wide, 16 + id))];
      for (const factors of again) expect(await outcome({ factors })).toBe('mismatch structure');
    }
    for (const bytes of [joined(FACTORS, hex('01')), FACTORS.subarray(0, -1), wide.subarray(0, -1), hex('')]) {
      expect(await outcome({ before, factors: bytes })).toBe('mismatch structure');
    }
  });

  it('of factors have no factor 0, at any of 64 places', async () => {
    for (let at = 1; at <= 64; at += 1) {
      expect(await outcome({ factors: withByte(FACTORS, at, 0) })).toBe('mismatch structure');
      const half = withByte(wide, 2 * at, 0);
      expect(await outcome({ factors: half })).toBe('accepted');
      expect(await outcome({ factors: withByte(withByte(wide, 2 * at, 0), 2 * at - 1, 0) })).toBe('mismatch structure');
    }
  });

  it('of codes have a class, a number up to 3, once in a segment, and their symbols', async () => {
    const before = [segment(0xc4, CODES)];
    const ids = [0, 1, 2, 3, 16, 17, 18, 19];
    expect(await valid(BYTES, (id) => ({ before, codes: jpegCodes(id, [1], [0]) }))).toEqual(ids);
    const all = joined(...ids.map((id) => jpegCodes(id, [1], [0])));
    expect(await outcome({ codes: all })).toBe('accepted');
    for (const id of ids) {
      expect(await outcome({ codes: joined(all, jpegCodes(id, [1], [0])) })).toBe('mismatch structure');
    }
    const wrong = [joined(CODES, hex('00')), CODES.subarray(0, -1), CODES.subarray(0, 12), hex('')];
    for (const codes of [...wrong, jpegCodes(1, [], []).subarray(0, 16)]) {
      expect(await outcome({ before, codes })).toBe('mismatch structure');
    }
    expect(await valid(BYTES, (symbol) => ({ codes: joined(CODES, jpegCodes(1, [1], [symbol])) }))).toEqual(
      BYTES.slice(0, 16),
    );
    expect(await valid(BYTES, (symbol) => ({ codes: joined(CODES, jpegCodes(17, [1], [symbol])) }))).toEqual(BYTES);
    expect(await outcome({ codes: joined(CODES, jpegCodes(17, [0, 2], [7, 7])) })).toBe('mismatch structure');
    expect(await outcome({ codes: joined(CODES, jpegCodes(1, [0, 2], [7, 16])) })).toBe('mismatch structure');
  });

  it('of codes have no code of ones only, at any length', async () => {
    for (let bits = 1; bits <= 8; bits += 1) {
      const most = 2 ** bits - 1;
      const of = (count: number) => {
        const counts = [...Array<number>(bits - 1).fill(0), count];
        return { codes: joined(CODES, jpegCodes(17, counts, BYTES.slice(0, count))) };
      };
      expect(await outcome(of(most))).toBe('accepted');
      if (bits < 8) expect(await outcome(of(most + 1))).toBe('mismatch structure');
    }
    const longest = [...Array<number>(15).fill(1), 1];
    expect(await outcome({ codes: joined(CODES, jpegCodes(17, longest, BYTES.slice(0, 16))) })).toBe('accepted');
    const last = longest.with(15, 2);
    expect(await outcome({ codes: joined(CODES, jpegCodes(17, last, BYTES.slice(0, 17))) })).toBe('mismatch structure');
  });

  it('say in two bytes how far restart markers are apart', async () => {
    const lengths = await valid([0, 1, 2, 3, 4], (length) => ({ before: [segment(0xdd, Buffer.alloc(length))] }));
    expect(lengths).toEqual([2]);
  });
});

describe('the scans of a JPEG', () => {
  const progressive = (...headers: readonly string[]): Parts => ({
    marker: 0xc2,
    scans: headers.map((header) => scan(header)),
  });
  const bytesOf = (...values: readonly number[]) => Buffer.from(values).toString('hex');

  it('have all coefficients and all bits if they are sequential', async () => {
    for (const [at, most] of [0, 63, 0].entries()) {
      const of = (value: number) => ({ scans: [scan(`01 0100 ${bytesOf(...[0, 63, 0].with(at, value))}`)] });
      expect(await valid(BYTES, of)).toEqual([most]);
    }
    expect(await outcome({ scans: [SCAN, SCAN] })).toBe('mismatch structure');
  });

  it('have one band and one bit if they are progressive', async () => {
    const dc = '01 0100 000000';
    expect(await valid(BYTES, (last) => progressive(`01 0100 ${bytesOf(0, last, 0)}`))).toEqual([0]);
    expect(await valid(BYTES, (last) => progressive(dc, `01 0100 ${bytesOf(5, last, 0)}`))).toEqual(BYTES.slice(5, 64));
    expect(await valid(BYTES, (first) => progressive(dc, `01 0100 ${bytesOf(first, 63, 0)}`))).toEqual(
      BYTES.slice(1, 64),
    );
    expect(await valid(BYTES, (bits) => progressive(`01 0100 ${bytesOf(0, 0, bits)}`))).toEqual(BYTES.slice(0, 14));
    for (const at of [0, 1]) {
      const first = `01 0100 ${bytesOf(at, at, 4)}`;
      const of = (bits: number) => progressive(...(at === 0 ? [] : [dc]), first, `01 0100 ${bytesOf(at, at, bits)}`);
      expect(await valid(BYTES, of)).toEqual([0x43]);
    }
  });

  it('begin with the first coefficient, and repeat none that is complete', async () => {
    expect(await outcome(progressive('01 0100 010500'))).toBe('mismatch structure');
    expect(await outcome(progressive('01 0100 000000', '01 0100 000000'))).toBe('mismatch structure');
    expect(await outcome(progressive('01 0100 000000', '01 0100 010500', '01 0100 053f00'))).toBe('mismatch structure');
    expect(await outcome(progressive('01 0100 000001', '01 0100 000010', '01 0100 010500', '01 0100 063f00'))).toBe(
      'accepted',
    );
  });

  it('have a band of one component', async () => {
    const frame = frameOf([0x11, 0x11, 0x11]);
    const of = (band: string) => ({ frame, ...progressive('03 010002000300 000000', band) });
    expect(await outcome(of('01 0200 010500'))).toBe('accepted');
    expect(await outcome(of('02 02000300 010500'))).toBe('mismatch structure');
  });

  it('are at most 64', async () => {
    const one = (at: number, bits: number) => `01 0100 ${bytesOf(at, at, bits)}`;
    const bands = [one(0, 1), ...BYTES.slice(1, 64).map((at) => one(at, 0))];
    expect(await outcome(progressive(...bands))).toBe('accepted');
    expect(await outcome(progressive(...bands, one(0, 0x10)))).toBe('dangerous too-many-parts');
  });

  it('have components of the frame in its order, each once, and all of them in the end', async () => {
    const frame = frameOf([0x11, 0x11, 0x11]);
    const of = (...ids: readonly number[][]) =>
      outcome({
        frame,
        scans: ids.map((some) => scan(`${bytesOf(some.length, ...some.flatMap((id) => [id, 0]))} 003f00`)),
      });
    const accepting = [[[1, 2, 3]], [[1], [2, 3]], [[1, 3], [2]], [[3], [2], [1]]];
    for (const ids of accepting) expect(await of(...ids)).toBe('accepted');
    for (const ids of [[[2, 1, 3]], [[1, 1, 2]], [[1, 2, 4]], [[0, 1, 2]], [[]], [[1, 2, 3], [1]]]) {
      expect(await of(...ids)).toBe('mismatch structure');
    }
    for (const ids of [[[1, 2]], [[2, 3]], [[1], [3]], []]) expect(await of(...ids)).toBe('mismatch cut-off');
    for (const header of ['', '01', '01 0100 003f', '02 0100 003f00', '01 0100 0200 003f00', '01 0100 00 003f00']) {
      expect(await outcome({ frame, scans: [scan(header)] })).toBe('mismatch structure');
    }
    expect(await outcomeOf(joined(SOI, segment(0xdb, FACTORS), segment(0xc4, CODES), SCAN, EOI), TYPE)).toBe(
      'mismatch structure',
    );
    const late = { before: [segment(0xc0, gray), SCAN] };
    expect(await outcome(late)).toBe('mismatch structure');
  });

  it('interleave at most ten blocks', async () => {
    const scans = [scan('03 010002000300 003f00')];
    const outcomes = (samplings: readonly number[]) => outcome({ frame: frameOf(samplings), scans });
    expect(await outcomes([0x24, 0x11, 0x11])).toBe('accepted');
    expect(await outcomes([0x24, 0x11, 0x12])).toBe('mismatch structure');
    expect(await outcomes([0x44, 0x44, 0x44])).toBe('mismatch structure');
    expect(await outcome({ frame: withByte(gray, 7, 0x44) })).toBe('accepted');
  });

  it('use only tables that stand before them', async () => {
    const tables = (dc: number, ac: number) => joined(jpegCodes(dc, [1], [0]), jpegCodes(16 + ac, [1], [0]));
    for (const id of [0, 1, 2, 3]) {
      const of = (codes: number) => ({ codes: tables(id, id), scans: [scan(`01 01${bytesOf(codes)} 003f00`)] });
      expect(await valid(BYTES, of)).toEqual([17 * id]);
      expect(await outcome({ factors: withByte(FACTORS, 0, id) })).toBe(id === 0 ? 'accepted' : 'mismatch structure');
    }
    const first = { codes: jpegCodes(0, [1], [0]) };
    expect(await outcome({ ...progressive('01 0100 000000'), ...first })).toBe('accepted');
    expect(await outcome({ ...progressive('01 0100 000000', '01 0100 013f00'), ...first })).toBe('mismatch structure');
    expect(await outcome({ ...progressive('01 0100 000001', '01 0110 000010'), ...first })).toBe('accepted');
    expect(await outcome({ ...progressive('01 0110 000000'), ...first })).toBe('mismatch structure');
    expect(await outcome(progressive('01 0100 000000', '01 0130 013f00'))).toBe('accepted');
    expect(await valid(BYTES, (codes) => progressive(`01 01${bytesOf(codes)} 000000`))).toEqual([0, 1, 2, 3]);
  });

  it('have data up to the next marker', async () => {
    const found = await Promise.all(
      BYTES.map((byte) => outcome({ scans: [scan('01 0100 003f00', `3fff${bytesOf(byte)}`)] })),
    );
    expect(BYTES.filter((_, i) => found[i] === 'accepted')).toEqual([0, ...BYTES.slice(0xd0, 0xd8), 0xff]);
  });
});
