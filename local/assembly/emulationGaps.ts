import type { EmulationGap } from './model.ts';
import type { Resource } from './stackTemplate.ts';

/** Takes down something that the assembly asks for and this machine does not do. */
export type ReportGap = (resource: Resource, detail: string) => void;

/** A note-taker that adds to `notices`. */
export function collectGaps(notices: EmulationGap[]): ReportGap {
  return (resource, detail) => {
    notices.push({ resource: resource.location, type: resource.type, detail });
  };
}

/** Properties that describe a resource, or guard its life on AWS, and change nothing in what it does here. */
const DESCRIPTIVE: ReadonlySet<string> = new Set(['Description', 'Tags', 'Name', 'DeletionProtectionEnabled']);

/**
 * Notes each property of a resource that is set and neither honoured nor descriptive.
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
    report(resource, `the setting ${name} is not honoured here`);
  }
}

/** Types that some file of this room reads. */
const READ_TYPES: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::ApiKey',
  'AWS::ApiGateway::Authorizer',
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Model',
  'AWS::ApiGateway::RequestValidator',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::ApiGateway::UsagePlan',
  'AWS::ApiGateway::UsagePlanKey',
  'AWS::CloudWatch::Alarm',
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Lambda::Function',
  'AWS::Logs::MetricFilter',
  'AWS::S3::Bucket',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SecretsManager::Secret',
  'AWS::WAFv2::IPSet',
  'AWS::WAFv2::WebACL',
  'AWS::WAFv2::WebACLAssociation',
]);

/** Types that mean nothing on one machine: permissions, deployments, encryption at rest, views, names of the outer world. */
const HARMLESS_TYPES: ReadonlySet<string> = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Deployment',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::Certificate',
  'AWS::CloudFormation::WaitConditionHandle',
  'AWS::CloudWatch::Dashboard',
  'AWS::CloudWatch::InsightRule',
  // What a user pool says of its people and its page; the local issuer stands in for all of it.
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
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SecretsManager::ResourcePolicy',
]);

const DETAILS: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::DomainName': 'the domain is not served here; the API answers on localhost with a local certificate',
  'AWS::ApiGateway::BasePathMapping': 'the domain is not served here',
  'AWS::ApiGatewayV2::RoutingRule': 'the domain is not served here',
  'AWS::CloudWatch::CompositeAlarm': 'composite alarms are not evaluated here; the alarms below it are',
  'AWS::Events::Rule': 'schedules and events are not run here',
  'AWS::Lambda::EventSourceMapping': 'functions are invoked by the API only',
  'AWS::GuardDuty::MalwareProtectionPlan':
    'nothing scans objects here: they stay unreleased until a tag GuardDutyMalwareScanStatus is set on them',
  'AWS::Lambda::Url': 'function URLs are not served here',
  'AWS::CloudFormation::Stack': 'nested stacks are not read',
  'AWS::Route53::RecordSet': 'DNS is left alone',
};

/** Notes every resource whose type nobody reads, unless the type means nothing on one machine. */
export function reportUnknownTypes(resources: readonly Resource[], report: ReportGap): void {
  for (const resource of resources) {
    if (READ_TYPES.has(resource.type) || HARMLESS_TYPES.has(resource.type)) continue;
    report(resource, DETAILS[resource.type] ?? 'resources of this type do not exist here');
  }
}
