import { describe, expect, it } from 'vitest';
import { integrationGaps } from '../../gateway/gaps/integration.ts';
import { createMockIntegration } from '../../gateway/integration/mockIntegration.ts';
import { anApi, aRequestState } from '../support/gateway.ts';

const HEADER = 'method.response.header.Access-Control-Allow-Origin';
const ORIGINS = ['https://a.example', 'https://b.example'];
/** As the CDK writes it for several origins: the first one is mapped, and a template overrides it. */
const ofCdk = {
  type: 'MOCK',
  requestTemplates: { 'application/json': '{ statusCode: 204 }' },
  responses: {
    default: {
      statusCode: '204',
      responseParameters: { [HEADER]: "'https://a.example'", 'method.response.header.Vary': "'Origin'" },
      responseTemplates: {
        'application/json': [
          '#set($origin = $input.params().header.get("Origin"))',
          '#if($origin == "") #set($origin = $input.params().header.get("origin")) #end',
          `#if(${ORIGINS.map((origin) => `$origin.matches("${origin}")`).join(' || ')})`,
          '  #set($context.responseOverride.header.Access-Control-Allow-Origin = $origin)',
          '#end',
        ].join('\n'),
      },
    },
  },
};
const respond = (integration: object, headers: Readonly<Record<string, string>> = {}, api = anApi()) =>
  createMockIntegration(integration as never, { api, account: '1' })(aRequestState({ method: 'OPTIONS', headers }));
const gapsOf = (integration: object) => integrationGaps({ 'x-amazon-apigateway-integration': integration }, anApi());

describe('a mock integration', () => {
  it('runs the preflight of the CDK with several origins', () => {
    expect(gapsOf(ofCdk)).toEqual([]);
    const allowed = (headers: Readonly<Record<string, string>>) => {
      const response = respond(ofCdk, headers);
      expect(response).toMatchObject({ kind: 'response', status: 204, body: '' });
      return Object.fromEntries((response as { headers: readonly (readonly [string, string])[] }).headers);
    };
    expect(allowed({ Origin: 'https://b.example' })).toEqual({
      'Access-Control-Allow-Origin': 'https://b.example',
      Vary: 'Origin',
    });
    expect(allowed({ Origin: 'https://evil.example' })['Access-Control-Allow-Origin']).toBe('https://a.example');
    expect(allowed({})['Access-Control-Allow-Origin']).toBe('https://a.example');
  });

  it('fails with a binary media type that matches, unless it converts to text', () => {
    const api = anApi({}, { binaryMediaTypes: ['*/*'] });
    expect(respond(ofCdk, {}, api)).toMatchObject({ kind: 'rejection', type: 'DEFAULT_5XX' });
    expect(respond({ ...ofCdk, contentHandling: 'CONVERT_TO_TEXT' }, {}, api)).toMatchObject({ status: 204 });
  });

  it('has a template for each media type, and rejects or passes on the others', () => {
    const type = { 'content-type': 'text/plain' };
    expect(respond({ ...ofCdk, passthroughBehavior: 'never' }, type)).toMatchObject({ type: 'UNSUPPORTED_MEDIA_TYPE' });
    expect(respond({ ...ofCdk, passthroughBehavior: 'when_no_match' }, type)).toMatchObject({ type: 'DEFAULT_5XX' });
    expect(respond(ofCdk, { 'content-type': 'application/json; charset=utf-8' })).toMatchObject({ status: 204 });
  });

  it('with a template that is not emulated is reported at start and rejected, not half run', () => {
    const responses = {
      default: { statusCode: '200', responseTemplates: { 'application/json': '#foreach($a in $b)#end' } },
    };
    const integration = { ...ofCdk, responses };
    expect(gapsOf(integration)).toEqual([
      'a template of its mock integration is not run, and its requests get 500: #foreach is not emulated',
    ]);
    expect(respond(integration)).toMatchObject({ kind: 'rejection', type: 'API_CONFIGURATION_ERROR' });
  });
});
