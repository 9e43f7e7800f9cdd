import { Names, Stack } from 'aws-cdk-lib';
import type { CfnDistribution } from 'aws-cdk-lib/aws-cloudfront';
import { CfnDelivery, CfnDeliveryDestination, CfnDeliverySource } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { allowDelivery } from '../deliveredLog.ts';
import { type LogSettings, logGroup } from '../logs.ts';

/**
 * The fields of a line. None has what a client writes except for host and method: no path, query, cookie, referrer or user agent, because
 * tokens are found there, also in requests over plain HTTP, which are redirected or rejected.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
 */
const FIELDS = [
  'date',
  'time',
  'x-edge-location',
  'x-edge-request-id',
  'c-ip',
  'c-port',
  'cs-method',
  'x-host-header',
  'cs-protocol',
  'cs-protocol-version',
  'cs-bytes',
  'sc-bytes',
  'sc-status',
  'time-taken',
  'ssl-protocol',
  'ssl-cipher',
  'x-edge-result-type',
  'x-edge-response-result-type',
  'x-edge-detailed-result-type',
];
/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html */
const LONGEST_NAME = 60;

/** Logs the requests of distributions in one log group, as JSON. */
export function logRequests(
  scope: Construct,
  distributions: readonly CfnDistribution[],
  { settings, name }: { readonly settings: LogSettings; readonly name: string },
): void {
  const group = logGroup(scope, 'AccessLog', settings);
  const { account, partition } = Stack.of(scope);
  const groupArn = allowDelivery(group, 'CloudFront writes the log of the distribution.');
  const destination = new CfnDeliveryDestination(scope, 'LogDestination', {
    name: name.slice(0, LONGEST_NAME),
    destinationResourceArn: groupArn,
    outputFormat: 'json',
  });
  for (const [i, one] of distributions.entries()) {
    const logged = new Construct(scope, `Log${i}`);
    const source = new CfnDeliverySource(logged, 'Source', {
      name: Names.uniqueResourceName(logged, { maxLength: LONGEST_NAME, separator: '-' }),
      resourceArn: `arn:${partition}:cloudfront::${account}:distribution/${one.ref}`,
      logType: 'ACCESS_LOGS',
    });
    const delivery = new CfnDelivery(logged, 'Delivery', {
      deliverySourceName: source.name,
      deliveryDestinationArn: destination.attrArn,
      recordFields: FIELDS,
    });
    delivery.addResourceDependency(source);
    delivery.node.addDependency(group.node.findChild('Policy'));
  }
}
