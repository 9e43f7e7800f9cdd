import { Validator } from '@seriousme/openapi-schema-validator';
import draft4 from 'ajv-draft-04';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documents } from '../../lambdas/documents/api.ts';
import { normalizeStrings } from '../../lambdas/runtime/unicode.ts';
import { type Api, DefinitionError, type SchemaNode, type UnicodePolicy } from '../../lib/definition/index.ts';
import { gatewayOpenApi, publicOpenApi, renderOpenApi } from '../../lib/openapi/index.ts';
import { compileValidator, validatorSource } from '../../lib/validators/index.ts';
import { batches, samples } from './schemas.ts';

/** Values for each schema: validating one is cheap, compiling is not. */
const VALUES = 200;

const bindings = {
  authorizerUri: 'arn:authorizer',
  authorizerCredentials: 'arn:role',
  authorizerTtlSeconds: 60,
  integrationUri: (group: string) => `arn:${group}`,
  integrationCredentials: 'arn:role',
};

/** The sample's definition with one route, whose body is the schema. */
function taking(body: SchemaNode, unicode: UnicodePolicy = 'reject'): Api {
  const { createDocument } = documents.routes;
  const route = { ...createDocument, request: { body }, input: { ...createDocument.input, unicode } };
  return { ...documents, routes: { createDocument: route } } as unknown as Api;
}

/** What the functions accept: normalized first where the route says so. */
function lambdaOf(api: Api): ((body: unknown) => boolean) | undefined {
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

/** The gateway's model as an independent draft-4 validator reads it; the draft's own rules are checked too. */
function gatewayOf(api: Api): (body: unknown) => boolean {
  const document = JSON.stringify(gatewayOpenApi(api, bindings)).replaceAll('#/components/schemas/', '#/definitions/');
  const { components } = JSON.parse(document) as { components: { schemas: object } };
  const root = { allOf: [{ $ref: '#/definitions/CreateDocumentBody' }], definitions: components.schemas };
  return new draft4.default({ strict: false, logger: false }).compile(root);
}

/** Takes ten seconds on an idle machine; allow for a busy one. */
const LONG = { timeout: 400_000 };

describe('for generated schemas', () => {
  it('what the Lambda accepts, the gateway accepts: 100,000 values', LONG, () => {
    let evaluated = 0;
    let accepted = 0;
    fc.assert(
      fc.property(
        batches(VALUES),
        fc.constantFrom<UnicodePolicy>('reject', 'normalize'),
        ({ schema, values }, unicode) => {
          const api = taking(schema, unicode);
          const lambda = lambdaOf(api);
          fc.pre(lambda !== undefined);
          const gateway = gatewayOf(api);
          evaluated += values.length;
          const good = values.filter((value) => lambda(value));
          accepted += good.length;
          expect(good.filter((value) => !gateway(value))).toEqual([]);
        },
      ),
      { numRuns: 100_000 / VALUES, maxSkipsPerRun: 1_000 },
    );
    expect(evaluated).toBeGreaterThanOrEqual(100_000);
    // Neither all nor nothing: the values try both sides of the schemas.
    expect(accepted).toBeGreaterThan(2_000);
    expect(evaluated - accepted).toBeGreaterThan(10_000);
  });

  it('both documents are valid OpenAPI', async () => {
    await fc.assert(
      fc.asyncProperty(samples, async ({ schema }) => {
        for (const document of [gatewayOpenApi(taking(schema), bindings), publicOpenApi(taking(schema))]) {
          expect(await new Validator().validate(JSON.parse(JSON.stringify(document)))).toEqual({ valid: true });
        }
      }),
      { numRuns: 15 },
    );
  });

  it('every projection is the same each time', () => {
    fc.assert(
      fc.property(samples, ({ schema }) => {
        const [one, two] = [taking(schema), taking(structuredClone(schema) as SchemaNode)];
        expect(renderOpenApi(gatewayOpenApi(one, bindings))).toBe(renderOpenApi(gatewayOpenApi(two, bindings)));
        expect(renderOpenApi(publicOpenApi(one))).toBe(renderOpenApi(publicOpenApi(two)));
      }),
      { numRuns: 100 },
    );
    expect(validatorSource(documents.routes.updateDocument)).toEqual(validatorSource(documents.routes.updateDocument));
  });
});
