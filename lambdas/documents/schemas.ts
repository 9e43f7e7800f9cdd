import { Type } from 'typebox';
import { object } from '../../lib/definition/index.ts';
import { ATTACHMENT_MEDIA, MAX_ATTACHMENTS, MAX_PRESIGNED_BYTES } from './logic/attachment.ts';

/** Synth-time code: the functions never bundle this file, they receive compiled validators. */

const Title = Type.String({ minLength: 1, maxLength: 200 });
const Body = Type.String({ maxLength: 10_000 });
const Tag = Type.String({ minLength: 1, maxLength: 32, pattern: '^[a-z0-9-]+$' });
const Tags = Type.Array(Tag, { maxItems: 20 });
const Time = Type.String({ format: 'date-time', maxLength: 32 });

/** Whether readers see a document as finished. */
export const Status = Type.Enum(['draft', 'published'], { $id: 'Status' });

/** The identifier of a document. */
export const DocumentId = Type.String({ format: 'uuid' });

/** What a caller sends to create or replace a document. */
export const NewDocument = object(
  { title: Title, body: Type.Optional(Body), tags: Type.Optional(Tags) },
  { $id: 'NewDocument' },
);

/** A document as it is returned. */
export const Document = object(
  {
    id: DocumentId,
    title: Title,
    body: Body,
    tags: Tags,
    status: Status,
    version: Type.Integer({ minimum: 1 }),
    createdAt: Time,
    updatedAt: Time,
  },
  { $id: 'Document' },
);

/** One page of documents, newest first; `nextCursor` only when there are more. */
export const DocumentPage = object(
  {
    items: Type.Array(Document, { maxItems: 100 }),
    nextCursor: Type.Optional(Type.String({ maxLength: 512 })),
  },
  { $id: 'DocumentPage' },
);

/** Who the caller is, as the API understands it. */
export const Me = object(
  {
    subject: Type.String({ maxLength: 256 }),
    roles: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 }),
    permissions: Type.Array(Type.String({ maxLength: 128 }), { maxItems: 256 }),
    tier: Type.String({ maxLength: 64 }),
  },
  { $id: 'Me' },
);

const FileName = Type.String({ minLength: 1, maxLength: 255 });
const FileType = Type.Enum([...ATTACHMENT_MEDIA]);
const FileSize = Type.Integer({ minimum: 1, maximum: MAX_PRESIGNED_BYTES });
/** SHA-256 in base64. The last character has four bits of the 256: another one is a spelling that S3 never computes. */
const Checksum = Type.String({ minLength: 44, maxLength: 44, pattern: '^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$' });

/** The identifier of an attachment. */
export const AttachmentId = Type.String({ format: 'uuid' });

/** A file of a document. Its bytes can be read once a scan has released it. */
export const Attachment = object(
  {
    id: AttachmentId,
    name: FileName,
    type: FileType,
    size: FileSize,
    sha256: Checksum,
    state: Type.Enum(['awaiting', 'quarantined', 'released', 'rejected']),
    createdAt: Time,
  },
  { $id: 'Attachment' },
);

/** The files of a document, oldest first. */
export const AttachmentList = object(
  { items: Type.Array(Attachment, { maxItems: MAX_ATTACHMENTS }) },
  { $id: 'AttachmentList' },
);

/** A file that the caller is going to upload to the bucket. */
export const NewAttachment = object(
  { name: FileName, type: FileType, size: FileSize, sha256: Checksum },
  { $id: 'NewAttachment' },
);

/** Where a released file can be read until the address expires. */
export const Download = object({ url: Type.String({ maxLength: 8_192 }), expiresAt: Time }, { $id: 'Download' });

const Field = Type.String({ maxLength: 8_192 });

/** A form to be sent as `multipart/form-data` to `url`, with all of `fields` and, last of all, the bytes in `file`. */
export const PresignedUpload = object(
  {
    id: AttachmentId,
    expiresAt: Time,
    url: Type.String({ maxLength: 512 }),
    fields: object({
      key: Field,
      'Content-Type': Field,
      'Content-Disposition': Field,
      'x-amz-checksum-algorithm': Field,
      'x-amz-checksum-sha256': Field,
      success_action_status: Field,
      'x-amz-algorithm': Field,
      'x-amz-credential': Field,
      'x-amz-date': Field,
      'x-amz-security-token': Type.Optional(Field),
      policy: Type.String({ maxLength: 16_384 }),
      'x-amz-signature': Field,
    }),
  },
  { $id: 'PresignedUpload' },
);

/** The limits of a caller, as far as they are known. */
export const Limits = object(
  {
    tier: Type.String({ maxLength: 64 }),
    limits: Type.Array(
      object({
        name: Type.String({ maxLength: 128 }),
        requests: Type.Integer({ minimum: 1 }),
        perSeconds: Type.Optional(Type.Integer({ minimum: 1 })),
        remaining: Type.Optional(Type.Integer({ minimum: 0 })),
        resetSeconds: Type.Optional(Type.Integer({ minimum: 0 })),
      }),
      { maxItems: 8 },
    ),
  },
  { $id: 'Limits' },
);
