/**
 * What text of a request can contain, as the keyword `x-text` of a string schema.
 *
 * - `safe` (default): Unicode Assignables (RFC 9839) without bidirectional controls: no NUL, no control characters but tab,
 *   line feed and carriage return, no U+FFFD (what is left of text that was not UTF-8); normalized (NFC).
 * - `line`: the same on one line: no tab and no line break either.
 * - `plain`: as `safe`, and nothing that a browser could read as markup: no tag, no character reference.
 * - `raw`: anything; `x-text-reason` says why, and the access matrix shows it.
 */
export type TextPolicy = 'safe' | 'line' | 'plain' | 'raw';

/** What the checks and projections read of a schema node. */
export interface SchemaNode {
  readonly type?: string | readonly string[];
  /** OpenAPI 3.0: `null` is one more type. Read as that: `readSchema` writes it into `type`. */
  readonly nullable?: boolean;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: SchemaNode | boolean;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly unevaluatedProperties?: SchemaNode | boolean;
  readonly propertyNames?: SchemaNode;
  readonly maxProperties?: number;
  readonly allOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
  readonly $ref?: string;
  /** An exemption with its reason: a value whose size is unbounded on purpose. The access matrix lists it. */
  readonly 'x-unbounded'?: string;
  readonly 'x-text'?: TextPolicy;
  /** Why the policy is `raw`. */
  readonly 'x-text-reason'?: string;
  /** Maximum bytes of a decoded `base64` string. */
  readonly 'x-max-decoded-bytes'?: number;
  /** The value is hidden in logs, wherever a handler logs it under this name. */
  readonly 'x-sensitive'?: boolean;
  readonly [keyword: string]: unknown;
}

/** Our own keywords. */
export const OWN_KEYWORDS = ['x-text', 'x-text-reason', 'x-max-decoded-bytes', 'x-sensitive', 'x-unbounded'] as const;

/** Formats that a schema can name, and whether their strings have a maximum length, so that `maxLength` is not needed. */
export const KNOWN_FORMATS: Readonly<Record<string, boolean>> = {
  ...{ date: true, time: true, 'date-time': true, uuid: true, uri: false, phone: true, currency: true, country: true },
  ...{ slug: false, 'json-pointer': false, base64: false, email: false, hostname: true, ipv4: true, ipv6: true },
};
