import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { responseBodies } from '../../../lib/construct/edge/rules.ts';
import type { Api } from '../../../lib/definition/index.ts';
import { gatewayResponses } from '../../../lib/openapi/gatewayResponses.ts';
import { checkProblemTypeBase, publicOpenApi } from '../../../lib/openapi/index.ts';

const api = documents as unknown as Api;
const problemTypeBase = 'https://help.example.com/errors#';

describe('the base URL of problem types', () => {
  it('starts the type of every gateway response', () => {
    const responses = Object.values(gatewayResponses(api, { problemTypeBase })) as { responseTemplates: object }[];
    expect(responses.length).toBeGreaterThan(15);
    for (const { responseTemplates } of responses) {
      expect(JSON.stringify(responseTemplates)).toContain(`{\\"type\\":\\"${problemTypeBase}`);
    }
    expect(JSON.stringify(responses)).not.toContain('secure-api.dev');
  });

  it('starts the type of every response of the web ACL', () => {
    const keys = ['oversized', 'flood-by-address', 'flood-by-token'] as const;
    const drafts = keys.map((key) => ({ name: key, statement: {}, response: { key } }));
    const types = Object.values(responseBodies(drafts, problemTypeBase)).map(({ content }) => JSON.parse(content).type);
    expect(types).toEqual([
      `${problemTypeBase}payload-too-large`,
      `${problemTypeBase}flood`,
      `${problemTypeBase}flood`,
    ]);
  });

  it('is in the public document', () => {
    const document = JSON.stringify(publicOpenApi(api, { problemTypeBase }));
    expect(document).toContain(`"examples":["${problemTypeBase}invalid-request"]`);
    expect(document).not.toContain('secure-api.dev');
  });

  it.each(['https://example.com/errors/', 'https://example.com/help#', 'https://example.com:8443/help?code='])(
    'accepts %s',
    (base) => {
      expect(checkProblemTypeBase(base)).toBe(base);
    },
  );

  it.each([
    '',
    'errors/',
    'http://example.com/errors/',
    'https://example.com/errors',
    'https://',
    'https:///',
    'https://example.com/a b/',
    'https://example.com/"/',
    "https://example.com/'/",
    'https://example.com/$context.stage/',
    '$' + '{Token[TOKEN.1]}',
    'https://user@example.com/',
    'https://example.com@evil.example/',
    'https://example.com/%zz/',
    'https://example.com/##',
    'https://example.com/\u202e/',
    new String('https://example.com/') as string,
    `https://example.com/${'a'.repeat(500)}/`,
  ])('rejects %j', (base) => {
    expect(() => checkProblemTypeBase(base)).toThrow(/^option-invalid at problemTypeBase: found .*https URL/);
  });

  it('does not repeat a password in its message', () => {
    const message = () => checkProblemTypeBase('https://ada:s3cret@example.com/errors/');
    expect(message).toThrow(/found "https:\/\/…@example\.com\/errors\/"/);
    expect(message).not.toThrow(/s3cret/);
  });
});
