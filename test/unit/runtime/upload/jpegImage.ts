import { expect } from 'vitest';
import { jpegCodes, segment } from '../../../support/files.ts';
import { joined, outcomeOf } from './inspected.ts';

export const TYPE = 'image/jpeg';
export const [SOI, EOI] = [Buffer.from('ffd8', 'hex'), Buffer.from('ffd9', 'hex')];
export const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
export const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

/** A JPEG of one grey block of 8 × 8 pixels, and what is different in it. */
export interface Parts {
  readonly before?: readonly Buffer[];
  readonly factors?: Buffer;
  readonly frame?: Buffer;
  readonly codes?: Buffer;
  readonly scans?: readonly Buffer[];
  readonly marker?: number;
}
export const FACTORS = Buffer.alloc(65, 1).fill(0, 0, 1);
export const CODES = joined(jpegCodes(0, [1], [0]), jpegCodes(0x10, [1], [0]));
export const gray = hex('08 0008 0008 01 011100');
/** Three components of which each has its own identifier, sampling factors and table. */
export const frameOf = (samplings: readonly number[], tables = samplings.map(() => 0)) =>
  joined(
    hex('08 0008 0008'),
    Buffer.from([samplings.length, ...samplings.flatMap((at, i) => [i + 1, at, tables[i] ?? 0])]),
  );
export const scan = (header: string, data = '3f') => joined(segment(0xda, hex(header)), hex(data));
export const SCAN = scan('01 0100 003f00');
export const image = ({
  before = [],
  factors = FACTORS,
  frame = gray,
  codes = CODES,
  scans = [SCAN],
  marker = 0xc0,
}: Parts) =>
  joined(SOI, ...before, segment(0xdb, factors), segment(marker, frame), segment(0xc4, codes), ...scans, EOI);
export const outcome = (parts: Parts) => outcomeOf(image(parts), TYPE);
/** The values for which an image is accepted; for all others it must be rejected for its structure. */
export async function valid(values: readonly number[], of: (value: number) => Parts): Promise<readonly number[]> {
  const outcomes = await Promise.all(values.map((value) => outcome(of(value))));
  expect(new Set([...outcomes, 'accepted', 'mismatch structure'])).toEqual(new Set(['accepted', 'mismatch structure']));
  return values.filter((_, i) => outcomes[i] === 'accepted');
}
export const withByte = (bytes: Buffer, at: number, value: number) => Buffer.from(bytes).fill(value, at, at + 1);
