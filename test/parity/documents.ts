/** An OpenAPI document as a reader sees it: parsed from its text, without the code that made it. */

export type Schema = Readonly<Record<string, unknown>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Operation {
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, { readonly schema: Schema }>>;
  };
  readonly responses: Readonly<Record<string, object>>;
  readonly 'x-permission'?: string;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schema };
}

/** The operation that a request line matches. */
export interface OperationMatch {
  /** Path template, such as `/documents/{id}`. */
  readonly template: string;
  readonly operation: Operation;
  /** Still percent-encoded. */
  readonly path: Readonly<Record<string, string>>;
}

/** The id under which validators know the document that its references point into. */
export const DOCUMENT = 'document';

/** Reads the text of a document; references point into the schema that validators know as {@link DOCUMENT}. */
export function readOpenApi(document: object): OpenApi {
  return JSON.parse(JSON.stringify(document).replaceAll('"#/components/', `"${DOCUMENT}#/components/`)) as OpenApi;
}

/** Finds the operation of a request: of the matching paths, the most concrete one (OpenAPI 3.1.0, section 4.8.8). */
export function operationOf({ paths }: OpenApi, method: string, path: string): OperationMatch | undefined {
  const fitting = Object.keys(paths).filter((template) => patternOf(template).test(path));
  // A parameter sorts behind every literal segment.
  const [template] = fitting.sort((a, b) => (ranked(a) < ranked(b) ? -1 : 1));
  const operation = paths[template ?? '']?.[method.toLowerCase()];
  if (template === undefined || operation === undefined) return undefined;
  return { template, operation, path: { ...patternOf(template).exec(path)?.groups } };
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}

function ranked(template: string): string {
  return template.replaceAll(/\{\w+\}/g, '\uffff');
}
