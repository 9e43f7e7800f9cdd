import { crc32, deflateRawSync, deflateSync } from 'node:zlib';

/** Real files, made from their specifications, and forms that carry them. */

/** One chunk of a PNG. */
export function pngChunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  return Buffer.concat([uint32(data.length), named, uint32(crc32(named))]);
}

/** A greyscale PNG. `declared` is the size that its header claims; `extra` are chunks before the end. */
export function png({
  width = 3,
  height = 2,
  extra = [] as readonly Buffer[],
  declared = [width, height] as readonly [number, number],
} = {}): Buffer {
  const rows = Buffer.alloc((width + 1) * height, 0x55);
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0;
  const header = Buffer.concat([uint32(declared[0]), uint32(declared[1]), Buffer.from([8, 0, 0, 0, 0])]);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(rows)),
    ...extra,
    pngChunk('IEND'),
  ]);
}

/** A PDF of one empty page, with a table of offsets that is right. `extra` are objects after it. */
export function pdf({ extra = [] as readonly (string | Buffer)[], catalog = '' } = {}): Buffer {
  const objects = [
    `<< /Type /Catalog /Pages 2 0 R ${catalog}>>`,
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>',
    ...extra,
  ].map((object, i) => Buffer.concat([latin1(`${i + 1} 0 obj\n`), latin1(object), latin1('\nendobj\n')]));
  const head = latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n');
  const offsets: number[] = [];
  let at = head.length;
  for (const object of objects) {
    offsets.push(at);
    at += object.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  const table = `xref\n0 ${rows.length + 1}\n0000000000 65535 f \n${rows.join('')}`;
  const tail = `trailer\n<< /Size ${rows.length + 1} /Root 1 0 R >>\nstartxref\n${at}\n%%EOF\n`;
  return Buffer.concat([head, ...objects, latin1(table + tail)]);
}

/** A JPEG in its segments, `extra` ones among them: a frame, a scan with a stuffed byte and a restart marker, an end. */
export function jpeg(width = 8, height = 8, extra: readonly Buffer[] = []): Buffer {
  const frame = Buffer.concat([Buffer.from([8]), uint16(height), uint16(width), Buffer.from([1, 1, 0x11, 0])]);
  const scan = Buffer.from([1, 1, 0, 0, 63, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('4a46494600010100000100010000', 'hex')),
    ...extra,
    segment(0xdb, Buffer.alloc(65, 1).fill(0, 0, 1)),
    segment(0xc0, frame),
    segment(0xc4, Buffer.concat([jpegCodes(0, [1], [0]), jpegCodes(0x10, [1], [0])])),
    segment(0xda, scan),
    Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9]),
  ]);
}

/** A table of Huffman codes: its class and number, how many codes there are of each length, and their symbols. */
export function jpegCodes(id: number, counts: readonly number[], symbols: readonly number[]): Buffer {
  return Buffer.from([id, ...counts, ...Array(16 - counts.length).fill(0), ...symbols]);
}

/** A GIF with frames of a size; `extra` are blocks before them. */
export function gif(width = 2, height = 2, frames = 1, extra: readonly Buffer[] = []): Buffer {
  const screen = Buffer.concat([latin1('GIF89a'), uint16le(width), uint16le(height), Buffer.from([0x80, 0, 0])]);
  const frame = Buffer.concat([
    Buffer.from('21f9040000000000', 'hex'),
    Buffer.from([0x2c, 0, 0, 0, 0]),
    uint16le(width),
    uint16le(height),
    Buffer.from([0, 2, 2, 0x4c, 0x01, 0]),
  ]);
  return Buffer.concat([screen, Buffer.alloc(6, 0x7f), ...extra, ...Array(frames).fill(frame), Buffer.from([0x3b])]);
}

/** A WebP, lossless, lossy or extended; `extra` are chunks after the image of an extended one. */
export function webp(kind: 'VP8 ' | 'VP8L' | 'VP8X', width = 4, height = 3, extra: readonly Buffer[] = []): Buffer {
  if (kind === 'VP8 ') return riff([lossy(width, height)]);
  if (kind === 'VP8X') {
    const canvas = Buffer.alloc(10);
    canvas.writeUIntLE(width - 1, 4, 3);
    canvas.writeUIntLE(height - 1, 7, 3);
    return riff([riffChunk(kind, canvas), lossy(width & 0x3fff, height & 0x3fff), ...extra]);
  }
  const lossless = Buffer.alloc(6);
  lossless[0] = 0x2f;
  lossless.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  return riff([riffChunk(kind, lossless)]);
}

function lossy(width: number, height: number): Buffer {
  return riffChunk(
    'VP8 ',
    Buffer.concat([Buffer.from('3000009d012a', 'hex'), uint16le(width), uint16le(height), Buffer.alloc(2)]),
  );
}

/** A RIFF container of WebP chunks. */
export function riff(chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([latin1('WEBP'), ...chunks]);
  return Buffer.concat([latin1('RIFF'), uint32le(body.length), body]);
}

