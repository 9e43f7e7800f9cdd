import { IDEMPOTENCY_KEY } from '../../lambdas/shared/httpHeaders.ts';
import type { SchemaNode } from './schema.ts';

/** Whether and how a route runs a repeated request once ({@link RouteInput.idempotency}). */
export interface IdempotencyInput {
  /** Whether a request without the key is rejected. Default: false. */
  readonly required?: boolean;
  /**
   * Seconds from the first request during which its response is returned again, a whole number from 60 to 2,592,000 (30 days).
   * Default: 86,400 (a day).
   */
  readonly expiresAfterSeconds?: number;
}

/** {@link IdempotencyInput} with every default filled in; plain data, bundled into the function. */
export type IdempotencyRules = Required<IdempotencyInput>;

/** Longer than the lock of any running request, and than what a clock of a client may differ. */
export const MIN_EXPIRY_SECONDS = 60;
export const MAX_EXPIRY_SECONDS = 2_592_000;
const DEFAULT_EXPIRY_SECONDS = 86_400;

/**
 * A key of 1–255 characters: a string of RFC 9651 (section 3.3.3), as the draft says, or the same characters without the quotes, as
 * most clients send it. Without them no `"`, `,`, `;` and `\`, which could be the syntax of a list, a parameter or an escape.
 */
const KEY = '^(?:[!#-+\\-.\\/0-:<-\\[\\]-~]{1,255}|"(?:[ !#-\\[\\]-~]|\\\\["\\\\]){1,255}")$';
/** Quotes, and an escape before each character. */
const LONGEST_KEY = 512;

const DESCRIPTION =
  'A value that the client chooses for this request, such as a UUID, and sends again with each retry. The request has its effect once.';

/** The rules of an option; undefined where the route has none. */
export function idempotencyRules(option: true | IdempotencyInput | undefined): IdempotencyRules | undefined {
  if (option === undefined) return undefined;
  const { required = false, expiresAfterSeconds = DEFAULT_EXPIRY_SECONDS } = option === true ? {} : option;
  return { required, expiresAfterSeconds };
}

/** The schema of the headers of a route with the key among them, so that every projection of headers has it. */
export function withKeyHeader(
  headers: SchemaNode | undefined,
  rules: IdempotencyRules | undefined,
): SchemaNode | undefined {
  if (rules === undefined) return headers;
  const key: SchemaNode = { type: 'string', pattern: KEY, maxLength: LONGEST_KEY, description: DESCRIPTION };
  const { properties = {}, required = [] } = headers ?? {};
  return {
    type: 'object',
    ...headers,
    properties: { ...properties, [IDEMPOTENCY_KEY]: key },
    ...(rules.required || required.length > 0
      ? { required: rules.required ? [...required, IDEMPOTENCY_KEY] : required }
      : {}),
    additionalProperties: false,
  };
}
