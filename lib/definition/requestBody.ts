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

/** The options of a route that say how its body is sent. */
interface BodyOptions {
  readonly body?: object;
  readonly bodyType?: BodyType | readonly BodyType[];
  readonly bodyRequired?: boolean;
}

/** How the body of a route is sent. */
export interface BodyRules {
  /** At least one, each once. */
  readonly types: readonly string[];
  readonly required: boolean;
}

/** Whether a value is a media type that a route can take. */
export function isBodyType(value: unknown): value is BodyType {
  return typeof value === 'string' && (value === FORM_BODY || JSON_TYPE.test(value));
}

/** The media types of an option that is one type or a list of them. */
export function bodyTypesOf(option: BodyOptions['bodyType']): readonly string[] {
  return typeof option === 'string' ? [option] : (option ?? [JSON_BODY]);
}

/** The rules of a route's body with every default filled in; undefined without a body. */
export function bodyRules({ body, bodyType, bodyRequired }: BodyOptions): BodyRules | undefined {
  return body === undefined ? undefined : { types: bodyTypesOf(bodyType), required: bodyRequired ?? true };
}
