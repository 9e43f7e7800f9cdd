import { Type } from 'typebox';
import { defineApi, defineRoles, del, get, object, post, put, withDefault } from '../../lib/definition/index.ts';
import review from './access-review.json' with { type: 'json' };
import { IMAGE_TYPES, MAX_DIRECT_BYTES } from './logic/attachment.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from './logic/pagination.ts';
import {
  Attachment,
  AttachmentId,
  AttachmentList,
  Document,
  DocumentId,
  DocumentPage,
  Download,
  Limits,
  Me,
  NewAttachment,
  NewDocument,
  PresignedUpload,
  Status,
} from './schemas.ts';

const roles = defineRoles(
  {
    viewer: { can: ['document:read'] },
    editor: { extends: ['viewer'], can: ['document:create', 'document:update'] },
    manager: { extends: ['editor'], can: ['document:publish', 'report:read'] },
    admin: { extends: ['manager'], can: ['document:delete', 'client:manage'] },
  },
  review,
);

const byId = object({ id: DocumentId });
const byAttachmentId = object({ id: DocumentId, attachmentId: AttachmentId });
/** A body of 10,000 characters, each written as two escapes (`\\ud83d\\ude00`), with title and tags. */
const LARGEST_DOCUMENT = 131_072;
const etag = { ETag: 'The version of the document, for If-Match.' };

/**
 * The definition of the sample service. Read when the stack is synthesized; the functions take only its type.
 */
export const documents = defineApi({
  name: 'documents',
  version: '1.0.0',
  title: 'Documents',
  description: 'Keeps documents that are written as drafts and published once they are done.',
  roles,
  tiers: {
    free: { rate: 10, burst: 20, quota: { requests: 10_000, per: 'DAY' } },
    premium: { rate: 100, burst: 200, quota: { requests: 5_000_000, per: 'MONTH' } },
  },
  anonymous: { rate: 50, burst: 100 },
  routes: {
    health: get('/health', {
      public: 'liveness probe: shows only that the API responds',
      summary: 'Whether the API responds',
      responses: { 200: { description: 'The API responds', body: object({ status: Type.Literal('ok') }) } },
    }),
    me: get('/me', {
      authenticated: 'callers may always see who they are to the API',
      summary: 'The caller, with roles, permissions and tier',
      responses: { 200: { description: 'The caller', body: Me } },
    }),
    myLimits: get('/me/limits', {
      authenticated: 'callers may always see how much they may still ask for',
      summary: 'The limits of the caller, and what remains where that is known',
      responses: { 200: { description: 'The limits', body: Limits } },
    }),
    listDocuments: get('/documents', {
      permission: 'document:read',
      summary: 'List documents, newest first',
      query: object({
        limit: withDefault(Type.Integer({ minimum: 1, maximum: MAX_PAGE_SIZE }), DEFAULT_PAGE_SIZE),
        cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 512, pattern: '^[A-Za-z0-9_-]+$' })),
        status: Type.Optional(Status),
      }),
      responses: { 200: { description: 'A page of documents', body: DocumentPage } },
    }),
    createDocument: post('/documents', {
      permission: 'document:create',
      summary: 'Create a draft',
      body: NewDocument,
      maxBodyBytes: LARGEST_DOCUMENT,
      idempotency: true,
      responses: {
        201: {
          description: 'The draft',
          body: Document,
          headers: { Location: 'Path of the document.', ...etag },
        },
      },
    }),
    getDocument: get('/documents/{id}', {
      permission: 'document:read',
      summary: 'Read a document',
      path: byId,
      responses: { 200: { description: 'The document', body: Document, headers: etag } },
      problems: [404],
    }),
    updateDocument: put('/documents/{id}', {
      permission: 'document:update',
      summary: 'Replace the content of a document',
      path: byId,
      headers: object({ 'if-match': Type.Optional(Type.String({ minLength: 1, maxLength: 128 })) }),
      body: NewDocument,
      maxBodyBytes: LARGEST_DOCUMENT,
      responses: { 200: { description: 'The new version', body: Document, headers: etag } },
      problems: [404, 412, 428],
    }),
    deleteDocument: del('/documents/{id}', {
      permission: 'document:delete',
      summary: 'Delete a document',
      path: byId,
      responses: { 204: { description: 'It is gone' } },
      problems: [404],
    }),
    publishDocument: post('/documents/{id}/publish', {
      permission: 'document:publish',
      summary: 'Publish a draft',
      path: byId,
      responses: { 200: { description: 'The published document', body: Document, headers: etag } },
      problems: [404, 409],
    }),
    addAttachment: post('/documents/{id}/attachments', {
      permission: 'document:update',
      summary: 'Attach an image',
      description: 'Nobody can read the file until a scan has released it.',
      path: byId,
      upload: { field: 'file', maxBytes: MAX_DIRECT_BYTES, types: IMAGE_TYPES },
      responses: { 201: { description: 'The attachment', body: Attachment } },
      problems: [404, 409],
      // The parsers of files, and the right to write into the bucket, are for this function alone.
      isolate: true,
      memoryMb: 512,
      timeoutSeconds: 20,
    }),
    listAttachments: get('/documents/{id}/attachments', {
      permission: 'document:read',
      summary: 'List the files of a document, oldest first',
      path: byId,
      responses: { 200: { description: 'The attachments', body: AttachmentList } },
      problems: [404],
    }),
    downloadAttachment: get('/documents/{id}/attachments/{attachmentId}/content', {
      permission: 'document:read',
      summary: 'Ask for an address from which a released file can be read',
      description: 'Send `GET` to `url`, without a token. It is valid for one minute.',
      path: byAttachmentId,
      responses: { 200: { description: 'The address', body: Download } },
      problems: [404, 409],
      // The right to read files is for this function alone.
      isolate: true,
    }),
    deleteAttachment: del('/documents/{id}/attachments/{attachmentId}', {
      // An editor changes documents and adds files to them, and deletes neither.
      permission: 'document:delete',
      summary: 'Delete a file of a document',
      path: byAttachmentId,
      responses: { 204: { description: 'It is gone' } },
      problems: [404],
    }),
    presignAttachment: post('/documents/{id}/attachments/presign', {
      permission: 'document:update',
      summary: 'Ask for a form that uploads a large file',
      description:
        'Send the form to `url` as `multipart/form-data`: all of `fields`, then the bytes in `file`. It takes the one file that was announced, and is valid for five minutes.',
      path: byId,
      body: NewAttachment,
      responses: { 200: { description: 'The form', body: PresignedUpload } },
      problems: [404, 409, 422],
      isolate: true,
    }),
  },
});
