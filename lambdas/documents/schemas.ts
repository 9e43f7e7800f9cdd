import { Type } from 'typebox';
import { object } from '../../lib/definition/index.ts';

/** Synth-time code: the functions never bundle this file, they receive compiled validators. */

const Title = Type.String({ minLength: 1, maxLength: 200 });
const Body = Type.String({ maxLength: 10_000 });
const Tag = Type.String({ minLength: 1, maxLength: 32, pattern: '^[a-z0-9-]+$' });
const Tags = Type.Array(Tag, { maxItems: 20 });
const Time = Type.String({ format: 'date-time', maxLength: 32 });

/** Whether readers see a document as finished. */
export const Status = Type.Enum(['draft', 'published']);

/** The identifier of a document. */
export const DocumentId = Type.String({ format: 'uuid' });

/** What a caller sends to create or replace a document. */
export const NewDocument = object({ title: Title, body: Type.Optional(Body), tags: Type.Optional(Tags) });

/** A document as it is answered. */
export const Document = object({
  id: DocumentId,
  title: Title,
  body: Body,
  tags: Tags,
  status: Status,
  version: Type.Integer({ minimum: 1 }),
  createdAt: Time,
  updatedAt: Time,
});

/** One page of documents, newest first; `nextCursor` only when there are more. */
export const DocumentPage = object({
  items: Type.Array(Document, { maxItems: 100 }),
  nextCursor: Type.Optional(Type.String({ maxLength: 512 })),
});

/** Who the caller is, as the API understands it. */
export const Me = object({
  subject: Type.String({ maxLength: 256 }),
  roles: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 64 }),
  permissions: Type.Array(Type.String({ maxLength: 128 }), { maxItems: 256 }),
  tier: Type.String({ maxLength: 64 }),
});

export const Limits = object({
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
});
