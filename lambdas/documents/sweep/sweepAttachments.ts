import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { discardAttachment, type Stores } from '../attachmentLifecycle.ts';
import { findAttachments, type StoredAttachment, scanAttachments } from '../data/attachments.ts';
import { listObjects, removeBytes, type StoredObject } from '../data/bucket.ts';
import { findDocument } from '../data/documents.ts';
import { store } from '../data/store.ts';
import { isOverdue, objectPrefix } from '../logic/attachment.ts';

/** What a sweep has done. */
interface Swept {
  /** Objects without a row: uploaded by a form after their document or attachment was deleted. */
  objects: number;
  /** Rows without an object or a document: never uploaded, removed by the bucket's lifecycle, or left by a failure. */
  rows: number;
  /** Why something was not removed. */
  readonly failures: unknown[];
}

/** Documents that are looked at at once. */
const CONCURRENCY = 8;

/**
 * The function that EventBridge invokes. Each run looks at everything, so none depends on the one before.
 *
 * @throws {Error} when something was not removed, after everything else was.
 */
export async function handler(): Promise<void> {
  const metrics = new Metrics({ namespace: 'Documents', serviceName: 'attachments' });
  const { objects, rows, failures } = await sweepAttachments(store(), new Date());
  metrics.addMetric('OrphanedObjectsRemoved', MetricUnit.Count, objects);
  metrics.addMetric('OrphanedRowsRemoved', MetricUnit.Count, rows);
  metrics.publishStoredMetrics();
  if (failures.length > 0) throw new Error(`${failures.length} parts of the sweep failed, such as: ${failures[0]}`);
}

/**
 * Makes table and bucket agree again: removes each object without a row, and each row without an object or a document. What is
 * younger than an upload can take stays. Running it twice, or two at once, does no harm.
 */
export async function sweepAttachments(stores: Stores, now: Date): Promise<Readonly<Swept>> {
  const swept: Swept = { objects: 0, rows: 0, failures: [] };
  const bucket = stores.bucket();
  for await (const page of listObjects(bucket, objectPrefix())) {
    const old = page.filter(({ modified }) => isOverdue(modified, now));
    await eachDocument(old, swept, async (documentId, objects) => {
      for (const object of await orphanedObjects(stores, documentId, objects)) {
        await removeBytes(bucket, object);
        swept.objects += 1;
      }
    });
  }
  for await (const page of scanAttachments(stores.table)) {
    const old = page.filter(({ createdAt }) => isOverdue(new Date(createdAt), now));
    await eachDocument(old, swept, async (documentId, attachments) => {
      for (const attachment of await orphanedRows(stores, documentId, attachments)) {
        // The row of a deleted document can still have its bytes.
        await discardAttachment(stores, attachment);
        swept.rows += 1;
      }
    });
  }
  return swept;
}

async function orphanedObjects({ table }: Stores, documentId: string, objects: readonly StoredObject[]) {
  const ids = new Set((await findAttachments(table, documentId)).map(({ id }) => id));
  return objects.filter(({ id }) => !ids.has(id));
}

async function orphanedRows({ table, bucket }: Stores, documentId: string, attachments: readonly StoredAttachment[]) {
  if ((await findDocument(table, documentId)) === undefined) return attachments;
  // The bucket removes only what was not released.
  const removable = attachments.filter(({ state }) => state !== 'released');
  if (removable.length === 0) return [];
  const ids = new Set<string>();
  for await (const objects of listObjects(bucket(), objectPrefix(documentId))) {
    for (const { id } of objects) ids.add(id);
  }
  return removable.filter(({ id }) => !ids.has(id));
}

/** Calls `look` for each document with what belongs to it, some at once. A failure of one does not keep it from the others. */
async function eachDocument<T extends { readonly documentId: string }>(
  items: readonly T[],
  { failures }: Swept,
  look: (documentId: string, items: readonly T[]) => Promise<void>,
): Promise<void> {
  const byDocument = [...Map.groupBy(items, ({ documentId }) => documentId)];
  for (let i = 0; i < byDocument.length; i += CONCURRENCY) {
    const looks = byDocument.slice(i, i + CONCURRENCY).map(([id, own]) => look(id, own));
    for (const result of await Promise.allSettled(looks))
      if (result.status === 'rejected') failures.push(result.reason);
  }
}
