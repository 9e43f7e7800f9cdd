import { arn, type Naming, physicalName, stableId, stableUuid } from './names.ts';

/** What `Ref` and `Fn::GetAtt` give for one resource. */
export interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What a maker needs: naming, logical id, and the resource's own properties as resolved text, read one at a time. */
export interface IdentitySource {
  readonly naming: Naming;
  readonly logicalId: string;
  readonly property: (name: string) => string | undefined;
}

type Maker = (source: IdentitySource) => Identity;

/**
 * The identity of a resource, by type. A type that is not known here has a made-up name as its `Ref` and no attributes but `Arn`.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html ("Return values")
 */
export function identify(type: string, source: IdentitySource): Identity {
  const maker = Object.hasOwn(MAKERS, type) ? MAKERS[type] : undefined;
  return (maker ?? unknownType(type))(source);
}

/** A resource whose name is a property of its own, and whose ARN ends in that name. */
function named(property: string, service: string, prefix: string, limit = 64, suffix = ''): Maker {
  return ({ naming, logicalId, property: read }) => {
    const name = read(property) ?? physicalName(naming, logicalId, limit);
    return { ref: name, attributes: { Arn: arn(naming, service, `${prefix}${name}${suffix}`) } };
  };
}

function id(length: number, attribute?: string): Maker {
  return ({ naming, logicalId }) => {
    const ref = stableId(naming, logicalId, length);
    return { ref, attributes: attribute === undefined ? {} : { [attribute]: ref } };
  };
}

function unknownType(type: string): Maker {
  const [, service = 'unknown', kind = 'resource'] = type.toLowerCase().split('::');
  return ({ naming, logicalId }) => {
    const ref = physicalName(naming, logicalId);
    return { ref, attributes: { Arn: arn(naming, service, `${kind}/${ref}`) } };
  };
}

const restApi: Maker = ({ naming, logicalId }) => {
  const ref = stableId(naming, logicalId, 10);
  return { ref, attributes: { RestApiId: ref, RootResourceId: stableId(naming, `${logicalId}/root`, 10) } };
};

function waf(kind: string): Maker {
  return ({ naming, logicalId, property }) => {
    const name = property('Name') ?? physicalName(naming, logicalId);
    const uuid = stableUuid(naming, logicalId);
    const scope = property('Scope') ?? 'REGIONAL';
    const path = `${scope === 'REGIONAL' ? 'regional' : 'global'}/${kind}/${name}/${uuid}`;
    return { ref: `${name}|${uuid}|${scope}`, attributes: { Arn: arn(naming, 'wafv2', path), Id: uuid } };
  };
}

/** Secrets Manager adds a hyphen and six characters to the name in the ARN. */
const secret: Maker = ({ naming, logicalId, property }) => {
  const name = property('Name') ?? physicalName(naming, logicalId);
  const ref = arn(naming, 'secretsmanager', `secret:${name}-${stableId(naming, `${logicalId}/secret`, 6)}`);
  return { ref, attributes: { Id: ref } };
};

const topic: Maker = ({ naming, logicalId, property }) => {
  const name = property('TopicName') ?? physicalName(naming, logicalId, 256);
  const ref = arn(naming, 'sns', name);
  return { ref, attributes: { TopicArn: ref, TopicName: name } };
};

const userPool: Maker = ({ naming, logicalId }) => {
  const ref = `${naming.region}_${stableId(naming, logicalId, 9)}`;
  const provider = `cognito-idp.${naming.region}.amazonaws.com/${ref}`;
  const attributes = { Arn: arn(naming, 'cognito-idp', `userpool/${ref}`), UserPoolId: ref };
  return { ref, attributes: { ...attributes, ProviderName: provider, ProviderURL: `https://${provider}` } };
};

