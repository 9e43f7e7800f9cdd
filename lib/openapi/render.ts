import type { OpenApiDocument } from './json.ts';

/**
 * A document as JSON text that is committed and compared: indented by two, keys in the order of the projection (the same
 * for the same definition), one newline at the end.
 */
export function renderOpenApi(document: OpenApiDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
