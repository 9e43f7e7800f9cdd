import { type FileName, fileName } from './fileName.ts';
import { FileRejected } from './rejection.ts';

/**
 * Checks and cleans the name of a file that is not part of the request, such as one for a presigned POST. The runtime
 * has already checked the files of an upload route.
 *
 * @param name as the client sent it.
 * @param type the media type that the client declares.
 * @param options `types`: accepted media types, with the endings of their names; `pointer`: the location of the name in
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
