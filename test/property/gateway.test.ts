import { Validator } from '@seriousme/openapi-schema-validator';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documents } from '../../lambdas/documents/api.ts';
import type { SchemaNode, UnicodePolicy } from '../../lib/definition/index.ts';
import { gatewayOpenApi, publicOpenApi, renderOpenApi } from '../../lib/openapi/index.ts';
import { validatorSource } from '../../lib/validators/index.ts';
import { bindings, gatewayOf, lambdaOf, taking } from './layers.ts';
import { batches, samples } from './schemas.ts';

/** Values for each schema: validating one is cheap, compiling is not. */
const VALUES = 200;

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
