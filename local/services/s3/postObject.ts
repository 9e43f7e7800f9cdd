/**
 * Uploads by form: what a presigned POST allows a client to do.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { Readable } from 'node:stream';
import type busboy from 'busboy';
import type { BucketModel } from '../../assembly/model.ts';
import { ALGORITHM, type Scope, verifyString } from '../signature.ts';
import { checkDigests, objectHeaders } from './attributes.ts';
import { checkDenials } from './bucketPolicy.ts';
import { S3Error } from './error.ts';
import { checkPolicy, type FormFields, lengthRange, readPolicy } from './postPolicy.ts';
import type { ObjectRecord, ObjectStore, Received } from './store.ts';

/** Maximum size of the fields before the file. */
const FIELDS_BYTES = 20_480;
/** Fields of the request and its response; none of them belongs to the object. */
const OF_REQUEST =
  /^(?:bucket|key|policy|x-amz-(?:algorithm|credential|date|signature|security-token)|success_action_status|x-ignore-.*)$/;
/** Fields of the object. Other fields would do nothing here, so they are rejected. */
const OF_OBJECT =
  /^(?:content-(?:type|disposition|encoding|md5)|cache-control|expires|x-amz-meta-.+|x-amz-checksum-(?:sha256|algorithm)|x-amz-server-side-encryption)$/;

/** An object that was made, and the status that the client requested. */
export interface Posted {
  readonly record: ObjectRecord;
  readonly status: 200 | 201 | 204;
}

/** What takes an upload. */
export interface PostTarget {
  readonly store: ObjectStore;
  readonly bucket: BucketModel;
  readonly scope: Scope;
}

/**
 * Makes an object from a form. Signature and policy are checked before the file is read, so nothing is stored that is not
 * allowed. Fields after the file are ignored.
 *
 * @throws {S3Error} with S3's codes.
 */
export async function postObject(request: IncomingMessage, target: PostTarget): Promise<Posted> {
  const fields = new Map([['bucket', target.bucket.name]]);
  const file = await untilFile(request, fields);
  let received: Received | undefined;
  try {
    const key = allowed(fields, target.scope, file.name);
    const { store, bucket } = target;
    checkDenials(bucket, { request, action: 's3:PutObject', key, object: store.find(bucket.name, key) });
    const { min, max } = lengthRange(readPolicy(fields.get('policy') ?? ''));
    received = await store.receive(file.stream, max);
    if (received.size < min)
      throw new S3Error('EntityTooSmall', 'Your proposed upload is smaller than the minimum size');
    checkDigests(received, (name) => fields.get(name));
    const record = store.put(bucket.name, received, { key, headers: objectHeaders(fields), tags: {} });
    return { record, status: statusOf(fields.get('success_action_status')) };
  } catch (error) {
    received?.discard();
    throw file.stream.errored === null ? error : malformed();
  } finally {
    file.stream.resume();
  }
}

/**
 * Checks that the maker of the form is allowed to upload this.
 *
 * @returns the key of the object.
 */
function allowed(fields: FormFields, scope: Scope, fileName: string): string {
  const field = (name: string) => fields.get(name) ?? '';
  if (field('policy') === '') throw new S3Error('AccessDenied', 'Access Denied: the form has no policy');
  if (field('x-amz-algorithm') !== ALGORITHM) throw new S3Error('InvalidArgument', `Only ${ALGORITHM} is supported`);
  if (field('key') === '') throw new S3Error('InvalidArgument', "Bucket POST must contain a field named 'key'.");
  const credential = field('x-amz-credential');
  verifyString(field('policy'), field('x-amz-signature'), { credential, scope });
  checkPolicy(readPolicy(field('policy')), fields, Date.now());
  const idle = [...fields.keys()].filter((name) => !OF_REQUEST.test(name) && !OF_OBJECT.test(name));
  if (idle.length > 0) throw new S3Error('NotImplemented', `Not emulated locally: ${idle.join(', ')}`);
  return field('key').replaceAll(/\$\{filename\}/g, () => fileName);
}

/** Reads the fields of a form up to its file. */
function untilFile(
  request: IncomingMessage,
  fields: Map<string, string>,
): Promise<{ readonly name: string; readonly stream: Readable }> {
  return new Promise((done, fail) => {
    let size = 0;
    let isFileFound = false;
    let parser: busboy.Busboy;
    try {
      // Loaded at the first form. At once, because a client that breaks off meanwhile would not be noticed.
      const parse: typeof busboy = createRequire(import.meta.url)('busboy');
      parser = parse({ headers: request.headers, limits: { fieldSize: FIELDS_BYTES, files: 1 } });
    } catch {
      return fail(malformed());
    }
    parser.on('field', (name, value) => {
      size += Buffer.byteLength(value);
      if (size > FIELDS_BYTES) {
        return fail(
          new S3Error(
            'MaxPostPreDataLengthExceeded',
            'Your POST request fields preceding the upload file are too large.',
          ),
        );
      }
      const known = name.toLowerCase();
      if (known === 'bucket' || isFileFound) return;
      fields.set(known, value);
    });
    parser.on('file', (field, stream, { filename }) => {
      isFileFound = true;
      // The reader of the file gets the error; a rejected file has no reader.
      stream.on('error', () => undefined);
      if (field === 'file') return done({ name: filename ?? '', stream });
      stream.resume();
      return fail(new S3Error('InvalidArgument', "POST requires exactly one file upload, in the field 'file'."));
    });
    parser.on('error', () => fail(malformed()));
    parser.on('close', () =>
      fail(new S3Error('IncorrectNumberOfFilesInPostRequest', 'POST requires exactly one file upload per request.')),
    );
    request.once('close', () => {
      if (!request.complete) parser.destroy(new Error('the client broke off'));
    });
    request.pipe(parser);
  });
}

function statusOf(text: string | undefined): Posted['status'] {
  return text === '200' ? 200 : text === '201' ? 201 : 204;
}

function malformed(): S3Error {
  return new S3Error('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.');
}
