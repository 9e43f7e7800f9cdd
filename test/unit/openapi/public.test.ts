import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { publicOpenApi, renderOpenApi } from '../../../lib/openapi/index.ts';
import { generatedApi } from '../../support/generated.ts';
import { type Tree, validate } from './support.ts';

describe('the public document', () => {
  const document = publicOpenApi(documents) as unknown as Tree;

  it('is valid OpenAPI 3.1 without AWS extensions, for the sample and for 300 routes', async () => {
    expect(await validate(document)).toEqual({ valid: true });
    expect(await validate(publicOpenApi(generatedApi(300)))).toEqual({ valid: true });
    expect(JSON.stringify(document)).not.toMatch(/amazon|aws/i);
  });

  it('documents every rejection that a client can receive', () => {
    const statusesOf = (path: string, method: string) => Object.keys(document.paths?.[path]?.[method]?.responses ?? {});
    expect(statusesOf('/health', 'get')).toEqual(['200', '400', '403', '406', '414', '429', '431', '500', '504']);
    expect(statusesOf('/documents/{id}', 'put')).toEqual([
      '200',
      '400',
      '401',
      '403',
      '404',
      '406',
      '412',
      '413',
      '414',
      '415',
      '428',
      '429',
      '431',
      '500',
      '504',
    ]);
    expect(document.components?.responses?.TooManyRequests?.headers).toHaveProperty('Retry-After');
  });

  it('documents permissions, limits and public routes', () => {
    expect(document.paths?.['/documents']?.post).toMatchObject({
      'x-permission': 'document:create',
      security: [{ bearer: [] }],
    });
    expect(document.paths?.['/health']?.get?.security).toEqual([]);
    expect(document.info?.description).toContain('free (default): 10 requests a second, 20 at once, 10,000 a day');
  });

  it('keeps schemas as written, and identical ones once', () => {
    const { schemas } = document.components ?? ({} as Tree);
    const { $id, ...written } = documents.routes.createDocument.request.body ?? {};
    expect(schemas?.[String($id)]).toEqual(written);
    expect(document.paths?.['/documents/{id}']?.put?.requestBody?.content?.['application/json']?.schema?.$ref).toBe(
      '#/components/schemas/NewDocument',
    );
  });

  it('is rendered as stable JSON', () => {
    expect(renderOpenApi(publicOpenApi(documents))).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });
});
