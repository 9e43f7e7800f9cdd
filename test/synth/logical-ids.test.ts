import type { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it } from 'vitest';
import { everything } from './everything.ts';
import { ofType } from './support.ts';

/** Types that hold data or an address outside of the template, and what a new logical id does to a deployed one. */
const STATEFUL = {
  'AWS::ApiGateway::RestApi': {
    loses: 'the execute-api address changes, and clients that use it get no response',
    ids: ['ApiRestApiE35FEAFE'],
  },
  'AWS::ApiGateway::Stage': {
    loses: 'the stage is missing until the new one is there, and its settings start anew',
    ids: ['ApiRestApiDeploymentStageliveAFF7724B'],
  },
  'AWS::ApiGateway::DomainName': {
    loses: 'the deployment fails, because the host name is taken by the old one',
    ids: ['ApiEdgeDomain01A44B11'],
  },
  'AWS::ApiGateway::UsagePlan': {
    loses: 'the quotas that clients have used are forgotten, and registered clients are in no plan',
    ids: ['ApiLimitsTiersfreePlan4F3633A0', 'ApiLimitsTierspremiumPlanA58193EA'],
  },
  'AWS::ApiGateway::ApiKey': {
    loses: 'the deployment fails, because another key has the same value',
    ids: ['ApiLimitsTiersfreeKey039603CB', 'ApiLimitsTierspremiumKey3706D99E'],
  },
  'AWS::CertificateManager::Certificate': {
    loses: 'a new certificate is issued and has to be validated',
    ids: ['ApiEdgeCertificate3ACF90EF'],
  },
  'AWS::Cognito::UserPool': {
    loses: 'users, passwords and groups stay behind in the retained pool, and every token is rejected',
    ids: ['ApiIdentityUserPool185EF191'],
  },
  'AWS::Cognito::UserPoolClient': {
    loses: 'apps and machines have to be configured with new client ids and secrets',
    ids: ['ApiIdentityUserPoolAppDA76B336', 'ApiIdentityUserPoolMachinerobotC0429FFB'],
  },
  'AWS::Cognito::UserPoolDomain': {
    loses: 'the deployment fails, because the host of the sign-in page is taken by the old one',
    ids: ['ApiIdentityUserPoolSignIn310342C9'],
  },
  'AWS::Cognito::UserPoolGroup': {
    loses: 'the deployment fails, because the pool has a group of this name',
    ids: [
      'ApiIdentityGroupadmin657DD0A1',
      'ApiIdentityGroupeditorBF5DEEA0',
      'ApiIdentityGroupmanagerB05A3B97',
      'ApiIdentityGroupviewer5F0C041F',
      'ApiIdentityTierfree0C05FDD7',
      'ApiIdentityTierpremium6E33C01B',
    ],
  },
  'AWS::Cognito::UserPoolResourceServer': {
    loses: 'the deployment fails, because the pool has a resource server of this identifier',
    ids: ['ApiIdentityUserPoolMachineIdentities7719D24F'],
  },
  'AWS::DynamoDB::GlobalTable': {
    loses: 'the API starts with an empty table: denied tokens are accepted, registered clients unknown',
    ids: [
      'ApiAuthorizerProofsEB21A033',
      'ApiAuthorizerRevocations0CB6908D',
      'ApiLimitsClients3FD1EA9A',
      'ApiLimitsCountersA66F51D2',
    ],
  },
  'AWS::DynamoDB::Table': {
    loses: 'requests that were made before run again when they are repeated',
    ids: ['ApiIdempotency60CD61D9'],
  },
  'AWS::KMS::Key': {
    loses: 'logs and secrets written before are encrypted by a key that the stack no longer manages',
    ids: ['ApiKey679C99C7'],
  },
  'AWS::Logs::LogGroup': {
    loses: 'earlier logs are deleted, or stay behind in a group that no alarm and query reads',
    ids: [
      'ApiAuthorizerLogs2C8C5EBD',
      'ApiEdgeWafLogsE14F76E8',
      'ApiHandlersaddAttachmentLogsC52F19AC',
      'ApiHandlersdocumentsLogs0D9FAFDD',
      'ApiHandlersdownloadAttachmentLogs14392762',
      'ApiHandlershealthLogs5C4827F7',
      'ApiHandlersmeLogsB5FDFF2E',
      'ApiHandlerspresignAttachmentLogs6CDCB069',
      'ApiIdentityPretokenLogsD9EF0E78',
      'ApiLimitsUsageLogs41CCABE4',
      'ApiMonitoringNotifierLogs00DC727F',
      'ApiRestApiAccessLog2FB2AFEA',
      'UploadsRemoveTestFileLogs5D9C9133',
    ],
  },
  'AWS::S3::Bucket': {
    loses: 'the files stay behind in the retained bucket, and every download is 404',
    ids: ['UploadsAccessLogsB2D59324', 'UploadsBucketC4B27CC7'],
  },
  'AWS::SecretsManager::Secret': {
    loses: 'the value is generated anew: issuers sign with the old one, and keys change',
    ids: ['ApiAuthorizerClientKeysACF83BEC', 'ApiIdentity3HmacE94E26CB'],
  },
  'AWS::SNS::Subscription': {
    loses: 'each recipient has to confirm the subscription again',
    ids: [
      'ApiMonitoringAlarmTopichttpshooksexamplecomalarms3AE2260A',
      'ApiMonitoringInfoTopichttpshooksexamplecomalarms2649B320',
      'ApiMonitoringNotifierFunctionAlarmTopicB63DE648',
      'ApiMonitoringNotifierFunctionInfoTopic99CD73A7',
      'ApiMonitoringNotifierFunctionTicketTopic71B54F80',
      'ApiMonitoringNotifierMailsopsexamplecom62EEF377',
      'ApiMonitoringTicketTopichttpshooksexamplecomalarms3D54A48F',
    ],
  },
  'AWS::SNS::Topic': {
    loses: 'subscriptions that were added by hand are lost',
    ids: [
      'ApiMonitoringAlarmTopic424175BB',
      'ApiMonitoringInfoTopicE5B2D0C0',
      'ApiMonitoringNotifierMailsB257BD36',
      'ApiMonitoringTicketTopicF892615D',
    ],
  },
} as const satisfies Readonly<Record<string, { readonly loses: string; readonly ids: readonly string[] }>>;

describe('the logical ids of what holds state', () => {
  let template: Template;
  beforeAll(() => {
    template = everything();
  });

  it.each(Object.entries(STATEFUL))('of %s stay the same', (type, { loses, ids }) => {
    const found = ofType(template, type).map(([id]) => id);
    const message = `CloudFormation replaces a resource whose logical id changes: ${loses}. Keep the construct ids and scopes, or write a migration and a major changeset.`;
    expect(found.sort(), message).toEqual([...ids].sort());
  });
});
