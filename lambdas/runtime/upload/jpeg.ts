import { exifOf, orientationOf } from './exif.ts';
import { type Dimensions, type InspectedContent, type Inspector, partCounter, pixelCounter } from './inspector.ts';
import { cutOff, mismatch, structure, trailing } from './rejection.ts';

/** Markers of ITU-T T.81, table B.1. */
const [SOI, EOI, SOS, FILL] = [0xd8, 0xd9, 0xda, 0xff];
const [JFIF, EXIF, ADOBE] = [0xe0, 0xe1, 0xee];
/** Baseline, extended sequential and progressive frames with Huffman tables: what browsers show. */
const FRAMES = [0xc0, 0xc1, 0xc2];
/** Segments that a decoder needs: Huffman and quantization tables, and the distance of restart markers. */
const TABLES: Readonly<Record<number, (data: Buffer) => boolean>> = {
  // Sections B.2.4.2 and B.2.4.1: class and index, 16 counts, their symbols; precision and index, 64 factors.
  196: (data) => areTables(data, 1, (at) => 17 + data.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0)),
  219: (data) => areTables(data, 1, (at) => 1 + 64 * (((data[at] ?? 0) >> 4) + 1)),
  221: ({ length }) => length === 2,
};
/** No encoder writes more. Each scan costs a decoder one pass over all pixels. */
const MOST = { image: 16, scan: 64, table: 512 };
const isRemovable = (marker: number) => (marker >= JFIF && marker <= 0xef) || marker === 0xfe;
const isRestart = (marker: number) => marker >= 0xd0 && marker <= 0xd7;

interface Segment {
  readonly marker: number;
  /** After the length. */
  readonly data: Buffer;
  /** With marker and length; of a scan, with its entropy-coded data. */
  readonly whole: Buffer;
}

/**
 * A JPEG: the segments that a decoder needs, from SOI to EOI. Comments and application segments are removed, except the note
 * on colours and the orientation. Further JPEGs, which phones append for depth and brightness (CIPA DC-007, multi-picture
 * format), are read and removed.
 */
export const inspectJpeg: Inspector = (bytes, limits) => {
  const count = partCounter(MOST);
  const countPixels = pixelCounter(limits);
  let first: InspectedContent | undefined;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== 0xff || bytes[at + 1] !== SOI) throw first === undefined ? mismatch('signature') : trailing();
    count('image');
    const { segments, end } = segmentsOf(bytes, at + 2);
    const size = sizeOf(segments, count);
    countPixels(size);
    first ??= { bytes: shown(segments), ...size };
    at = end;
  }
  if (first === undefined) throw cutOff();
  return first;
};

function segmentsOf(bytes: Buffer, start: number): { readonly segments: readonly Segment[]; readonly end: number } {
  const segments: Segment[] = [];
  for (let at = start; at + 1 < bytes.length; ) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff) throw structure();
    if (marker === EOI) return { segments, end: at + 2 };
    if (marker === FILL) at += 1;
    else {
      const end = at + 4 > bytes.length ? Number.POSITIVE_INFINITY : at + 2 + bytes.readUInt16BE(at + 2);
      if (end > bytes.length) throw cutOff();
      if (end < at + 4) throw structure();
      const next = marker === SOS ? endOfScan(bytes, end) : end;
      segments.push({ marker, data: bytes.subarray(at + 4, end), whole: bytes.subarray(at, next) });
      at = next;
    }
  }
  throw cutOff();
}

/** Entropy-coded data ends at the next marker; 0xFF in the data is followed by 0, and restart markers belong to it. */
function endOfScan(bytes: Buffer, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at !== -1; at = bytes.indexOf(0xff, at + 1)) {
    const next = bytes[at + 1] ?? 0;
    if (next !== 0 && !isRestart(next)) return at;
  }
  throw cutOff();
}

/** The size of the one frame, which stands before its scans, among nothing but tables. */
function sizeOf(segments: readonly Segment[], count: (part: string) => void): Dimensions {
  let frame: Buffer | undefined;
  let hasScan = false;
  for (const { marker, data } of segments.filter((segment) => !isRemovable(segment.marker))) {
    const isFrame = FRAMES.includes(marker) && frame === undefined && isFrameOf(data);
    const isScan = marker === SOS && frame !== undefined && isScanOf(data, frame);
    if (isFrame) frame = data;
    else if (!isScan && TABLES[marker]?.(data) !== true) throw structure();
    hasScan ||= isScan;
    if (!isFrame) count(isScan ? 'scan' : 'table');
  }
  if (frame === undefined) throw mismatch('no-size');
  if (!hasScan) throw cutOff();
  return { height: frame.readUInt16BE(1), width: frame.readUInt16BE(3) };
}

/** Tables one after the other to the end: a byte with a number up to `most` and one up to 3, then the rest of the table. */
function areTables(data: Buffer, most: number, bytesAt: (at: number) => number): boolean {
  let at = 0;
  while (at < data.length && (data[at] ?? 0) >> 4 <= most && ((data[at] ?? 0) & 15) <= 3) at += bytesAt(at);
  return at === data.length;
}

/** Section B.2.2: eight bits a sample; one, three or four components, each with two sampling factors and a table. */
function isFrameOf(data: Buffer): boolean {
  const parts = [...data.subarray(6)];
  const isSampled = (factors: number) => [factors >> 4, factors & 15].every((factor) => factor >= 1 && factor <= 4);
  const isPart = (byte: number, i: number) => i % 3 === 0 || (i % 3 === 1 ? isSampled(byte) : byte <= 3);
  const count = data[5] ?? 0;
  return data[0] === 8 && [1, 3, 4].includes(count) && parts.length === 3 * count && parts.every(isPart);
}

/** Sections B.2.2 and B.2.3: the components of a frame have three bytes each, those of a scan two; the first is the identifier. */
function isScanOf(scan: Buffer, frame: Buffer): boolean {
  const idsOf = (components: Buffer, bytes: number) => components.filter((_, i) => i % bytes === 0);
  const ids = idsOf(scan.subarray(1, -3), 2);
  const known = idsOf(frame.subarray(6), 3);
  return scan.length === 4 + 2 * (scan[0] ?? 0) && ids.length > 0 && ids.every((id) => known.includes(id));
}

/** The image without what only programs read. The orientation is written anew, alone, because viewers turn photos by it. */
function shown(segments: readonly Segment[]): Buffer {
  // ITU-T T.871 without a thumbnail, which has no width and no height; ITU-T T.872, section 6.5.3.
  const isJfif = ({ marker, data }: Segment) =>
    marker === JFIF && data.length === 14 && data.indexOf('JFIF\0') === 0 && data.readUInt16BE(12) === 0;
  const isAdobe = ({ marker, data }: Segment) => marker === ADOBE && data.length === 12 && data.indexOf('Adobe') === 0;
  const orientation = segments.flatMap(({ marker, data }) => (marker === EXIF ? orientationOf(data) : []));
  const parts = [
    segments.filter(isJfif).slice(0, 1),
    orientation.slice(0, 1).map((value) => ({ whole: exifOf(value) })),
    segments.filter(isAdobe).slice(0, 1),
    segments.filter(({ marker }) => !isRemovable(marker)),
  ].flat();
  return Buffer.concat([Buffer.from([0xff, SOI]), ...parts.map(({ whole }) => whole), Buffer.from([0xff, EOI])]);
}
