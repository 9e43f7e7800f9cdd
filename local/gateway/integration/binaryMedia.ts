/**
 * Which bodies API Gateway passes as bytes. A request's `Content-Type` decides whether a function gets it in base64, and the first
 * media type of the client's first `Accept` whether base64 of a function becomes bytes. Neither looks at the type of the response.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
 */
import type { RestApiModel } from '../../assembly/model.ts';
import { remembered } from '../../assembly/remembered.ts';
import type { IncomingRequest } from '../incomingRequest.ts';

const DEFAULT_TYPE = 'application/json';

/** Whether the body of a request reaches a function in base64. */
export function isBinaryRequest({ headers }: IncomingRequest, { binaryMediaTypes }: RestApiModel): boolean {
  return isListed(headers['content-type']?.[0] ?? DEFAULT_TYPE, binaryMediaTypes);
}

/** Whether base64 that a function returns reaches the client as bytes; else it stays text. */
export function acceptsBinary({ headers }: IncomingRequest, { binaryMediaTypes }: RestApiModel): boolean {
  const [first = ''] = (headers['accept']?.[0] ?? DEFAULT_TYPE).split(',');
  return isListed(first, binaryMediaTypes);
}

/** Whether the list has the media type, exactly or with a `*` for a part of it. A `*` of the client is no type of the list. */
function isListed(written: string, listed: readonly string[]): boolean {
  if (listed.length === 0) return false;
  const [type, subtype] = partsOf(withoutParameters(written));
  return listed.some((each) => {
    const [wantedType, wantedSubtype] = partsOf(each);
    return (wantedType === '*' || wantedType === type) && (wantedSubtype === '*' || wantedSubtype === subtype);
  });
}

const withoutParameters = remembered((written) => (written.split(';')[0] ?? '').trim());

/** Type and subtype. */
const partsOf = remembered((mediaType) => mediaType.toLowerCase().split('/'));
