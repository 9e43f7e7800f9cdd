/** Exif 3.0, section 4.5: a segment begins with this, followed by a TIFF file. */
const EXIF = Buffer.from('Exif\0\0', 'latin1');
/** TIFF 6.0, section 2: byte order, the number 42, then the offset of the first list of tags, 12 bytes each. */
const ORDERS: Readonly<Record<string, 'LE' | 'BE'>> = { 'II*\0': 'LE', 'MM\0*': 'BE' };
const TAG_BYTES = 12;
const ORIENTATION = 0x0112;
const SHORT = 3;
/** Exif 3.0, section 4.6.5.1.6: 1 is upright, and the default. */
const UPRIGHT = 1;
const LAST = 8;

/** The orientation of a photo, 2 to 8, from a segment of Exif; empty if there is none, or the photo is upright. */
export function orientationOf(segment: Buffer): readonly number[] {
  const tiff = segment.subarray(EXIF.length);
  const order = ORDERS[tiff.toString('latin1', 0, 4)];
  if (!segment.subarray(0, EXIF.length).equals(EXIF) || order === undefined || tiff.length < 10) return [];
  const uint16 = (at: number) => (order === 'LE' ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const list = order === 'LE' ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (list + 2 > tiff.length) return [];
  const tags = Array.from({ length: uint16(list) }, (_, index) => list + 2 + TAG_BYTES * index);
  const found = tags.filter((at) => at + TAG_BYTES <= tiff.length && uint16(at) === ORIENTATION);
  const [value = UPRIGHT] = found.filter((at) => uint16(at + 2) === SHORT).map((at) => uint16(at + 8));
  return value > UPRIGHT && value <= LAST ? [value] : [];
}

/** A segment of Exif that has the orientation, and nothing else. */
export function exifOf(orientation: number): Buffer {
  const tag = Buffer.alloc(TAG_BYTES);
  tag.writeUInt16BE(ORIENTATION, 0);
  tag.writeUInt16BE(SHORT, 2);
  tag.writeUInt32BE(1, 4);
  tag.writeUInt16BE(orientation, 8);
  const list = Buffer.concat([Buffer.from([0, 0, 0, 8, 0, 1]), tag, Buffer.alloc(4)]);
  const data = Buffer.concat([EXIF, Buffer.from('MM\0*', 'latin1'), list]);
  return Buffer.concat([Buffer.from([0xff, 0xe1, 0, data.length + 2]), data]);
}
