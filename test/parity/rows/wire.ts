/** Messages: bodies as they are written, media types, encodings, sizes, and other ways to say the method. */
import { fromAdmin, ID, type InputVerdict, type Message, type ParityRequest } from '../request.ts';

const create = { method: 'POST', path: '/documents' };

/** The default of `maxBodyBytes`. */
const LARGEST = 131_072;
const padded = (bytes: number) => `{"title":"T"}`.padEnd(bytes);

/** `[name, text, who refuses it, beyond what a schema can say?]`. */
const TEXTS: readonly (readonly [string, string, InputVerdict, true?])[] = [
  ['blanks between', ' {\r\n\t"title" : "T" } \n', 'valid'],
  ['escapes', String.raw`{"t\u0069tle":"\u0054"}`, 'valid'],
  ['200 escaped astral characters', `{"title":"${String.raw`\ud83d\ude00`.repeat(200)}"}`, 'valid'],
  ['201 escaped astral characters', `{"title":"${String.raw`\ud83d\ude00`.repeat(201)}"}`, 'refused-at-gateway'],
  ['10,000 escaped characters', `{"title":"T","body":"${String.raw`\u0061`.repeat(10_000)}"}`, 'valid'],
  [`${LARGEST} bytes`, padded(LARGEST), 'valid'],
  [`${LARGEST + 1} bytes`, padded(LARGEST + 1), 'refused-by-lambda', true],
  ['nothing', '', 'refused-at-gateway'],
  ['a blank', ' ', 'refused-at-gateway'],
  ['a half', '{"title":', 'refused-at-gateway'],
  ['text behind', '{"title":"T"} and more', 'refused-at-gateway'],
  ['two documents', '{"title":"T"}{"title":"U"}', 'refused-at-gateway'],
  ['a comma behind', '{"title":"T",}', 'refused-at-gateway'],
  ['a comment', '{"title":"T"/* */}', 'refused-at-gateway'],
  ['single quotes', `{'title':'T'}`, 'refused-at-gateway'],
  ['a name without quotes', '{title:"T"}', 'refused-at-gateway'],
  ['a line end in a text', '{"title":"T\n"}', 'refused-at-gateway'],
  ['a byte order mark', '\ufeff{"title":"T"}', 'refused-at-gateway'],
  ['NaN', '{"title":NaN}', 'refused-at-gateway'],
  ['a form', 'title=T', 'refused-at-gateway'],
  ['markup', '<title>T</title>', 'refused-at-gateway'],
  ['a name twice', '{"title":"T","title":"U"}', 'refused-by-lambda', true],
  ['a name twice, once escaped', String.raw`{"title":"T","t\u0069tle":"U"}`, 'refused-by-lambda', true],
  ['a name twice, the last bad', '{"title":"T","title":7}', 'refused-at-gateway'],
  ['half of a surrogate pair', String.raw`{"title":"\ud83d"}`, 'refused-by-lambda', true],
  ['halves of a surrogate pair in the wrong order', String.raw`{"title":"\ude00\ud83d"}`, 'refused-by-lambda', true],
  ['the name __proto__', '{"title":"T","__proto__":{}}', 'refused-at-gateway'],
  ['the name constructor', '{"title":"T","constructor":{}}', 'refused-at-gateway'],
  ['a deep list', `{"title":"T","tags":${'['.repeat(500)}${']'.repeat(500)}}`, 'refused-at-gateway'],
];

const strings = TEXTS.map(([name, raw, input, beyond]) =>
  fromAdmin(`POST /documents, text with ${name}`, { ...create, raw }, input, beyond && { beyondSchemas: true }),
);