/** A version's or alias' ARN is the function's with a qualifier behind; `FunctionName` may be the name or the ARN. */
function qualified(attribute: string, qualifier: (source: IdentitySource) => string): Maker {
  return (source) => {
    const target = source.property('FunctionName') ?? '';
    const functionArn = target.startsWith('arn:') ? target : arn(source.naming, 'lambda', `function:${target}`);
    const ref = `${functionArn}:${qualifier(source)}`;
    return { ref, attributes: { [attribute]: ref, Version: '1' } };
  };
}

const key: Maker = ({ naming, logicalId }) => {
  const ref = stableUuid(naming, logicalId);
  return { ref, attributes: { Arn: arn(naming, 'kms', `key/${ref}`), KeyId: ref } };
};

/** Roles and policies live outside of regions. */
function iam(property: string, kind: string, idAttribute: string): Maker {
  return ({ naming, logicalId, property: read }) => {
    const name = read(property) ?? physicalName(naming, logicalId);
    const ref = `arn:${naming.partition}:iam::${naming.account}:${kind}/${name}`;
    const attributes = { Arn: ref, [idAttribute]: stableId(naming, logicalId, 21).toUpperCase() };
    return { ref: kind === 'policy' ? ref : name, attributes };
  };
}

const bucket: Maker = ({ naming, logicalId, property }) => {
  const ref = property('BucketName') ?? physicalName(naming, logicalId, 63).toLowerCase();
  const attributes = {
    Arn: `arn:${naming.partition}:s3:::${ref}`,
    DomainName: `${ref}.s3.amazonaws.com`,
    RegionalDomainName: `${ref}.s3.${naming.region}.amazonaws.com`,
  };
  return { ref, attributes };
};

const queue: Maker = ({ naming, logicalId, property }) => {
  const name = property('QueueName') ?? physicalName(naming, logicalId, 80);
  const ref = `https://sqs.${naming.region}.amazonaws.com/${naming.account}/${name}`;
  return { ref, attributes: { Arn: arn(naming, 'sqs', name), QueueName: name, QueueUrl: ref } };
};

const domainName: Maker = ({ naming, logicalId, property }) => {
  const host = `d-${stableId(naming, logicalId, 10)}.execute-api.${naming.region}.amazonaws.com`;
  const ref = property('DomainName') ?? host;
  const attributes = {
    DomainNameArn: `arn:${naming.partition}:apigateway:${naming.region}::/domainnames/${ref}`,
    RegionalDomainName: host,
    RegionalHostedZoneId: stableId(naming, `${logicalId}/zone`, 14).toUpperCase(),
    DistributionDomainName: host,
  };
  return { ref, attributes };
};

const table: Maker = (source) => {
  const { ref, attributes } = named('TableName', 'dynamodb', 'table/', 255)(source);
  const streamArn = `${attributes['Arn']}/stream/2026-01-01T00:00:00.000`;
  return { ref, attributes: { ...attributes, StreamArn: streamArn } };
};

const certificate: Maker = ({ naming, logicalId }) => ({
  ref: arn(naming, 'acm', `certificate/${stableUuid(naming, logicalId)}`),
  attributes: {},
});

const MAKERS: Readonly<Record<string, Maker>> = {
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
  'AWS::CloudWatch::Alarm': named('AlarmName', 'cloudwatch', 'alarm:', 255),
  'AWS::CloudWatch::CompositeAlarm': named('AlarmName', 'cloudwatch', 'alarm:', 255),
  'AWS::CloudWatch::Dashboard': named('DashboardName', 'cloudwatch', 'dashboard/', 255),
  'AWS::Cognito::UserPool': userPool,
  'AWS::Cognito::UserPoolClient': id(26, 'ClientId'),
  'AWS::Cognito::UserPoolDomain': named('Domain', 'cognito-idp', 'domain/'),
  'AWS::DynamoDB::GlobalTable': table,
  'AWS::DynamoDB::Table': table,
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
  'AWS::WAFv2::WebACL': waf('webacl'),
};
