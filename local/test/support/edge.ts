import { folderOf } from '../../../test/support/folders.ts';
import { SMALLEST_API } from './assembly.ts';
import { functionOf, invocationOf } from './routes.ts';

/** A distribution in front of an API, written by hand in two stacks, as `secure-api` makes them. */
export interface TestEdge {
  /** Code of the function behind `GET /` and `POST /`, CommonJS. */
  readonly handler: string;
  /** Code of the viewer-request function. */
  readonly viewerRequest?: string;
  /** More of `DistributionConfig`, of its behavior, and of the response headers policy. */
  readonly config?: object;
  readonly behavior?: object;
  /** More distributions of the same API: what is different in their `DistributionConfig`. */
  readonly others?: readonly object[];
  readonly responseHeaders?: object;
  /** Headers of the origin request policy. */
  readonly headers?: object;
  /** Rules of the web ACL of scope CLOUDFRONT, and of the regional one. */
  readonly rules?: readonly object[];
  readonly regionalRules?: readonly object[];
  /** More resources of both stacks. */
  readonly resources?: object;
  readonly edgeResources?: object;
}

const ORIGIN_FUNCTION = `import cf from 'cloudfront';
const store = cf.kvs();
async function handler(event) {
  const request = event.request;
  request.headers['x-secure-api-origin'] = { value: await store.get('origin') };
  return request;
}`;

/** A function that responds with its event. */
export const ECHO = `exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) });`;

const visibility = (MetricName: string) => ({
  SampledRequestsEnabled: false,
  CloudWatchMetricsEnabled: true,
  MetricName,
});

/** Blocks requests without the secret header, as the first rule of the API's web ACL. */
const ORIGIN_RULE = {
  Name: 'origin',
  Priority: 0,
  Action: { Block: {} },
  VisibilityConfig: visibility('origin'),
  Statement: {
    NotStatement: {
      Statement: {
        RegexPatternSetReferenceStatement: {
          Arn: { 'Fn::GetAtt': ['Patterns', 'Arn'] },
          FieldToMatch: { SingleHeader: { Name: 'x-secure-api-origin' } },
          TextTransformations: [{ Priority: 0, Type: 'NONE' }],
        },
      },
    },
  },
};

const webAcl = (Scope: string, Rules: readonly object[]) => ({
  Type: 'AWS::WAFv2::WebACL',
  Properties: { Scope, DefaultAction: { Allow: {} }, VisibilityConfig: visibility('acl'), Rules },
});

