import type { Route } from '../definition/api.ts';
import { formatOf } from '../definition/contentType.ts';

/** The media type of forms with files. */
const FORM = 'multipart/form-data';

/**
 * The media types whose bodies travel between API Gateway and functions as bytes in base64: those of files, of raw
 * bodies without a schema and of binary responses, and no other. Any other body is a string.
 *
 * The list has no wildcard. A binary type of `*` would make every JSON request base64, which the models of request bodies are not
 * documented to read, and would break the preflight of mock integrations that do not convert it. So API Gateway sends bytes only
 * to clients that name the type first, and the runtime rejects the others.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
 */
export function binaryMediaTypes(routes: readonly Route[]): readonly string[] {
  const forms = routes.flatMap(({ upload }) => (upload === undefined ? [] : [FORM]));
  const raw = routes.flatMap(({ body }) => body?.binaryTypes ?? []);
  const returned = routes.flatMap(({ responses }) =>
    responses.flatMap(({ contentType }) =>
      contentType !== undefined && formatOf(contentType) === 'binary' ? [contentType] : [],
    ),
  );
  return [...new Set([...forms, ...[...raw, ...returned].toSorted()])];
}
