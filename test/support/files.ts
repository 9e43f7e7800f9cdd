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

/** An object stream of a PDF that holds one object, compressed. */
export function objectStream(object: string, more = ''): Buffer {
  const data = deflateSync(Buffer.from(`9 0 ${object}`));
  const dictionary = `<< /Type /ObjStm /N 1 /First 4 ${more}/Filter /FlateDecode /Length ${data.length} >>`;
  return Buffer.concat([latin1(`${dictionary}\nstream\n`), data, latin1('\nendstream')]);
}

/** A JPEG in its segments: a frame, a scan with a stuffed byte and a restart marker, an end. */
export function jpeg(width = 8, height = 8): Buffer {
  const frame = Buffer.concat([Buffer.from([8]), uint16(height), uint16(width), Buffer.from([1, 1, 0x11, 0])]);
  const scan = Buffer.from([1, 1, 0, 0, 63, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('4a46494600010100000100010000', 'hex')),
    segment(0xdb, Buffer.alloc(65, 1)),
    segment(0xc0, frame),
    segment(0xc4, Buffer.alloc(20, 1)),
    segment(0xda, scan),
    Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, 0xff, 0xd9]),
  ]);
}

/** A GIF with frames of a size. */
export function gif(width = 2, height = 2, frames = 1): Buffer {
  const screen = Buffer.concat([latin1('GIF89a'), uint16le(width), uint16le(height), Buffer.from([0x80, 0, 0])]);
  const frame = Buffer.concat([
    Buffer.from('21f9040000000000', 'hex'),
    Buffer.from([0x2c, 0, 0, 0, 0]),
    uint16le(width),
    uint16le(height),
    Buffer.from([0, 2, 2, 0x4c, 0x01, 0]),
  ]);
  return Buffer.concat([screen, Buffer.alloc(6, 0x7f), ...Array(frames).fill(frame), Buffer.from([0x3b])]);
}

/** A WebP, lossless, lossy or extended. */
export function webp(kind: 'VP8 ' | 'VP8L' | 'VP8X', width = 4, height = 3): Buffer {
  if (kind === 'VP8 ') return riff([lossy(width, height)]);
  if (kind === 'VP8X') {
    const canvas = Buffer.alloc(10);
    canvas.writeUIntLE(width - 1, 4, 3);
    canvas.writeUIntLE(height - 1, 7, 3);
    return riff([riffChunk(kind, canvas), lossy(1, 1)]);
  }
  const lossless = Buffer.alloc(6);
  lossless[0] = 0x2f;
  lossless.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  return riff([riffChunk(kind, lossless)]);
}

function lossy(width: number, height: number): Buffer {
  return riffChunk('VP8 ', Buffer.concat([Buffer.from('0000009d012a', 'hex'), uint16le(width), uint16le(height)]));
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
}

/** A ZIP with deflated entries. */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data = Buffer.from('text'), localName = name, flags = 0, mode = 0o100644 } of entries) {
    const packed = deflateRawSync(data);
    const common = Buffer.concat([
      uint16le(20),
      uint16le(flags),
      uint16le(8),
      uint32le(0),
      uint32le(crc32(data)),
      uint32le(packed.length),
      uint32le(data.length),
    ]);
    const lengths = (text: string) => Buffer.concat([uint16le(Buffer.byteLength(text)), uint16le(0)]);
    const local = Buffer.concat([uint32le(0x04034b50), common, lengths(localName), Buffer.from(localName), packed]);
    const attributes = Buffer.concat([
      uint16le(0),
      uint16le(0),
      uint16le(0),
      uint16le(0),
      uint16le(mode),
      uint32le(at),
    ]);
    directory.push(
      Buffer.concat([uint32le(0x02014b50), uint16le(0x031e), common, lengths(name), attributes, Buffer.from(name)]),
    );
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(directory);
  const counts = Buffer.concat([uint32le(0), uint16le(entries.length), uint16le(entries.length)]);
  const end = Buffer.concat([uint32le(0x06054b50), counts, uint32le(central.length), uint32le(at), uint16le(0)]);
  return Buffer.concat([...locals, central, end]);
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

function segment(marker: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xff, marker]), uint16(data.length + 2), data]);
}

function riffChunk(name: string, data: Buffer): Buffer {
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
