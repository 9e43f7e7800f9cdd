import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { ListObjectsV2Command, PutObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { expect, vi } from 'vitest';
import { handler as addAttachment } from '../../../lambdas/documents/addAttachment.ts';
import { documents } from '../../../lambdas/documents/api.ts';
import { handler as createDocument } from '../../../lambdas/documents/createDocument.ts';
import type { StoredAttachment } from '../../../lambdas/documents/data/attachments.ts';
import { openBucket } from '../../../lambdas/documents/data/bucket.ts';
import { handler as deleteAttachment } from '../../../lambdas/documents/deleteAttachment.ts';
import { handler as deleteDocument } from '../../../lambdas/documents/deleteDocument.ts';
import { handler as downloadAttachment } from '../../../lambdas/documents/downloadAttachment.ts';
import { handler as listAttachments } from '../../../lambdas/documents/listAttachments.ts';
import { type Attachment, objectKey } from '../../../lambdas/documents/logic/attachment.ts';
import { handler as presignAttachment } from '../../../lambdas/documents/presignAttachment.ts';
import { localTls } from '../../../local/services/certificates.ts';
import { startS3 } from '../../../local/services/s3/start.ts';
import { openStore } from '../../../local/services/s3/store.ts';
import { access } from '../../../local/test/support/services.ts';
import { form, pdf, png } from '../../support/files.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { call, serveApi, type TestRequest } from '../runtime/support.ts';
import { startTable } from './support.ts';

const { credentials } = access;
const bucketName = 'uploads-of-tests';

/** A local table and a local bucket, and the functions of attachments that use them. */
export type AttachmentStores = Awaited<ReturnType<typeof startStores>>;

/** Starts both, and sets the environment of the functions. */
export async function startStores() {
  const trusted = getCACertificates('default');
  const table = await startTable();
  const data = temporaryFolder();
  const tls = await localTls(data);
  const bucket = { logicalId: 'Uploads', name: bucketName, isVersioned: true, denials: [], scannedPrefixes: [] };
  const s3 = await startS3({ data, buckets: [bucket], tls, access, print: () => undefined });
  setDefaultCACertificates([...trusted, tls.caPem]);
  const client = new S3Client({ region: 'eu-west-1', endpoint: s3.url, credentials });
  const environment = {
    TABLE_NAME: table.name,
    BUCKET_NAME: bucketName,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const served = serveApi(documents, [
    createDocument,
    deleteDocument,
    addAttachment,
    listAttachments,
    presignAttachment,
    downloadAttachment,
    deleteAttachment,
  ]);
  const send = (method: string, resource: string, rest: Partial<TestRequest> = {}) =>
    call(served, { method, resource, ...rest });
  const ATTACHMENTS = '/documents/{id}/attachments';
  const ONE = `${ATTACHMENTS}/{attachmentId}`;
  const pathOf = (id: string, attachmentId: unknown) => ({ path: { id, attachmentId: String(attachmentId) } });
  const keyOf = (documentId: string, id: unknown) => ({
    Bucket: bucketName,
    Key: objectKey({ documentId, id: String(id) }),
  });
  return {
    table,
    environment,
    client,
    /** Where forms are sent. */
    url: `${s3.url}/${bucketName}`,
    stores: { table, bucket: () => openBucket(process.env) },
    send,
    keyOf,
    createDocument: async () => {
      const { json } = await send('POST', '/documents', { roles: 'editor', body: { title: 'With files' } });
      return String(json['id']);
    },
    add(id: string, { bytes = png(), name = 'a.png', type = 'image/png', roles = 'editor' } = {}) {
      const { body, headers } = form({ name, type, bytes });
      const raw = { raw: body.toString('base64'), base64: true, headers: { 'Content-Type': headers['content-type'] } };
      return send('POST', ATTACHMENTS, { roles, path: { id }, ...raw });
    },
    announce(id: string, change: object = {}, roles = 'editor') {
      const body = { name: 'a.pdf', type: 'application/pdf', size: pdf().length, sha256: sha256(pdf()), ...change };
      return send('POST', `${ATTACHMENTS}/presign`, { roles, body, path: { id } });
    },
    async upload(presigned: Readonly<Record<string, unknown>>, bytes = pdf(), change: object = {}) {
      const sent = new FormData();
      const fields = { ...(presigned['fields'] as Record<string, string>), ...change };
      for (const [name, value] of Object.entries(fields)) sent.append(name, value);
      sent.append('file', new Blob([new Uint8Array(bytes)]));
      return (await fetch(String(presigned['url']), { method: 'POST', body: sent })).status;
    },
    async list(id: string) {
      const { statusCode, json } = await send('GET', ATTACHMENTS, { roles: 'viewer', path: { id } });
      expect(statusCode).toBe(200);
      return json['items'] as readonly Attachment[];
    },
    download: (id: string, attachmentId: unknown, roles = 'viewer') =>
      send('GET', `${ONE}/content`, { roles, ...pathOf(id, attachmentId) }),
    remove: (id: string, attachmentId: unknown, roles = 'admin') =>
      send('DELETE', ONE, { roles, ...pathOf(id, attachmentId) }),
    removeDocument: (id: string) => send('DELETE', '/documents/{id}', { roles: 'admin', path: { id } }),
    scanned: (id: string, attachmentId: unknown, Value: string) =>
      client.send(
        new PutObjectTaggingCommand({
          ...keyOf(id, attachmentId),
          Tagging: { TagSet: [{ Key: 'GuardDutyMalwareScanStatus', Value }] },
        }),
      ),
    /** Puts objects behind the back of the service, faster than requests could. */
    putObjects(keys: readonly string[]) {
      const store = openStore(data);
      for (const key of keys) {
        const file = join(data, 'object');
        writeFileSync(file, 'x');
        const digests = { md5: Buffer.alloc(16), sha256: Buffer.alloc(32), crc32: Buffer.alloc(4) };
        const received = { file, size: 1, ...digests, discard: () => undefined };
        store.put(bucketName, received, { key, headers: {}, tags: {} });
      }
    },
    /** Keys of the objects of a document. */
    async objects(id: string) {
      const listed = await client.send(new ListObjectsV2Command({ Bucket: bucketName, Prefix: `uploads/${id}/` }));
      return (listed.Contents ?? []).map(({ Key }) => Key);
    },
    async close() {
      setDefaultCACertificates(trusted);
      vi.unstubAllEnvs();
      client.destroy();
      await s3.close();
      await table.close();
    },
  };
}

/** An attachment that awaits its bytes, as it is stored. */
export function attachmentOf(change: Partial<StoredAttachment>): StoredAttachment {
  return {
    id: uuid(1),
    documentId: uuid(0),
    name: 'a.pdf',
    type: 'application/pdf',
    size: 7,
    sha256: sha256(Buffer.from('a')),
    state: 'awaiting',
    createdAt: '2026-11-25T08:00:00.000Z',
    place: 'attachment#00',
    ...change,
  };
}

export function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64');
}
