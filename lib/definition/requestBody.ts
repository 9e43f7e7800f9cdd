export const JSON_BODY = 'application/json';
/** As browsers send forms, and senders of webhooks such as Twilio and Slack. https://url.spec.whatwg.org/#application/x-www-form-urlencoded */
export const FORM_BODY = 'application/x-www-form-urlencoded';

/**
 * A media type of a request body: JSON, a type of JSON (RFC 6839, section 3.1) such as `application/merge-patch+json`, or a form.
 * In lower case and without parameters.
 */
export type BodyType = typeof JSON_BODY | typeof FORM_BODY | `application/${string}+json`;

/** Subtype names of RFC 6838, section 4.2, in lower case. */
const JSON_TYPE = /^application\/(?:json|[a-z0-9][a-z0-9!#$&^_.+-]{0,99}\+json)$/;

/** A media type of bodies whose bytes a handler gets, such as `application/octet-stream`. In lower case and without parameters. */
export type RawBodyType = `${string}/${string}`;

/** Every registered kind but `multipart`, of which nothing here reads the parts; no wildcard and no parameters. */
const RAW_TYPE = /^(?:application|audio|font|image|message|model|text|video)\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/;

/** The options of a route that say how its body is sent. */
interface BodyOptions {
  readonly body?: object;
  readonly bodyType?: RawBodyType | readonly RawBodyType[];
  readonly bodyRequired?: boolean;
  readonly rawBody?: true;
}

/** How the body of a route is sent. */
export interface BodyRules {
  /** At least one, each once. */
  readonly types: readonly string[];
  readonly required: boolean;
  /** The handler gets the bytes. */
  readonly raw?: true;
  /**
   * Of a body without a schema: its types that API Gateway passes as bytes. JSON and forms are not among them: they would become
   * base64 on every other route, before the models of the gateway.
   */
  readonly binaryTypes?: readonly string[];
}

/** What the handler of a route with `rawBody` receives in addition. */
export type RawBodyOf<O> = O extends { readonly rawBody: true }
  ? {
      /**
       * The bytes of the body as the client sent them; the handler's own copy. With a schema, `body` is what they say. Undefined
       * for a request without a body, where `bodyRequired` is false.
       */
      readonly rawBody: O extends { readonly bodyRequired: false } ? Uint8Array | undefined : Uint8Array;
    }
  : unknown;

/** Whether a value is a media type that a route can take. */
export function isBodyType(value: unknown): value is BodyType {
  return typeof value === 'string' && (value === FORM_BODY || JSON_TYPE.test(value));
}

/** Whether a value is a media type that a route without a schema of the body can take. */
export function isRawBodyType(value: unknown): value is RawBodyType {
  return typeof value === 'string' && RAW_TYPE.test(value);
}

/** Whether API Gateway can pass bodies of this type as bytes without changing other routes. */
function isBinaryBody(type: string): boolean {
  return type !== JSON_BODY && type !== FORM_BODY && !type.endsWith('+json');
}

/** The media types of an option that is one type or a list of them. */
export function bodyTypesOf(option: BodyOptions['bodyType']): readonly string[] {
  return typeof option === 'string' ? [option] : (option ?? [JSON_BODY]);
}

/** The rules of a route's body with every default filled in; undefined without a body. */
export function bodyRules({ body, bodyType, bodyRequired, rawBody }: BodyOptions): BodyRules | undefined {
  if (body === undefined && rawBody !== true) return undefined;
  const types = bodyTypesOf(bodyType);
  return {
    types,
    required: bodyRequired ?? true,
    ...(rawBody === true ? { raw: true } : {}),
    ...(body === undefined ? { binaryTypes: types.filter(isBinaryBody) } : {}),
  };
}
