import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, renameSync, rmSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { privateDirectory, readIfPresent, writePrivateFile } from '../files.ts';
import { S3Error } from './error.ts';

/** The stored metadata of an object. */
export interface ObjectRecord {
  readonly key: string;
  /** Name of the file that holds the bytes. */
  readonly file: string;
  readonly size: number;
  /** MD5 of the bytes in hexadecimal, as S3 makes it for objects that came in one piece. */
  readonly etag: string;
  /** ISO 8601. */
  readonly modified: string;
  /** Headers that are returned with it, in lower case: `content-type`, `content-disposition`, `x-amz-meta-…`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** Bytes that arrived and belong to no object yet. */
export interface Received {
  readonly file: string;
  readonly size: number;
  readonly md5: Buffer;
  readonly sha256: Buffer;
  readonly crc32: Buffer;
  /** Removes them again. */
  discard(): void;
}

/** Objects on disk, under `<data>/s3`. No key becomes a path: files are named after hashes. */
export interface ObjectStore {
  /** @throws {S3Error} `EntityTooLarge` as soon as there are more bytes than `limit`. */
  receive(bytes: Readable, limit: number): Promise<Received>;
  /** Makes an object of what was received, in place of one of the same key; a reader sees the old one or the new. */
  put(bucket: string, received: Received, object: Pick<ObjectRecord, 'key' | 'headers' | 'tags'>): ObjectRecord;
  find(bucket: string, key: string): ObjectRecord | undefined;
  /** The objects of a bucket; those that are put or removed meanwhile may be among them. */
  objects(bucket: string): AsyncIterable<ObjectRecord>;
  /** Where the bytes are. */
  path(record: ObjectRecord): string;
  read(record: ObjectRecord): Readable;
  tag(bucket: string, key: string, tags: Readonly<Record<string, string>>): void;
  /** A key that had an object remembers that it was removed, as a delete marker does. */
  remove(bucket: string, key: string): void;
  wasRemoved(bucket: string, key: string): boolean;
}

/** Opens the store; what an interrupted upload left is removed. */
export function openStore(data: string): ObjectStore {
  const root = privateDirectory(join(data, 's3'));
  const bytesIn = privateDirectory(join(root, 'bytes'));
  rmSync(join(root, 'arriving'), { recursive: true, force: true });
  const arriving = privateDirectory(join(root, 'arriving'));
  const folder = (bucket: string) => join(root, 'objects', hash(bucket));
  const recordPath = (bucket: string, key: string) => join(folder(bucket), `${hash(key)}.json`);
  const marker = (bucket: string, key: string) => join(folder(bucket), `${hash(key)}.removed`);
  const load = (path: string) => {
    const text = readIfPresent(path);
    return text === undefined ? undefined : (JSON.parse(text) as ObjectRecord);
  };
  const find = (bucket: string, key: string) => load(recordPath(bucket, key));
  const path = ({ file }: ObjectRecord) => join(bytesIn, file);
  const write = (bucket: string, record: ObjectRecord) =>
    writePrivateFile(recordPath(bucket, record.key), JSON.stringify(record));
  return {
    receive: (bytes, limit) => receive(join(arriving, randomUUID()), bytes, limit),
    put(bucket, received, object) {
      const before = find(bucket, object.key);
      const file = randomUUID();
      const { size, md5 } = received;
      const record = { ...object, file, size, etag: md5.toString('hex'), modified: new Date().toISOString() };
      renameSync(received.file, join(bytesIn, file));
      write(bucket, record);
      rmSync(marker(bucket, object.key), { force: true });
      if (before !== undefined) rmSync(path(before), { force: true });
      return record;
    },
    find,
    async *objects(bucket) {
      for (const name of await readdir(folder(bucket)).catch(() => [])) {
        const record = name.endsWith('.json') ? load(join(folder(bucket), name)) : undefined;
        if (record !== undefined) yield record;
      }
    },
    path,
    read: (record) => createReadStream(path(record)),
    tag(bucket, key, tags) {
      const record = find(bucket, key);
      if (record !== undefined) write(bucket, { ...record, tags });
    },
    remove(bucket, key) {
      const record = find(bucket, key);
      if (record === undefined) return;
      writePrivateFile(marker(bucket, key), '');
      rmSync(recordPath(bucket, key), { force: true });
      rmSync(path(record), { force: true });
    },
    wasRemoved: (bucket, key) => readIfPresent(marker(bucket, key)) !== undefined,
  };
}

/** Writes bytes to a file and measures them. The stream is left open when there are too many: its sender expects a response. */
async function receive(file: string, bytes: Readable, limit: number): Promise<Received> {
  const hashes = { md5: createHash('md5'), sha256: createHash('sha256') };
  const discard = () => rmSync(file, { force: true });
  const handle = await open(file, 'wx', 0o600);
  let size = 0;
  let crc = 0;
  try {
    for await (const part of bytes.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > limit) throw new S3Error('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size');
      for (const each of Object.values(hashes)) each.update(part);
      crc = crc32(part, crc);
      await handle.write(part);
    }
    await handle.sync();
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc);
    return { file, size, md5: hashes.md5.digest(), sha256: hashes.sha256.digest(), crc32: sum, discard };
  } catch (error) {
    discard();
    throw error;
  } finally {
    await handle.close();
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
