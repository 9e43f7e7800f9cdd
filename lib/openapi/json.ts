/** A JSON object under construction; values may be CDK tokens. */
export type Json = Readonly<Record<string, unknown>>;

/** An OpenAPI document as plain data, its keys in a fixed order. */
export type OpenApiDocument = Json;
