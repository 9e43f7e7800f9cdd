import type { Infer, JsonSchema } from './schema.ts';

/** JSON, or a format whose name says that it is JSON (RFC 6839, section 3.1). Its body has a schema. */
type JsonType = 'application/json' | `${string}/${string}+json`;

/** Text besides `text/…`. */
const TEXT_TYPES = [
  'application/xml',
  'application/yaml',
  'application/x-ndjson',
  'application/sql',
  'application/javascript',
  'application/ecmascript',
] as const;

/** Text in UTF-8. */
type TextType = `text/${string}` | `${string}/${string}+xml` | (typeof TEXT_TYPES)[number];

/** How the body of a response is written: as JSON, as text in UTF-8, or as the bytes that it is. */
export type BodyFormat = 'json' | 'text' | 'binary';

/** What a handler returns as the body of a response with this media type. */
export type BodyOfType<Type> = Type extends JsonType ? unknown : Type extends TextType ? string : Uint8Array;

/** The body that a handler returns for a declared response: by its schema, or by its media type. */
export type DeclaredBody<Response> = Response extends { readonly body: infer S extends JsonSchema & object }
  ? Infer<S>
  : Response extends { readonly contentType: infer Type }
    ? BodyOfType<Type>
    : undefined;

export const JSON_TYPE = 'application/json';

/** A media type without parameters, in lower case (RFC 6838, section 4.2). */
const MEDIA_TYPE = /^(?:application|audio|font|image|model|text|video)\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;
/** What only rejections are. */
const PROBLEM_TYPES = ['application/problem+json', 'application/problem+xml'];
/** What a browser runs or renders with scripts if it shows it as a page. */
const ACTIVE =
  /^(?:text\/(?:html|xml|css|javascript|ecmascript|cache-manifest)|application\/(?:xml|javascript|ecmascript))$|\+xml$/;

export function formatOf(contentType: string): BodyFormat {
  if (contentType === JSON_TYPE || contentType.endsWith('+json')) return 'json';
  const texts: readonly string[] = TEXT_TYPES;
  return contentType.startsWith('text/') || contentType.endsWith('+xml') || texts.includes(contentType)
    ? 'text'
    : 'binary';
}

/** Whether a browser could run what the body holds: such a response is a download unless its route says otherwise. */
export function isActive(contentType: string): boolean {
  return ACTIVE.test(contentType);
}

/** Whether a response can be declared with it. Several parts in one body are not: nothing here writes them. */
export function isResponseType(contentType: unknown): contentType is string {
  return typeof contentType === 'string' && MEDIA_TYPE.test(contentType) && !PROBLEM_TYPES.includes(contentType);
}
