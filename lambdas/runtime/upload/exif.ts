/** Exif 3.0, section 4.5: a segment begins with its name, then a TIFF file with its byte order and the number 42. */
const LITTLE_ENDIAN = 'Exif\0\0II*\0';
const BIG_ENDIAN = 'Exif\0\0MM\0*';
const TIFF_AT = 6;
/** TIFF 6.0, section 2: a list of tags is their count, then 12 bytes each: tag, type, count of values, value. */
const TAG_BYTES = 12;
const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * What is kept of an Exif segment: a segment with the orientation of the photo and nothing else.
 *
 * @returns nothing if it is no Exif; an empty buffer if the photo is upright.
 */
export function orientationOnly(data: Buffer): Buffer | undefined {
  const isLittle = data.toString('latin1', 0, LITTLE_ENDIAN.length) === LITTLE_ENDIAN;
  if (!isLittle && data.toString('latin1', 0, BIG_ENDIAN.length) !== BIG_ENDIAN) return undefined;
  const tiff = new DataView(data.buffer, data.byteOffset + TIFF_AT, data.length - TIFF_AT);
  const list = tiff.byteLength < 8 ? Number.POSITIVE_INFINITY : tiff.getUint32(4, isLittle);
  const count = list + 2 > tiff.byteLength ? 0 : tiff.getUint16(list, isLittle);
  const end = Math.min(list + 2 + TAG_BYTES * count, tiff.byteLength);
  for (let at = list + 2; at + TAG_BYTES <= end; at += TAG_BYTES) {
    if (tiff.getUint16(at, isLittle) !== ORIENTATION || tiff.getUint16(at + 2, isLittle) !== SHORT) continue;
    return segmentOf(tiff.getUint16(at + 8, isLittle));
  }
  return Buffer.alloc(0);
}

/** Section 4.6.5.1.6: 1 is upright, and the default; 2 to 8 are mirrored and turned. */
function segmentOf(orientation: number): Buffer {
  if (orientation < 2 || orientation > 8) return Buffer.alloc(0);
  const tag = Buffer.from([0x01, 0x12, 0, SHORT, 0, 0, 0, 1, 0, orientation, 0, 0]);
  const list = Buffer.concat([Buffer.from([0, 0, 0, 8, 0, 1]), tag, Buffer.alloc(4)]);
  const data = Buffer.concat([Buffer.from(BIG_ENDIAN, 'latin1'), list]);
  return Buffer.concat([Buffer.from([0xff, 0xe1, 0, data.length + 2]), data]);
}
