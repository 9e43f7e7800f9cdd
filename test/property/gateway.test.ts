import { Validator } from '@seriousme/openapi-schema-validator';
import draft4 from 'ajv-draft-04';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documents } from '../../lambdas/documents/api.ts';
import { type Api, DefinitionError, type SchemaNode } from '../../lib/definition/index.ts';
import { gatewayOpenApi, publicOpenApi, renderOpenApi } from '../../lib/openapi/index.ts';
import { compileValidator, validatorSource } from '../../lib/validators/index.ts';
import { samples } from './schemas.ts';

const bindings = {
  authorizerUri: 'arn:authorizer',
  authorizerCredentials: 'arn:role',
  authorizerTtlSeconds: 60,
  integrationUri: (group: string) => `arn:${group}`,
  integrationCredentials: 'arn:role',
};

/** The sample's definition with one route, whose body is the schema. */
function taking(body: SchemaNode): Api {
  const route = { ...documents.routes.createDocument, request: { body } };
  return { ...documents, routes: { createDocument: route } } as unknown as Api;
}

function lambdaOf(api: Api): ((body: unknown) => boolean) | undefined {
  try {
    const validate = compileValidator(Object.values(api.routes)[0] as Api['routes'][string]);
    return (body) => validate({ path: {}, query: {}, headers: {}, body });
  } catch (error) {
    // Strict mode refuses some of what is generated; such a definition does not synthesize.
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

describe('for generated schemas', () => {
  it('what the Lambda accepts, the gateway accepts', () => {
    let judged = 0;
    let accepted = 0;
    fc.assert(
      fc.property(samples, ({ schema, values }) => {
        const api = taking(schema);
        const lambda = lambdaOf(api);
        fc.pre(lambda !== undefined);
        const gateway = gatewayOf(api);
        judged += values.length;
        const good = values.filter((value) => lambda(value));
        accepted += good.length;
        expect(good.filter((value) => !gateway(value))).toEqual([]);
      }),
      { numRuns: 250 },
    );
    // Neither all nor nothing: the values try both sides of the schemas.
    expect(accepted).toBeGreaterThan(50);
    expect(judged - accepted).toBeGreaterThan(50);
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
    expect(validatorSource(documents.routes.updateDocument)).toBe(validatorSource(documents.routes.updateDocument));
  });
});
