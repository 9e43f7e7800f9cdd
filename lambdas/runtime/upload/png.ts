import { crc32 } from 'node:zlib';
import { type Inspector, pixelCounter } from './inspector.ts';
import { cutOff, dangerous, mismatch, trailing } from './rejection.ts';

/** PNG, third edition, section 5: a signature, then chunks of length, type, data and CRC. */
const SIGNATURE = 8;
const AROUND_DATA = 12;
/**
 * Chunks whose data is compressed text or a colour profile. The image size limits the pixels, but nothing else limits
 * these.
 */
const COMPRESSED = ['zTXt', 'iTXt', 'iCCP'];
/** A colour profile has some kilobytes. Compressed a thousandfold, this still fits into memory. */
const MAX_COMPRESSED = 65_536;

/** A PNG: every chunk complete and with its checksum, IHDR first, image data, IEND last and nothing after it. */
export const inspectPng: Inspector = (bytes, limits) => {
  const count = pixelCounter(limits);
  let size: { readonly width: number; readonly height: number } | undefined;
  let hasData = false;
  for (let at = SIGNATURE; at < bytes.length; ) {
    if (at + AROUND_DATA > bytes.length) throw cutOff();
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + AROUND_DATA + length;
    if (end > bytes.length) throw cutOff();
    if (crc32(bytes.subarray(at + 4, end - 4)) !== bytes.readUInt32BE(end - 4)) {
      throw mismatch('checksum', 'must have the checksums of its content');
    }
    if ((type === 'IHDR') !== (size === undefined)) throw mismatch('structure', 'must have one header, first');
    if (type === 'IHDR') {
      if (length !== 13) throw mismatch('structure', 'must have a header of its format');
      size = { width: bytes.readUInt32BE(at + 8), height: bytes.readUInt32BE(at + 12) };
      count(size);
    }
    if (COMPRESSED.includes(type) && length > MAX_COMPRESSED) {
      throw dangerous('compressed-text', `must have at most ${MAX_COMPRESSED} bytes in a compressed text`);
    }
    hasData ||= type === 'IDAT';
    if (type === 'IEND') {
      if (!hasData) throw cutOff();
      if (end !== bytes.length) throw trailing();
      return size;
    }
    at = end;
  }
  throw cutOff();
};
