import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CfnElement, Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Alarm, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as Target } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { DISABLE_ASSET_STAGING_CONTEXT } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { build } from '../lib/bundle/build.ts';
import type { UploadBucket } from '../lib/construct/index.ts';
import { explain, explainActions, ServiceRole } from '../lib/construct/serviceRole.ts';

/** What the sweep looks at, and who is notified of a failure. */
export interface AttachmentSweepProps {
  readonly table: TableV2;
  readonly uploads: UploadBucket;
  /** Encrypts the log. */
  readonly encryptionKey: Key;
  readonly alarmTopic: ITopic;
}

const PERIOD = Duration.hours(1);
/** What `lambdas/documents/sweep` does with the table. */
const TABLE_ACTIONS = ['GetItem', 'DeleteItem', 'Query', 'Scan'];
const NAME = 'sweep';
const DESCRIPTION = 'documents: removes files without an attachment, and attachments without a file';
/** Why the grants of the table have a wildcard. */
export const INDEXES = 'The wildcard covers the indexes of this one table, both of which list documents.';
const SOURCE = join(import.meta.dirname, '../lambdas/documents/sweep/sweepAttachments.ts');

/** The scheduled function that removes files without an attachment, and attachments without a file; its alarm. */
export class AttachmentSweep extends Construct {
  constructor(scope: Construct, id: string, props: AttachmentSweepProps) {
    super(scope, id);
    const fn = this.createFunction(props);
    this.schedule(fn);
    const alarm = new Alarm(this, 'Failed', {
      alarmDescription:
        'documents: the sweep of attachments failed. Its log has the reason. Until it succeeds, files of deleted documents stay in the bucket.',
      metric: fn.metricErrors({ period: PERIOD, statistic: 'Sum' }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    const action = new SnsAction(props.alarmTopic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }

  private createFunction({ table, uploads, encryptionKey }: AttachmentSweepProps): LambdaFunction {
    const log = { encryptionKey, retention: RetentionDays.SIX_MONTHS, removalPolicy: RemovalPolicy.DESTROY };
    const logGroup = new LogGroup(this, 'Logs', log);
    const assumedBy = new ServicePrincipal('lambda.amazonaws.com');
    const role = new ServiceRole(this, 'Role', { assumedBy, description: DESCRIPTION });
    explain(role, 'Writes its own log.', () => logGroup.grantWrite(role));
    const reason = `Compares attachments with files, and removes what has lost the other. ${INDEXES}`;
    explain(role, reason, () => table.grant(role, ...TABLE_ACTIONS.map((action) => `dynamodb:${action}`)));
    uploads.grantList(role);
    uploads.grantDelete(role);
    const tableId = Stack.of(this).getLogicalId(table.node.defaultChild as CfnElement);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${tableId}.Arn>/index/*]`,
      reason: INDEXES,
    });
    const root = bundle();
    const fn = new LambdaFunction(this, 'Function', {
      description: DESCRIPTION,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      handler: 'index.handler',
      code: Code.fromAsset(join(root, 'out', NAME)),
      memorySize: 256,
      timeout: Duration.minutes(15),
      logGroup,
      role,
      environment: { TABLE_NAME: table.tableName, BUCKET_NAME: uploads.bucket.bucketName },
    });
    // The function has copied its code into the cloud assembly, unless the app deploys it from where it is.
    if (this.node.tryGetContext(DISABLE_ASSET_STAGING_CONTEXT) === undefined) rmSync(root, { recursive: true });
    return fn;
  }

  /** Lambda repeats a run that fails twice, and the next hour repeats it again. */
  private schedule(fn: LambdaFunction): void {
    const rule = new Rule(this, 'Schedule', {
      description: 'Removes what deleted documents and interrupted uploads have left',
      schedule: Schedule.rate(PERIOD),
      targets: [new Target(fn)],
    });
    explainActions(rule, { 'lambda:InvokeFunction': 'Runs the function every hour.' });
    const reason = 'A lost run does no harm: the next one, an hour later, looks at the same.';
    Validations.of(rule).acknowledge({ id: 'Serverless-EventBusDLQ', reason });
    Validations.of(fn).acknowledge(
      { id: 'Serverless-LambdaDLQ', reason },
      { id: 'Serverless-LambdaTracing', reason: 'It runs once an hour, and its log has the reason of a failure.' },
    );
  }
}

/** Bundles the code like the functions of the API, into `out/<name>` of a new folder. */
function bundle(): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'attachment-sweep-')));
  build(root, { [NAME]: { 'index.mjs': `export { handler } from ${JSON.stringify(SOURCE)};\n` } }, {});
  return root;
}
