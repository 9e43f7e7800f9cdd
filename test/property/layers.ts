import draft4 from 'ajv-draft-04';
import { documents } from '../../lambdas/documents/api.ts';
import { normalizeStrings } from '../../lambdas/runtime/unicode.ts';
import { type Api, DefinitionError, type SchemaNode, type UnicodePolicy } from '../../lib/definition/index.ts';
import { gatewayOpenApi } from '../../lib/openapi/index.ts';
import { compileValidator } from '../../lib/validators/index.ts';

export const bindings = {
  authorizerUri: 'arn:authorizer',
  authorizerCredentials: 'arn:role',
  authorizerTtlSeconds: 60,
  integrationUri: (group: string) => `arn:${group}`,
  integrationCredentials: 'arn:role',
};

/** The sample's definition with one route, whose body is the schema. */
export function taking(body: SchemaNode, unicode: UnicodePolicy = 'reject'): Api {
  const { createDocument } = documents.routes;
  const route = { ...createDocument, request: { body }, input: { ...createDocument.input, unicode } };
  return { ...documents, routes: { createDocument: route } } as unknown as Api;
}

/** What the functions accept: normalized first where the route says so. */
export function lambdaOf(api: Api): ((body: unknown) => boolean) | undefined {
  try {
    const route = Object.values(api.routes)[0] as Api['routes'][string];
    const validate = compileValidator(route);
    const read = route.input.unicode === 'normalize' ? normalizeStrings : (body: unknown) => body;
    return (body) => validate({ path: {}, query: {}, headers: {}, body: read(body) });
  } catch (error) {
    // Strict mode rejects some of what is generated; such a definition does not synthesize.
    if (error instanceof DefinitionError) return undefined;
    throw error;
  }
}

/** One for all, because it compiles the rules of the draft first, which takes longer than most schemas. */
const DRAFT_4 = new draft4.default({ strict: false, logger: false });

/** The gateway's model as an independent draft-4 validator reads it; the draft's own rules are checked too. */
export function gatewayOf(api: Api): (body: unknown) => boolean {
  const document = JSON.stringify(gatewayOpenApi(api, bindings)).replaceAll('#/components/schemas/', '#/definitions/');
  const { components } = JSON.parse(document) as { components: { schemas: object } };
  const root = { allOf: [{ $ref: '#/definitions/CreateDocumentBody' }], definitions: components.schemas };
  const validate = DRAFT_4.compile(root);
  DRAFT_4.removeSchema(root);
  return validate;
}
