import { Fn, Stack } from 'aws-cdk-lib';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, type CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { ORIGIN_HEADER, VIEWER_CERT_PEM } from '../../../lambdas/shared/edgeHeaders.ts';
import { WEB_ACL_LOG_PREFIX } from '../../../lambdas/shared/monitoringNames.ts';
import { allowDelivery } from '../deliveredLog.ts';
import { type LogSettings, logGroup } from '../logs.ts';

/** Headers that hold credentials, names of people, or whatever a client writes. WAF redacts a header by its name alone. */
const REDACTED_HEADERS = [
  'authorization',
  'cookie',
  'dpop',
  'proxy-authorization',
  'referer',
  'user-agent',
  'x-amz-security-token',
  'x-api-key',
  ORIGIN_HEADER,
  VIEWER_CERT_PEM,
];

/** What is logged, and how the log is kept. */
export interface BlockedLog {
  readonly settings: LogSettings;
  /** Of the web ACL. */
  readonly name: string;
  /** Labels of counted requests that are logged. @default - every counted request */
  readonly counted?: readonly string[];
}

/**
 * Logs what a web ACL blocked or counted. The web ACL redacts what it keeps; what is known to hold secrets is also redacted here, in case
 * somebody changes that in the console.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
 */
export function logBlocked(scope: Construct, acl: CfnWebACL, { settings, name, counted }: BlockedLog): LogGroup {
  // A log that is retained must not take the name of that of the next stack, so the name ends with the id of this one.
  const ownId = Fn.select(2, Fn.split('/', Stack.of(scope).stackId));
  const group = logGroup(scope, 'WafLogs', settings, `${WEB_ACL_LOG_PREFIX}${name.replaceAll('-', '')}-${ownId}`);
  const groupArn = allowDelivery(group, 'WAF writes the log of the web ACL.');
  const condition = (action: string) => ({ ActionCondition: { Action: action } });
  const ofCounted = counted?.map((label) => ({ LabelNameCondition: { LabelName: label } })) ?? [condition('COUNT')];
  const configuration = new CfnLoggingConfiguration(scope, 'WafLogging', {
    resourceArn: acl.attrArn,
    logDestinationConfigs: [groupArn],
    redactedFields: [{ queryString: {} }, ...REDACTED_HEADERS.map((Name) => ({ singleHeader: { Name } }))],
    loggingFilter: {
      DefaultBehavior: 'DROP',
      Filters: [
        {
          Behavior: 'KEEP',
          Requirement: 'MEETS_ANY',
          Conditions: [condition('BLOCK'), ...ofCounted, condition('EXCLUDED_AS_COUNT')],
        },
      ],
    },
  });
  // WAF writes a test entry when the configuration is created.
  configuration.node.addDependency(group.node.findChild('Policy'));
  return group;
}
