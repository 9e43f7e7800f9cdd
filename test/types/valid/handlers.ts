import { applyMergePatch, csvOf, handlersOf, problem } from '../../../lambdas/runtime/index.ts';
import type { notes } from '../api.ts';

const secure = handlersOf<typeof notes>();

export const health = secure('health', () => ({ status: 204 }));

export const getNote = secure('getNote', async ({ path, query, caller, requestId, log }) => {
  const id: string = path.id;
  const depth: number = query.depth ?? 0;
  const tier: 'free' = caller.tier;
  const known: readonly ('reader' | 'writer' | 'auditor')[] = caller.roles;
  if (!caller.can('note:write')) throw problem(404);
  log.info('read', { id, depth, tier, known, requestId });
  return { status: 200, body: { text: 'Hello' }, headers: { ETag: '"1"' } };
});

/** A literal JSON Schema types the body as well as TypeBox does. */
export const addNote = secure('addNote', ({ body, metrics }) => {
  const text: string = body.text;
  const stars: number | undefined = body.stars;
  metrics.addMetric('Stars', 'Count', stars ?? 0);
  return text.length > 10 ? { status: 202 } : { status: 201, body: { id: text } };
});

/** One file where the route takes one; the type is one of those that it takes. */
export const addPhoto = secure('addPhoto', ({ files: [photo], body }) => {
  const type: 'image/png' | 'image/jpeg' = photo.type;
  const bytes: Uint8Array = photo.bytes;
  const none: undefined = body;
  if (type === 'image/png' && bytes.length > 10 && none === undefined) throw problem(422, photo.name);
  return { status: 204 };
});

/** At least one file where the route takes several. */
export const addPages = secure('addPages', ({ files }) => {
  const [first, ...others] = files;
  const type: 'image/webp' = first.type;
  if (others.some((other) => other.type !== type)) throw problem(422);
  return { status: 204 };
});

/** Rows have the types of their columns, by any library. */
export const importNotes = secure('importNotes', async ({ files: [file] }) => {
  const bytes: Uint8Array = file.bytes;
  for await (const row of file.rows()) {
    const text: string = row.text;
    const stars: number | undefined = row.stars;
    if (text.length + (stars ?? 0) > bytes.length) throw problem(422);
  }
  return { status: 204 };
});

/** An optional column with a default has its value. */
export const importCounts = secure('importCounts', async ({ files: [file] }) => {
  for await (const { count, unit } of file.rows()) {
    const total: number = count;
    const known: 'note' | 'page' = unit;
    if (known === 'page' && total > 1) throw problem(422);
  }
  return { status: 204 };
});

/** An export takes the columns that its rows have. */
export const exported: string = csvOf(['text', 'stars'], [{ text: '=1', stars: -5, tags: ['a'] }]);

/** The questions of an ownership rule take a resource with the rule's field, whatever else is in it. */
export const removeNote = secure('removeNote', ({ caller }) => {
  const note = { id: '1', author: caller.id };
  caller.assertOwner(note);
  if (!caller.owns({ author: undefined }) && !caller.hasScope('notes.write')) throw problem('forbidden', 'Not yours.');
  return { status: 204 };
});

secure('downloadNotes', ({ caller }) => {
  if (caller.can('note:write')) return { status: 203, body: new Uint8Array([37, 80, 68, 70]) };
  if (caller.tier === 'free') return { status: 206, body: { more: true } };
  return { status: 200, body: csvOf(['text'], [{ text: 'Hello' }]) };
});
secure('downloadNotes', () => ({ status: 203, body: Buffer.from('%PDF') }));
secure('addNote', ({ problem: thrown }) => {
  throw thrown('note-locked', 'Until tomorrow.');
});

/** A merge patch has each property; null removes what a note can be without. */
export const changeNote = secure('changeNote', ({ body }) => {
  const text: string | undefined = body.text;
  const title: string | null | undefined = body.title;
  const stars: number | undefined = body.stars;
  const note: { text: string; title?: string; stars: number } = {
    text: text ?? '',
    title: title ?? '',
    stars: stars ?? 1,
  };
  const changed: { text: string; title?: string; stars: number } = applyMergePatch(note, body);
  return { status: changed.text === '' ? 204 : 204 };
});
