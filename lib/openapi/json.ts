/** A JSON object under construction; values may be CDK tokens. */
export type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI document as plain data, its keys in a fixed order. */
export type OpenApiDocument = Json;

/**
 * A document as JSON that is committed and compared: indented by two, keys in the order of the projection (the same
 * for the same definition), one newline at the end.
 */
export function renderOpenApi(document: OpenApiDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
