import { aws_apigateway as apigateway, Duration } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { loadAssembly } from '../../assembly/load.ts';
import { handlerOf, synthesizeStack } from '../support/assembly.ts';

describe('loading an API defined by methods', () => {
  it('translates it to an OpenAPI body', () => {
    const model = loadAssembly(
      synthesizeStack((stack) => {
        const handler = handlerOf(stack);
        const identitySources = [apigateway.IdentitySource.header('Authorization')];
        const resultsCacheTtl = Duration.seconds(60);
        const authorizer = new apigateway.RequestAuthorizer(stack, 'Auth', {
          handler,
          identitySources,
          resultsCacheTtl,
        });
        const api = new apigateway.RestApi(stack, 'Rest', { cloudWatchRole: false });
        const schema = { type: apigateway.JsonSchemaType.OBJECT, required: ['title'] };
        const item = api.root.addResource('documents').addResource('{id}');
        const integration = new apigateway.LambdaIntegration(handler);
        item.addMethod('GET', integration, {
          authorizer,
          apiKeyRequired: true,
          requestParameters: { 'method.request.querystring.q': true },
        });
        item.addMethod('PUT', integration, {
          requestModels: { 'application/json': api.addModel('Doc', { schema, modelName: 'Doc' }) },
          requestValidatorOptions: { requestValidatorName: 'body', validateRequestBody: true },
        });
        api.addGatewayResponse('No', { type: apigateway.ResponseType.UNAUTHORIZED, statusCode: '401' });
      }),
      { secretValue: () => '' },
    );
    const body = JSON.parse(JSON.stringify(model.apis[0]?.body));
    const { get, put } = body.paths['/documents/{id}'];
    const [scheme] = Object.keys(body.components.securitySchemes).filter((name) => name !== 'api_key');
    expect(get.security).toEqual([{ api_key: [], [scheme ?? '']: [] }]);
    expect(get.parameters.map((it: { in: string; name: string }) => `${it.in}.${it.name}`)).toEqual([
      'path.id',
      'query.q',
    ]);
    expect(get['x-amazon-apigateway-integration']).toMatchObject({ type: 'aws_proxy', httpMethod: 'POST' });
    expect(get['x-amazon-apigateway-integration'].uri).toContain(model.functions[0]?.arn);
    expect(body.components.securitySchemes[scheme ?? '']['x-amazon-apigateway-authorizer']).toMatchObject({
      type: 'request',
      identitySource: 'method.request.header.Authorization',
      authorizerResultTtlInSeconds: 60,
    });
    expect(put.requestBody.content).toEqual({ 'application/json': { schema: { $ref: '#/components/schemas/Doc' } } });
    const validators = body['x-amazon-apigateway-request-validators'];
    expect(validators[put['x-amazon-apigateway-request-validator']]).toMatchObject({ validateRequestBody: true });
    expect(body['x-amazon-apigateway-gateway-responses'].UNAUTHORIZED.statusCode).toBe('401');
  });
});