/** `[lines of content-type, taken?, beyond what a schema can say?]`; the body itself is good. */
const MEDIA_TYPES: readonly (readonly [readonly string[], boolean, true?])[] = [
  [['application/json'], true],
  [['APPLICATION/JSON'], true],
  [['application/json; charset=utf-8'], true],
  [['application/json;charset=UTF-8'], true],
  [['application/json; charset="utf-8"'], true],
  [['application/json; charset=latin1'], false, true],
  [['application/json; charset=utf-16'], false, true],
  [['application/json; profile=x'], false, true],
  [[], false],
  [[''], false],
  [['text/plain'], false],
  [['text/json'], false],
  [['json'], false],
  [['*/*'], false],
  [['application/*'], false],
  [['application/jsonp'], false],
  [['application/problem+json'], false],
  [['application/merge-patch+json'], false],
  [['application/x-www-form-urlencoded'], false],
  [['multipart/form-data; boundary=x'], false],
  [['text/plain, application/json'], false],
  [['application/json', 'application/json'], false],
];

const mediaTypes = MEDIA_TYPES.flatMap(([lines, good, beyond]) => {
  const message = { ...create, headers: { 'content-type': lines } };
  const type = lines.length === 0 ? 'without' : `"${lines.join('" and "')}"`;
  const more = beyond && ({ beyondSchemas: true } as const);
  return [
    fromAdmin(
      `POST /documents as ${type}`,
      { ...message, body: { title: 'T' } },
      good ? 'valid' : 'refused-by-lambda',
      more,
    ),
    // Whatever a body says it is, the gateway's model judges it: `$default`.
    fromAdmin(
      `POST /documents, a bad body as ${type}`,
      { ...message, body: { title: '' } },
      'refused-at-gateway',
      more,
    ),
  ];
});

const encodings = (
  [
    ['identity', 'valid'],
    ['gzip', 'refused-by-lambda'],
    ['br', 'refused-by-lambda'],
    ['identity, gzip', 'refused-by-lambda'],
  ] as const
).map(([encoding, input]) =>
  fromAdmin(
    `POST /documents with Content-Encoding: ${encoding}`,
    { ...create, body: { title: 'T' }, headers: { 'content-encoding': encoding } },
    input,
    input === 'valid' ? {} : { beyondSchemas: true },
  ),
);

/** Routes without a body refuse every one. */
const UNEXPECTED: readonly Message[] = [
  { method: 'GET', path: '/health', raw: '{}' },
  { method: 'GET', path: '/me', body: {} },
  { method: 'GET', path: '/documents', body: { limit: 1 } },
  { method: 'DELETE', path: `/documents/${ID}`, body: {} },
  { method: 'POST', path: `/documents/${ID}/publish`, body: {} },
  { method: 'POST', path: `/documents/${ID}/publish`, raw: ' ' },
  { method: 'POST', path: `/documents/${ID}/publish`, raw: 'x', headers: { 'content-type': 'text/plain' } },
];

const unexpected = UNEXPECTED.map((message) => {
  const text = message.raw ?? JSON.stringify(message.body);
  return fromAdmin(`${message.method} ${message.path} with the body "${text}"`, message, 'refused-by-lambda');
});

const empty = [
  fromAdmin(
    'POST publish with a media type and no body',
    { method: 'POST', path: `/documents/${ID}/publish`, headers: { 'content-type': 'text/plain' } },
    'valid',
  ),
  fromAdmin('PUT without a body', { method: 'PUT', path: `/documents/${ID}` }, 'refused-at-gateway'),
  fromAdmin('POST without a body', create, 'refused-at-gateway'),
];

const OVERRIDES = ['x-http-method-override', 'X-HTTP-Method-Override', 'x-http-method', 'x-method-override'];

const overrides = OVERRIDES.flatMap((header) =>
  [
    { method: 'GET', path: '/health' },
    { method: 'GET', path: `/documents/${ID}` },
    { ...create, body: { title: 'T' } },
  ].map((message) =>
    fromAdmin(
      `${message.method} ${message.path} with ${header}: DELETE`,
      { ...message, headers: { [header]: 'DELETE' } },
      'refused-by-lambda',
      { beyondSchemas: true },
    ),
  ),
);

export const wireRows: readonly ParityRequest[] = [
  ...strings,
  ...mediaTypes,
  ...encodings,
  ...unexpected,
  ...empty,
  ...overrides,
];
