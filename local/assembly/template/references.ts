import { arn, type NameSource, physicalName, stableId, stableUuid } from './names.ts';

/** The results of `Ref` and `Fn::GetAtt` for one resource. */
export interface ResourceReference {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a reference is made of: names, logical id, and the resource's resolved properties, read one at a time. */
export interface ReferenceSource {
  readonly names: NameSource;
  readonly logicalId: string;
  readonly property: (name: string) => string | undefined;
}

type ReferenceMaker = (source: ReferenceSource) => ResourceReference;

/**
 * The reference to a resource, by type. An unknown type has a generated name as its `Ref`, and `Arn` as its only attribute.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html ("Return values")
 */
export function reference(type: string, source: ReferenceSource): ResourceReference {
  const maker = Object.hasOwn(MAKERS, type) ? MAKERS[type] : undefined;
  return (maker ?? unknownType(type))(source);
}

/** A resource that is named by a property, and whose ARN ends in that name. */
function named(property: string, service: string, prefix: string, limit = 64, suffix = ''): ReferenceMaker {
  return ({ names, logicalId, property: read }) => {
    const name = read(property) ?? physicalName(names, logicalId, limit);
    return { ref: name, attributes: { Arn: arn(names, service, `${prefix}${name}${suffix}`) } };
  };
}

function id(length: number, attribute?: string): ReferenceMaker {
  return ({ names, logicalId }) => {
    const ref = stableId(names, logicalId, length);
    return { ref, attributes: attribute === undefined ? {} : { [attribute]: ref } };
  };
}

function unknownType(type: string): ReferenceMaker {
  const [, service = 'unknown', kind = 'resource'] = type.toLowerCase().split('::');
  return ({ names, logicalId }) => {
    const ref = physicalName(names, logicalId);
    return { ref, attributes: { Arn: arn(names, service, `${kind}/${ref}`) } };
  };
}

const restApi: ReferenceMaker = ({ names, logicalId }) => {
  const ref = stableId(names, logicalId, 10);
  return { ref, attributes: { RestApiId: ref, RootResourceId: stableId(names, `${logicalId}/root`, 10) } };
};

function waf(kind: string): ReferenceMaker {
  return ({ names, logicalId, property }) => {
    const name = property('Name') ?? physicalName(names, logicalId);
    const uuid = stableUuid(names, logicalId);
    const scope = property('Scope') ?? 'REGIONAL';
    const path = `${scope === 'REGIONAL' ? 'regional' : 'global'}/${kind}/${name}/${uuid}`;
    return { ref: `${name}|${uuid}|${scope}`, attributes: { Arn: arn(names, 'wafv2', path), Id: uuid } };
  };
}

/** Secrets Manager adds a hyphen and six characters to the name in the ARN. */
const secret: ReferenceMaker = ({ names, logicalId, property }) => {
  const name = property('Name') ?? physicalName(names, logicalId);
  const ref = arn(names, 'secretsmanager', `secret:${name}-${stableId(names, `${logicalId}/secret`, 6)}`);
  return { ref, attributes: { Id: ref } };
};

const topic: ReferenceMaker = ({ names, logicalId, property }) => {
  const name = property('TopicName') ?? physicalName(names, logicalId, 256);
  const ref = arn(names, 'sns', name);
  return { ref, attributes: { TopicArn: ref, TopicName: name } };
};

const userPool: ReferenceMaker = ({ names, logicalId }) => {
  const ref = `${names.region}_${stableId(names, logicalId, 9)}`;
  const provider = `cognito-idp.${names.region}.amazonaws.com/${ref}`;
  const attributes = { Arn: arn(names, 'cognito-idp', `userpool/${ref}`), UserPoolId: ref };
  return { ref, attributes: { ...attributes, ProviderName: provider, ProviderURL: `https://${provider}` } };
};

/** A version's or alias' ARN is the function's ARN and a qualifier; `FunctionName` may be the name or the ARN. */
function qualified(attribute: string, qualifier: (source: ReferenceSource) => string): ReferenceMaker {
  return (source) => {
    const target = source.property('FunctionName') ?? '';
    const functionArn = target.startsWith('arn:') ? target : arn(source.names, 'lambda', `function:${target}`);
    const ref = `${functionArn}:${qualifier(source)}`;
    return { ref, attributes: { [attribute]: ref, Version: '1' } };
  };
}

const key: ReferenceMaker = ({ names, logicalId }) => {
  const ref = stableUuid(names, logicalId);
  return { ref, attributes: { Arn: arn(names, 'kms', `key/${ref}`), KeyId: ref } };
};

/** Roles and policies have no region. */
function iam(property: string, kind: string, idAttribute: string): ReferenceMaker {
  return ({ names, logicalId, property: read }) => {
    const name = read(property) ?? physicalName(names, logicalId);
    const ref = `arn:${names.partition}:iam::${names.account}:${kind}/${name}`;
    const attributes = { Arn: ref, [idAttribute]: stableId(names, logicalId, 21).toUpperCase() };
    return { ref: kind === 'policy' ? ref : name, attributes };
  };
}

const bucket: ReferenceMaker = ({ names, logicalId, property }) => {
  const ref = property('BucketName') ?? physicalName(names, logicalId, 63).toLowerCase();
  const attributes = {
    Arn: `arn:${names.partition}:s3:::${ref}`,
    DomainName: `${ref}.s3.amazonaws.com`,
    RegionalDomainName: `${ref}.s3.${names.region}.amazonaws.com`,
  };
  return { ref, attributes };
};

const queue: ReferenceMaker = ({ names, logicalId, property }) => {
  const name = property('QueueName') ?? physicalName(names, logicalId, 80);
  const ref = `https://sqs.${names.region}.amazonaws.com/${names.account}/${name}`;
  return { ref, attributes: { Arn: arn(names, 'sqs', name), QueueName: name, QueueUrl: ref } };
};

const domainName: ReferenceMaker = ({ names, logicalId, property }) => {
  const host = `d-${stableId(names, logicalId, 10)}.execute-api.${names.region}.amazonaws.com`;
  const ref = property('DomainName') ?? host;
  const attributes = {
    DomainNameArn: `arn:${names.partition}:apigateway:${names.region}::/domainnames/${ref}`,
    RegionalDomainName: host,
    RegionalHostedZoneId: stableId(names, `${logicalId}/zone`, 14).toUpperCase(),
    DistributionDomainName: host,
  };
  return { ref, attributes };
};

const table: ReferenceMaker = (source) => {
  const { ref, attributes } = named('TableName', 'dynamodb', 'table/', 255)(source);
  const streamArn = `${attributes['Arn']}/stream/2026-01-01T00:00:00.000`;
  return { ref, attributes: { ...attributes, StreamArn: streamArn } };
};

const insightRule: ReferenceMaker = ({ names, logicalId, property }) => {
  const RuleName = property('RuleName') ?? physicalName(names, logicalId, 128);
  const ref = arn(names, 'cloudwatch', `insight-rule/${RuleName}`);
  return { ref, attributes: { Arn: ref, RuleName } };
};

const certificate: ReferenceMaker = ({ names, logicalId }) => ({
  ref: arn(names, 'acm', `certificate/${stableUuid(names, logicalId)}`),
  attributes: {},
});

/** CloudFront is global: its ARNs have no region. */
const cloudFrontArn = ({ partition, account }: NameSource, rest: string) =>
  `arn:${partition}:cloudfront::${account}:${rest}`;

const distribution: ReferenceMaker = ({ names, logicalId }) => {
  const ref = stableId(names, logicalId, 14).toUpperCase();
  const DomainName = `${stableId(names, `${logicalId}/domain`, 14)}.cloudfront.net`;
  return { ref, attributes: { Id: ref, DomainName, Arn: cloudFrontArn(names, `distribution/${ref}`) } };
};

const edgeFunction: ReferenceMaker = ({ names, logicalId, property }) => {
  const ref = cloudFrontArn(names, `function/${property('Name') ?? physicalName(names, logicalId)}`);
  return { ref, attributes: { FunctionARN: ref, 'FunctionMetadata.FunctionARN': ref, Stage: 'LIVE' } };
};

const keyValueStore: ReferenceMaker = ({ names, logicalId, property }) => {
  const Id = stableUuid(names, logicalId);
  const attributes = { Id, Arn: cloudFrontArn(names, `key-value-store/${Id}`), Status: 'READY' };
  return { ref: property('Name') ?? physicalName(names, logicalId), attributes };
};

/** A resource of CloudFront that is referred to by its id. */
function cloudFront(kind: string, arnAttribute = 'Arn'): ReferenceMaker {
  return ({ names, logicalId }) => {
    const ref = stableUuid(names, logicalId);
    return { ref, attributes: { Id: ref, [arnAttribute]: cloudFrontArn(names, `${kind}/${ref}`) } };
  };
}

const MAKERS: Readonly<Record<string, ReferenceMaker>> = {
  'AWS::ApiGateway::ApiKey': id(10, 'APIKeyId'),
  'AWS::ApiGateway::Authorizer': id(6, 'AuthorizerId'),
  'AWS::ApiGateway::Deployment': id(6, 'DeploymentId'),
  'AWS::ApiGateway::DomainName': domainName,
  'AWS::ApiGateway::Model': named('Name', 'apigateway', 'model/'),
  'AWS::ApiGateway::RequestValidator': id(6, 'RequestValidatorId'),
  'AWS::ApiGateway::Resource': id(6, 'ResourceId'),
  'AWS::ApiGateway::RestApi': restApi,
  'AWS::ApiGateway::Stage': named('StageName', 'apigateway', 'stage/'),
  'AWS::ApiGateway::UsagePlan': id(6, 'Id'),
  'AWS::CertificateManager::Certificate': certificate,
  'AWS::CloudFront::CachePolicy': cloudFront('cache-policy'),
  'AWS::CloudFront::ConnectionFunction': cloudFront('connection-function', 'ConnectionFunctionArn'),
  'AWS::CloudFront::Distribution': distribution,
  'AWS::CloudFront::Function': edgeFunction,
  'AWS::CloudFront::KeyValueStore': keyValueStore,
  'AWS::CloudFront::OriginRequestPolicy': cloudFront('origin-request-policy'),
  'AWS::CloudFront::ResponseHeadersPolicy': cloudFront('response-headers-policy'),
  'AWS::CloudFront::TrustStore': cloudFront('trust-store'),
  'AWS::CloudWatch::Alarm': named('AlarmName', 'cloudwatch', 'alarm:', 255),
  'AWS::CloudWatch::AlarmMuteRule': named('Name', 'cloudwatch', 'alarm-mute-rule:', 255),
  'AWS::CloudWatch::CompositeAlarm': named('AlarmName', 'cloudwatch', 'alarm:', 255),
  'AWS::CloudWatch::Dashboard': named('DashboardName', 'cloudwatch', 'dashboard/', 255),
  'AWS::CloudWatch::InsightRule': insightRule,
  'AWS::Cognito::UserPool': userPool,
  'AWS::Cognito::UserPoolClient': id(26, 'ClientId'),
  'AWS::Cognito::UserPoolDomain': named('Domain', 'cognito-idp', 'domain/'),
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
  'AWS::Events::Rule': named('Name', 'events', 'rule/'),
  'AWS::IAM::ManagedPolicy': iam('ManagedPolicyName', 'policy', 'PolicyId'),
  'AWS::IAM::Role': iam('RoleName', 'role', 'RoleId'),
  'AWS::KMS::Key': key,
  'AWS::KinesisFirehose::DeliveryStream': named('DeliveryStreamName', 'firehose', 'deliverystream/'),
  'AWS::Lambda::Alias': qualified('AliasArn', ({ property }) => property('Name') ?? ''),
  'AWS::Lambda::Function': named('FunctionName', 'lambda', 'function:'),
  'AWS::Lambda::Version': qualified('FunctionArn', () => '1'),
  'AWS::Logs::LogGroup': named('LogGroupName', 'logs', 'log-group:', 512, ':*'),
  'AWS::S3::Bucket': bucket,
  'AWS::SNS::Topic': topic,
  'AWS::SQS::Queue': queue,
  'AWS::SecretsManager::Secret': secret,
  'AWS::WAFv2::IPSet': waf('ipset'),
  'AWS::WAFv2::RegexPatternSet': waf('regexpatternset'),
  'AWS::WAFv2::WebACL': waf('webacl'),
};
