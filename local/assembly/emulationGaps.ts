import type { EmulationGap } from './model.ts';
import type { Resource } from './stackTemplate.ts';

/** Reports something that the assembly defines and that is not emulated locally. */
export type ReportGap = (resource: Resource, detail: string) => void;

/** Adds what is reported to `gaps`. */
export function collectGaps(gaps: EmulationGap[]): ReportGap {
  return (resource, detail) => {
    gaps.push({ resource: resource.location, type: resource.type, detail });
  };
}

/** Properties that describe or protect a resource on AWS, and do not change what it does. */
const DESCRIPTIVE: ReadonlySet<string> = new Set(['Description', 'Tags', 'Name', 'DeletionProtectionEnabled']);

/**
 * Reports each property of a resource that is neither emulated nor irrelevant.
 * @param emulated Properties that the reader of this type uses.
 * @param harmless Properties of this type that make no difference on one machine.
 */
export function reportUnreadProperties(
  resource: Resource,
  report: ReportGap,
  emulated: readonly string[],
  harmless: readonly string[],
): void {
  for (const name of Object.keys(resource.properties)) {
    if (DESCRIPTIVE.has(name) || emulated.includes(name) || harmless.includes(name)) continue;
    report(resource, `the property ${name} is not emulated`);
  }
}

/** Types that the files of `resources/` read. */
const READ_TYPES: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::ApiKey',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::BasePathMapping',
  'AWS::ApiGateway::DomainName',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Model',
  'AWS::ApiGateway::RequestValidator',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::UsagePlan',
  'AWS::ApiGateway::UsagePlanKey',
  'AWS::ApiGatewayV2::RoutingRule',
  'AWS::CloudFront::ConnectionFunction',
  'AWS::CloudFront::Distribution',
  'AWS::CloudFront::Function',
  'AWS::CloudFront::KeyValueStore',
  'AWS::CloudFront::OriginRequestPolicy',
  'AWS::CloudFront::ResponseHeadersPolicy',
  'AWS::CloudFront::TrustStore',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::AlarmMuteRule',
  'AWS::CloudWatch::AnomalyDetector',
  'AWS::CloudWatch::CompositeAlarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::CloudWatch::InsightRule',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Events::Rule',
  'AWS::GuardDuty::MalwareProtectionPlan',
  'AWS::Lambda::Function',
  'AWS::Logs::MetricFilter',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SecretsManager::Secret',
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::LoggingConfiguration',
  'AWS::WAFv2::RegexPatternSet',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
]);

/** Types that make no difference on one machine: permissions, deployments, encryption at rest, certificates. */
const HARMLESS_TYPES: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Deployment',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFormation::WaitConditionHandle',
  // The local issuer replaces users, groups and the login page of a user pool.
  'AWS::Cognito::ManagedLoginBranding',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Cognito::UserPoolGroup',
  'AWS::Cognito::UserPoolResourceServer',
  'AWS::Cognito::UserPoolGroup',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::IAM::ServiceLinkedRole',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::Logs::LogGroup',
  'AWS::Logs::LogStream',
  'AWS::Logs::QueryDefinition',
  'AWS::Logs::ResourcePolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SecretsManager::ResourcePolicy',
  // They act when a stack is deleted.
  'Custom::SecureApiDeleteApiKeys',
  'Custom::SecureApiEmptyBucket',
  // The gateway makes the first value itself.
  'Custom::SecureApiOriginSecret',
]);

const DETAILS: Readonly<Record<string, string>> = {
  'AWS::ApiGatewayV2::ApiMapping': 'of the mappings of a domain, base path mappings and routing rules are read',
  'AWS::Lambda::EventSourceMapping': 'only the API invokes functions',
  'AWS::Lambda::EventInvokeConfig': 'a failed asynchronous event is not repeated',
  'AWS::SQS::Queue':
    'queues keep nothing here; a notification that fails is printed, and counted in the metric of its queue',
  'AWS::Lambda::Url': 'function URLs are not served',
  'AWS::Cognito::UserPoolRiskConfigurationAttachment': 'the local issuer assesses no risk of a sign-in',
  'AWS::CloudFormation::Stack': 'nested stacks are not read',
  'AWS::Route53::RecordSet': 'no DNS record is created',
};

/** Reports every resource of a type that is not read, unless the type makes no difference on one machine. */
export function reportUnknownTypes(resources: readonly Resource[], report: ReportGap): void {
  for (const resource of resources) {
    if (READ_TYPES.has(resource.type) || HARMLESS_TYPES.has(resource.type)) continue;
    report(resource, DETAILS[resource.type] ?? 'resources of this type are not emulated');
  }
}