/** One entry of a ZIP. */
export interface ZipEntry {
  readonly name: string;
  readonly data?: Buffer;
  /** The name in the local header, where that differs. */
  readonly localName?: string;
  readonly flags?: number;
  /** Unix mode. */
  readonly mode?: number;
  /** Size and checksum that the archive declares, where they differ. */
  readonly declaredSize?: number;
  readonly checksum?: number;
  /** Extra fields of the directory, and of the local header. */
  readonly extra?: Buffer;
  readonly localExtra?: Buffer;
  /** The compressed data, where it is no deflated `data`; stored as it is with the method 0. */
  readonly packed?: Buffer;
  readonly method?: number;
  /** Bytes behind the data, such as a data descriptor. */
  readonly behind?: Buffer;
  /** What the local header says of sizes and checksum, where it differs. */
  readonly localSizes?: readonly [checksum: number, packed: number, size: number];
}

/** One extra field of a ZIP entry. */
export function zipField(id: number, data: Buffer): Buffer {
  return Buffer.concat([uint16le(id), uint16le(data.length), data]);
}

/** A ZIP with deflated entries. `gap` stands before its directory, `comment` at its end. */
export function zip(
  entries: readonly ZipEntry[],
  { gap = Buffer.alloc(0), comment = Buffer.alloc(0) }: { readonly gap?: Buffer; readonly comment?: Buffer } = {},
): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const entry of entries) {
    const { name, data = Buffer.from('text'), localName = name, flags = 0, mode = 0o100644, method = 8 } = entry;
    const { extra = Buffer.alloc(0), localExtra = Buffer.alloc(0), behind = Buffer.alloc(0) } = entry;
    const packed = entry.packed ?? deflateRawSync(data);
    const sizes = [entry.checksum ?? crc32(data), packed.length, entry.declaredSize ?? data.length] as const;
    const common = (values: readonly number[]) =>
      Buffer.concat([uint16le(20), uint16le(flags), uint16le(method), uint32le(0), ...values.map(uint32le)]);
    const lengths = (text: string, field: Buffer) =>
      Buffer.concat([uint16le(Buffer.byteLength(text)), uint16le(field.length)]);
    const local = Buffer.concat([
      uint32le(0x04034b50),
      common(entry.localSizes ?? sizes),
      lengths(localName, localExtra),
      Buffer.from(localName),
      localExtra,
      packed,
      behind,
    ]);
    const attributes = Buffer.concat([Buffer.alloc(8), uint16le(mode), uint32le(at)]);
    const head = Buffer.concat([uint32le(0x02014b50), uint16le(0x031e), common(sizes), lengths(name, extra)]);
    directory.push(Buffer.concat([head, attributes, Buffer.from(name), extra]));
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const counts = Buffer.concat([uint32le(0), uint16le(entries.length), uint16le(entries.length)]);
  const places = Buffer.concat([uint32le(central.length), uint32le(at + gap.length), uint16le(comment.length)]);
  return Buffer.concat([...locals, gap, central, uint32le(0x06054b50), counts, places, comment]);
}

/** The beginning of a Windows program, whole enough for every detector. */
export function executable(): Buffer {
  const bytes = Buffer.alloc(1024);
  bytes.write('MZ', 'latin1');
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80, 'latin1');
  bytes.write('This program cannot be run in DOS mode', 0x4e, 'latin1');
  return bytes;
}

/** One part of a form. Without a name it is a plain field. */
export interface FormPart {
  readonly field?: string;
  readonly name?: string;
  readonly type?: string;
  readonly bytes: Buffer | string;
  /** Further header lines of the part. */
  readonly headers?: readonly string[];
}

export const BOUNDARY = 'form-boundary-7f3a';

/** A form, with the headers to send it by. */
export function form(...parts: readonly FormPart[]): {
  readonly body: Buffer;
  readonly headers: { readonly 'content-type': string };
} {
  const chunks = parts.flatMap(({ field = 'file', name, type, bytes, headers = [] }) => {
    const disposition = `form-data; name="${field}"${name === undefined ? '' : `; filename="${name}"`}`;
    const lines = [
      `--${BOUNDARY}`,
      `Content-Disposition: ${disposition}`,
      ...(type === undefined ? [] : [`Content-Type: ${type}`]),
      ...headers,
    ];
    return [Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), Buffer.from(bytes), Buffer.from('\r\n')];
  });
  return {
    body: Buffer.concat([...chunks, Buffer.from(`--${BOUNDARY}--\r\n`)]),
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
  };
}

/** One segment of a JPEG. */
export function segment(marker: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xff, marker]), uint16(data.length + 2), data]);
}

/** One chunk of a WebP. */
export function riffChunk(name: string, data: Buffer): Buffer {
  const padding = Buffer.alloc(data.length % 2);
  return Buffer.concat([latin1(name), uint32le(data.length), data, padding]);
}

function latin1(text: string | Buffer): Buffer {
  return typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32le(value: number): Buffer {
  return uint32(value).reverse();
}

function uint16le(value: number): Buffer {
  return uint16(value).reverse();
}

/** The EICAR test file. In parts, because a scanner on the machine of a developer would remove a file that holds it. */
export function eicar(end = ''): Buffer {
  const parts = ['X5O!P%@AP', '[4\\PZX54(P^)', '7CC)7}$EICAR-STANDARD', '-ANTIVIRUS-TEST-FILE', '!$H+H*'];
  return Buffer.from(parts.join('') + end);
}
