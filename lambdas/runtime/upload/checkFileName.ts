import { type FileName, fileName } from './fileName.ts';
import { FileRejected } from './rejection.ts';

/**
 * Checks and cleans the name of a file that does not come with the request, such as one that is going to be uploaded by a
 * presigned POST. Files of an upload route have passed this already.
 *
 * @param name as the client says it.
 * @param type the media type that the client says.
 * @param options `types`: media types that are taken, with the endings of their names; `pointer`: where the name stands in
 * the body (RFC 6901).
 * @throws {HttpProblem} 415 `unsupported-media-type`, 422 `upload-name-rejected` or `upload-content-mismatch`.
 * @example
 * ```ts
 * const { name } = checkFileName('Plan.PDF', 'application/pdf', {
 *   types: { 'application/pdf': ['.pdf'] },
 *   pointer: '/name',
 * });
 * ```
 */
export function checkFileName(
  name: string,
  type: string,
  { types, pointer }: { readonly types: Readonly<Record<string, readonly string[]>>; readonly pointer: string },
): FileName {
  try {
    return fileName(name, type, types);
  } catch (error) {
    throw error instanceof FileRejected ? error.at(pointer) : error;
  }
}
