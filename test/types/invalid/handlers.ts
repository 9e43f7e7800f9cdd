import { csvOf, handlersOf, problem } from '../../../lambdas/runtime/index.ts';
import type { notes } from '../api.ts';

const secure = handlersOf<typeof notes>();

// @ts-expect-error a route that does not exist
secure('getNotes', () => ({ status: 200 }));

// @ts-expect-error a status that is not declared
secure('health', () => ({ status: 200 }));

// @ts-expect-error a body where none is declared
secure('health', () => ({ status: 204, body: { status: 'ok' } }));

// @ts-expect-error no body where one is declared
secure('getNote', () => ({ status: 200 }));

// @ts-expect-error a body of another shape
secure('getNote', () => ({ status: 200, body: { words: 'Hello' } }));

// @ts-expect-error a body whose member has another type
secure('getNote', async () => ({ status: 200, body: { text: 7 } }));

// @ts-expect-error a header that is no string
secure('getNote', () => ({ status: 200, body: { text: 'Hello' }, headers: { ETag: 1 } }));

// @ts-expect-error nothing is returned
secure('getNote', async () => {});

secure('getNote', ({ path, query }) => {
  // @ts-expect-error a path parameter that is not declared
  path.name;
  // @ts-expect-error a query parameter may be missing
  const depth: number = query.depth;
  // @ts-expect-error a query parameter that is not declared
  query.limit;
  return { status: 200, body: { text: String(depth) } };
});

secure('addNote', ({ body, headers, query }) => {
  // @ts-expect-error a member of the body that is not declared
  body.title;
  // @ts-expect-error a member of the body that has another type
  const stars: string | undefined = body.stars;
  // @ts-expect-error the route takes no headers
  headers.accept;
  // @ts-expect-error the route takes no query
  query.depth;
  return { status: 201, body: { id: String(stars) } };
});

secure('health', ({ caller }) => {
  // @ts-expect-error a public route has no caller
  caller.subject;
  return { status: 204 };
});

secure('removeNote', ({ caller, body }) => {
  // @ts-expect-error a permission that no role grants
  caller.can('note:remove');
  // @ts-expect-error the route takes no body
  body.text;
  // @ts-expect-error a status that is no problem
  throw problem(200);
});

secure('addNote', ({ caller }) => {
  // @ts-expect-error a scope that is not declared
  caller.hasScope('notes.raed');
  // @ts-expect-error the route has no ownership rule
  caller.owns({ author: 'x' });
  return { status: 202 };
});

secure('removeNote', ({ caller }) => {
  // @ts-expect-error a resource without the field of the rule
  caller.assertOwner({ createdBy: 'x' });
  // @ts-expect-error a field that is no string
  caller.owns({ author: 7 });
  return { status: 204 };
});

secure('exportNotes', ({ caller }) => {
  // @ts-expect-error a resource without the field of the rule
  caller.owns({});
  return { status: 204 };
});
secure('addPhoto', ({ files }) => {
  // @ts-expect-error the route takes one file
  files[1].name;
  // @ts-expect-error a type that the route does not take
  const type: 'image/gif' = files[0].type;
  return { status: type === 'image/gif' ? 204 : 204 };
});

// @ts-expect-error a photo has no rows
secure('addPhoto', ({ files }) => ({ status: files[0].rows() === undefined ? 204 : 204 }));

secure('importNotes', async ({ files: [file] }) => {
  for await (const row of file.rows()) {
    // @ts-expect-error a column that is not declared
    row.title;
    // @ts-expect-error a column that has another type
    const stars: string | undefined = row.stars;
    // @ts-expect-error an optional column may be blank
    const count: number = row.stars;
    if (count > 0) throw problem(422, String(stars));
  }
  return { status: 204 };
});

// @ts-expect-error a column that the rows do not have
csvOf(['text', 'starz'], [{ text: 'Hello', stars: 5 }]);

// @ts-expect-error a column of lists
csvOf(['tags'], [{ tags: ['a'] }]);

secure('addNote', ({ files }) => {
  // @ts-expect-error the route takes no files
  files[0];
  return { status: 202 };
});

// @ts-expect-error text for bytes
secure('downloadNotes', () => ({ status: 203, body: '%PDF' }));
// @ts-expect-error bytes for text
secure('downloadNotes', () => ({ status: 200, body: new Uint8Array([1]) }));
// @ts-expect-error an object for text
secure('downloadNotes', () => ({ status: 200, body: { text: 'Hello' } }));
// @ts-expect-error no body for text
secure('downloadNotes', () => ({ status: 200 }));
// @ts-expect-error text for JSON with a schema
secure('downloadNotes', () => ({ status: 206, body: 'more' }));

secure('getNote', ({ problem: thrown }) => {
  // @ts-expect-error a code of the API that the route does not list
  throw thrown('note-locked');
});
secure('addNote', ({ problem: thrown }) => {
  // @ts-expect-error a misspelt code of the API
  throw thrown('note-lockd');
});

secure('changeNote', ({ body, log }) => {
  // @ts-expect-error what is required cannot be removed by a merge patch
  const text: null | undefined = body.text;
  // @ts-expect-error nor what has a default
  const stars: null | undefined = body.stars;
  // @ts-expect-error a property that the patched schema does not have
  log.info('changed', { text, stars, other: body.other });
  return { status: 204 };
});
