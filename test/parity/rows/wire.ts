/** Messages: raw bodies, media types, encodings, sizes, and method overrides. */
import { type ExpectedInput, fromAdmin, ID, type Message, type ParityRequest } from '../request.ts';

const create = { method: 'POST', path: '/documents' };

/** The default of `maxBodyBytes`. */
const LARGEST = 131_072;
const padded = (bytes: number) => `{"title":"T"}`.padEnd(bytes);

/** `[name, raw body, expected, beyond schemas?]`. */
const TEXTS: readonly (readonly [string, string, ExpectedInput, true?])[] = [
  ['blanks between', ' {\r\n\t"title" : "T" } \n', 'valid'],
  ['escapes', String.raw`{"t\u0069tle":"\u0054"}`, 'valid'],
  ['200 escaped astral characters', `{"title":"${String.raw`\ud83d\ude00`.repeat(200)}"}`, 'valid'],
  ['201 escaped astral characters', `{"title":"${String.raw`\ud83d\ude00`.repeat(201)}"}`, 'rejected-at-gateway'],
  ['10,000 escaped characters', `{"title":"T","body":"${String.raw`\u0061`.repeat(10_000)}"}`, 'valid'],
  [`${LARGEST} bytes`, padded(LARGEST), 'valid'],
  [`${LARGEST + 1} bytes`, padded(LARGEST + 1), 'rejected-by-lambda', true],
  ['nothing', '', 'rejected-at-gateway'],
  ['a blank', ' ', 'rejected-at-gateway'],
  ['a half', '{"title":', 'rejected-at-gateway'],
  ['text behind', '{"title":"T"} and more', 'rejected-at-gateway'],
  ['two documents', '{"title":"T"}{"title":"U"}', 'rejected-at-gateway'],
  ['a comma behind', '{"title":"T",}', 'rejected-at-gateway'],
  ['a comment', '{"title":"T"/* */}', 'rejected-at-gateway'],
  ['single quotes', `{'title':'T'}`, 'rejected-at-gateway'],
  ['a name without quotes', '{title:"T"}', 'rejected-at-gateway'],
  ['a line end in a text', '{"title":"T\n"}', 'rejected-at-gateway'],
  ['a byte order mark', '\ufeff{"title":"T"}', 'rejected-at-gateway'],
  ['NaN', '{"title":NaN}', 'rejected-at-gateway'],
  ['a form', 'title=T', 'rejected-at-gateway'],
  ['markup', '<title>T</title>', 'rejected-at-gateway'],
  ['a name twice', '{"title":"T","title":"U"}', 'rejected-by-lambda', true],
  ['a name twice, once escaped', String.raw`{"title":"T","t\u0069tle":"U"}`, 'rejected-by-lambda', true],
  ['a name twice, the last bad', '{"title":"T","title":7}', 'rejected-at-gateway'],
  ['half of a surrogate pair', String.raw`{"title":"\ud83d"}`, 'rejected-by-lambda', true],
  ['halves of a surrogate pair in the wrong order', String.raw`{"title":"\ude00\ud83d"}`, 'rejected-by-lambda', true],
  ['the name __proto__', '{"title":"T","__proto__":{}}', 'rejected-at-gateway'],
  ['the name constructor', '{"title":"T","constructor":{}}', 'rejected-at-gateway'],
  ['a deep list', `{"title":"T","tags":${'['.repeat(500)}${']'.repeat(500)}}`, 'rejected-at-gateway'],
];

const strings = TEXTS.map(([name, raw, input, beyond]) =>
  fromAdmin(`POST /documents, text with ${name}`, { ...create, raw }, input, beyond && { beyondSchemas: true }),
);

/** `[lines of content-type, accepted?, beyond schemas?]`; the body itself is valid. */
const MEDIA_TYPES: readonly (readonly [readonly string[], boolean, true?])[] = [
  [['application/json'], true],
  [['APPLICATION/JSON'], true],
  [['application/json; charset=utf-8'], true],
  [['application/json;charset=UTF-8'], true],
  [['application/json; charset="utf-8"'], true],
  [['application/json; charset=latin1'], false, true],
  [['application/json; charset=utf-16'], false, true],
  [['application/json; profile=x'], true],
  [['application/json ; charset=utf8 ;'], true],
  [['application/json; charset="UTF-8"; profile="a;charset=latin1"'], true],
  [['application/json; charset'], false, true],
  [['application/json; charset="utf-8'], false, true],
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
      good ? 'valid' : 'rejected-by-lambda',
      more,
    ),
    // The gateway validates a body of any declared type by its `$default` model.
    fromAdmin(
      `POST /documents, a bad body as ${type}`,
      { ...message, body: { title: '' } },
      'rejected-at-gateway',
      more,
    ),
  ];
});

const encodings = (
  [
    ['identity', 'valid'],
    ['gzip', 'rejected-by-lambda'],
    ['br', 'rejected-by-lambda'],
    ['identity, gzip', 'rejected-by-lambda'],
  ] as const
).map(([encoding, input]) =>
  fromAdmin(
    `POST /documents with Content-Encoding: ${encoding}`,
    { ...create, body: { title: 'T' }, headers: { 'content-encoding': encoding } },
    input,
    input === 'valid' ? {} : { beyondSchemas: true },
  ),
);

/** Routes without a body reject every body. */
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
  return fromAdmin(`${message.method} ${message.path} with the body "${text}"`, message, 'rejected-by-lambda');
});

const empty = [
  fromAdmin(
    'POST publish with a media type and no body',
    { method: 'POST', path: `/documents/${ID}/publish`, headers: { 'content-type': 'text/plain' } },
    'valid',
  ),
  fromAdmin('PUT without a body', { method: 'PUT', path: `/documents/${ID}` }, 'rejected-at-gateway'),
  fromAdmin('POST without a body', create, 'rejected-at-gateway'),
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
      'rejected-by-lambda',
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
