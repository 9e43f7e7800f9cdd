import { App, aws_apigateway as apigateway, aws_lambda as lambda, Stack } from 'aws-cdk-lib';
import { folderOf, temporaryFolder } from '../../../test/support/folders.ts';

/** Synthesizes an app and gives its assembly directory. */
export function synthesize(build: (app: App) => void): string {
  const app = new App({ outdir: temporaryFolder(), analyticsReporting: false });
  build(app);
  return app.synth().directory;
}

/** Synthesizes one stack named `Sample`. */
export function synthesizeStack(build: (stack: Stack) => void): string {
  return synthesize((app) => build(new Stack(app, 'Sample')));
}

/** An assembly written by hand, for templates that CDK would not make. */
export function handWritten(template: unknown): string {
  const properties = { templateFile: 'Sample.template.json' };
  const artifact = { type: 'aws:cloudformation:stack', environment: 'aws://123456789012/eu-central-1', properties };
  return folderOf({
    'manifest.json': JSON.stringify({ version: '55.0.0', artifacts: { Sample: artifact } }),
    'Sample.template.json': typeof template === 'string' ? template : JSON.stringify(template),
  });
}

/** A REST API with one stage and one mock route: the smallest one that loads. */
export const SMALLEST_API = {
  Api: {
    Type: 'AWS::ApiGateway::RestApi',
    Properties: {
      SecurityPolicy: 'TLS_1_2',
      Body: { openapi: '3.0.1', info: { title: 'small', version: '1' }, paths: {} },
    },
  },
  Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { RestApiId: { Ref: 'Api' }, StageName: 'live' } },
} as const;

/** A REST API from an OpenAPI body, with one stage named `prod`. */
export function specApi(stack: Stack, extra: Partial<apigateway.SpecRestApiProps> = {}): apigateway.SpecRestApi {
  const body = { openapi: '3.0.1', info: { title: 'documents', version: '1' }, paths: {} };
  const apiDefinition = apigateway.ApiDefinition.fromInline(body);
  return new apigateway.SpecRestApi(stack, 'Api', { apiDefinition, cloudWatchRole: false, ...extra });
}

/** A function from a small asset directory. */
export function handlerOf(stack: Stack, extra: Partial<lambda.FunctionProps> = {}): lambda.Function {
  const asset = folderOf({ 'index.mjs': 'export const handler = async () => ({})' });
  return new lambda.Function(stack, 'Handler', {
    runtime: lambda.Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(asset),
    ...extra,
  });
}