/** An assembly with the stack `Sample` and its edge stack `Sample-edge` in us-east-1. */
export function edgeAssembly(edge: TestEdge): string {
  const { handler, viewerRequest = ORIGIN_FUNCTION, rules = [], regionalRules = [] } = edge;
  const { Api, Stage } = SMALLEST_API;
  const uri = invocationOf('Handler');
  const operation = { 'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri } };
  const paths = {
    '/{any+}': { 'x-amazon-apigateway-any-method': operation },
    '/': { 'x-amazon-apigateway-any-method': operation },
  };
  const stageArn = ['arn:aws:apigateway:eu-central-1::/restapis/', { Ref: 'Api' }, '/stages/', { Ref: 'Stage' }];
  const main = {
    Resources: {
      Api: { ...Api, Properties: { ...Api.Properties, Body: { ...Api.Properties.Body, paths } } },
      Stage,
      Handler: functionOf(handler),
      Domain: {
        Type: 'AWS::ApiGateway::DomainName',
        Properties: { DomainName: 'api.example.com', SecurityPolicy: 'TLS_1_2' },
      },
      Mapping: {
        Type: 'AWS::ApiGateway::BasePathMapping',
        Properties: { DomainName: { Ref: 'Domain' }, RestApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' } },
      },
      Patterns: {
        Type: 'AWS::WAFv2::RegexPatternSet',
        Properties: { Name: 'origin', Scope: 'REGIONAL', RegularExpressionList: ['^\\x00$'] },
      },
      Acl: webAcl('REGIONAL', [ORIGIN_RULE, ...regionalRules]),
      Association: {
        Type: 'AWS::WAFv2::WebACLAssociation',
        Properties: { ResourceArn: { 'Fn::Join': ['', stageArn] }, WebACLArn: { 'Fn::GetAtt': ['Acl', 'Arn'] } },
      },
      ...edge.resources,
    },
    Outputs: {
      Target: { Value: { 'Fn::GetAtt': ['Domain', 'RegionalDomainName'] } },
      SetId: { Value: { 'Fn::GetAtt': ['Patterns', 'Id'] } },
    },
  };
  const output = (OutputName: string) => ({
    'Fn::GetStackOutput': { StackName: 'Sample', OutputName, Region: 'eu-central-1' },
  });
  const settings = [
    '{"storeArn":"',
    { 'Fn::GetAtt': ['Store', 'Arn'] },
    '","patternSet":{"name":"origin","region":"eu-central-1","id":"',
    output('SetId'),
    '"},"everyDays":30}',
  ];
  const headers = {
    HeaderBehavior: 'allViewerAndWhitelistCloudFront',
    Headers: ['CloudFront-Viewer-Address'],
    ...edge.headers,
  };
  const distribution = {
    Aliases: ['api.example.com'],
    Enabled: true,
    HttpVersion: 'http2',
    Origins: [{ Id: 'api', DomainName: output('Target'), CustomOriginConfig: { OriginProtocolPolicy: 'https-only' } }],
    ViewerCertificate: { MinimumProtocolVersion: 'TLSv1.3_2025', SslSupportMethod: 'sni-only' },
    WebACLId: { 'Fn::GetAtt': ['EdgeAcl', 'Arn'] },
    DefaultCacheBehavior: {
      TargetOriginId: 'api',
      AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
      CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
      OriginRequestPolicyId: { Ref: 'OriginRequest' },
      ResponseHeadersPolicyId: { Ref: 'ResponseHeaders' },
      ViewerProtocolPolicy: 'redirect-to-https',
      FunctionAssociations: [{ EventType: 'viewer-request', FunctionARN: { 'Fn::GetAtt': ['Viewer', 'FunctionARN'] } }],
      ...edge.behavior,
    },
    ...edge.config,
  };
  const store = { KeyValueStoreARN: { 'Fn::GetAtt': ['Store', 'Arn'] } };
  const second = {
    Resources: {
      Store: { Type: 'AWS::CloudFront::KeyValueStore', Properties: { Name: 'origin' } },
      Viewer: {
        Type: 'AWS::CloudFront::Function',
        Properties: {
          Name: 'viewer',
          FunctionCode: viewerRequest,
          FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0', KeyValueStoreAssociations: [store] },
        },
      },
      OriginRequest: {
        Type: 'AWS::CloudFront::OriginRequestPolicy',
        Properties: {
          OriginRequestPolicyConfig: {
            Name: 'all',
            HeadersConfig: headers,
            CookiesConfig: { CookieBehavior: 'all' },
            QueryStringsConfig: { QueryStringBehavior: 'all' },
          },
        },
      },
      ResponseHeaders: {
        Type: 'AWS::CloudFront::ResponseHeadersPolicy',
        Properties: {
          ResponseHeadersPolicyConfig: {
            Name: 'headers',
            SecurityHeadersConfig: {
              StrictTransportSecurity: { AccessControlMaxAgeSec: 31536000, IncludeSubdomains: true, Override: true },
              ContentTypeOptions: { Override: true },
            },
            ...edge.responseHeaders,
          },
        },
      },
      EdgeAcl: webAcl('CLOUDFRONT', rules),
      ...Object.fromEntries(
        [{}, ...(edge.others ?? [])].map((other, i) => [
          i === 0 ? 'Distribution' : `Distribution${i}`,
          {
            Type: 'AWS::CloudFront::Distribution',
            Properties: { DistributionConfig: { ...distribution, ...other } },
          },
        ]),
      ),
      Rotation: functionOf('exports.handler = async () => ({})', { SECURE_API_ORIGIN_SECRET: '' }),
      ...edge.edgeResources,
    },
  };
  Object.assign(second.Resources.Rotation as { Properties: object }, {
    Properties: {
      ...(second.Resources.Rotation as { Properties: object }).Properties,
      Environment: { Variables: { SECURE_API_ORIGIN_SECRET: { 'Fn::Join': ['', settings] } } },
    },
  });
  const artifact = (name: string, region: string, dependencies: readonly string[]) => ({
    type: 'aws:cloudformation:stack',
    environment: `aws://123456789012/${region}`,
    properties: { templateFile: `${name}.template.json` },
    dependencies,
  });
  const artifacts = {
    Sample: artifact('Sample', 'eu-central-1', []),
    'Sample-edge': artifact('Sample-edge', 'us-east-1', ['Sample']),
  };
  return folderOf({
    'manifest.json': JSON.stringify({ version: '55.0.0', artifacts }),
    'Sample.template.json': JSON.stringify(main),
    'Sample-edge.template.json': JSON.stringify(second),
  });
}
