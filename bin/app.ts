/** The CDK app of the sample service: `npx cdk synth`, `npx cdk deploy`, and what `npm start` serves. */
import { App, type CfnElement, CfnOutput, Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, Billing, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { documents } from '../lambdas/documents/api.ts';
import { documentsTable } from '../lambdas/documents/data/table.ts';
import { type DomainProps, Identity, Notify, type Removal, SecureApi, UploadBucket } from '../lib/construct/index.ts';
import { acknowledgeNoRecovery, tableRemoval } from '../lib/construct/removal/removal.ts';
import { explain } from '../lib/construct/serviceRole.ts';
import { ConfigError } from '../lib/definition/errors.ts';
import { AttachmentSweep, INDEXES } from './attachmentSweep.ts';

/** What `lambdas/documents/data` does with the table; no batch, and only the sweep scans. */
const TABLE_ACTIONS = ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query'];
/** What is needed to take a place for a file, and to give it back. */
const PLACE_ACTIONS = ['GetItem', 'PutItem', 'DeleteItem', 'Query'];

const app = new App();
const domain = contextTogether('domain', 'zone');
// Looking up a zone requires account and region; without a domain the stack needs neither.
const env = domain && { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] };
const stack = new Stack(app, 'Documents', { env, description: 'The sample service of secure-api: documents' });
const removal = removalChoice();
const table = createTable(stack);
const api = new SecureApi(stack, 'Api', {
  definition: documents,
  handlers: `${import.meta.dirname}/../lambdas/documents`,
  identity: identity(),
  domain: domain && domainProps(stack, domain),
  revocation: true,
  clients: true,
  removal,
  keyRotationDays: 90,
  notify: contextList('notify').map((address) => Notify.email(address)),
});
const uploads = new UploadBucket(stack, 'Uploads', { removal });
// Routes of one path share a function; those of /health and /me have no access to table and bucket.
const documentsFunction = api.handler('listDocuments');
useStores(documentsFunction, TABLE_ACTIONS, 'Reads, lists, writes and deletes documents.');
uploads.grantStatus(documentsFunction);
uploads.grantDelete(documentsFunction);
// Only these two can put files; one has the bytes itself, and removes them when it fails.
useStores(
  api.handler('addAttachment'),
  [...PLACE_ACTIONS, 'UpdateItem'],
  'Attaches a file to a document, or takes it back.',
);
uploads.grantPut(api.handler('addAttachment'));
uploads.grantDelete(api.handler('addAttachment'));
useStores(
  api.handler('presignAttachment'),
  PLACE_ACTIONS,
  'Takes the place of a file in a document, or gives it back.',
);
uploads.grantPut(api.handler('presignAttachment'));
// Only this one can read files, once they are released.
useStores(api.handler('downloadAttachment'), ['GetItem', 'Query'], 'Looks up the document and its attachment.');
uploads.grantRead(api.handler('downloadAttachment'));
uploads.grantStatus(api.handler('downloadAttachment'));
const { alarmTopic, encryption } = api;
new AttachmentSweep(stack, 'AttachmentSweep', { table, uploads, alarmTopic, encryptionKey: encryption.key });

if (api.revocations !== undefined) new CfnOutput(stack, 'RevocationsTable', { value: api.revocations.tableName });
Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
app.synth();

function createTable(scope: Construct): TableV2 {
  const attribute = (name: string) => ({ name, type: AttributeType.STRING });
  const { partitionKey, sortKey, indexes } = documentsTable;
  const made = new TableV2(scope, 'Table', {
    partitionKey: attribute(partitionKey),
    sortKey: attribute(sortKey),
    globalSecondaryIndexes: Object.values(indexes).map((index) => ({
      indexName: index.name,
      partitionKey: attribute(index.partitionKey),
      sortKey: attribute(index.sortKey),
    })),
    billing: Billing.onDemand(),
    encryption: TableEncryptionV2.awsManagedKey(),
    ...tableRemoval(removal),
  });
  acknowledgeNoRecovery(made, removal);
  return made;
}

/** Gives a function the names of table and bucket, and allows these actions on the table. */
function useStores(fn: LambdaFunction, actions: readonly string[], reason: string): void {
  fn.addEnvironment('TABLE_NAME', table.tableName);
  fn.addEnvironment('BUCKET_NAME', uploads.bucket.bucketName);
  explain(fn, `${reason} ${INDEXES}`, () => table.grant(fn, ...actions.map((action) => `dynamodb:${action}`)));
  const tableId = stack.getLogicalId(table.node.defaultChild as CfnElement);
  Validations.of(fn.role ?? fn).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${tableId}.Arn>/index/*]`,
    reason: INDEXES,
  });
}

/**
 * Your own provider with `-c issuer=… -c keys=… -c audience=…`, which can bind tokens to keys: `-c dpop=optional` or `required`. A
 * Cognito user pool by default.
 */
function identity(): Identity {
  const provider = contextTogether('issuer', 'keys', 'audience');
  const dpop = contextList('dpop').join(',');
  if (provider === undefined && dpop === '') return Identity.cognito();
  if (provider !== undefined) {
    const [issuer = '', jwksUri = '', audience = ''] = provider;
    const oidc = { issuer, jwksUri, audience: audience.split(',') };
    if (dpop === '') return Identity.oidc(oidc);
    if (dpop === 'optional' || dpop === 'required') return Identity.oidc({ ...oidc, dpop });
  }
  throw new ConfigError({
    code: 'option-invalid',
    location: 'context dpop',
    found: `${dpop}${provider === undefined ? ', without a provider' : ''}`,
    expected: 'optional or required, for a provider that binds tokens to keys (a user pool does not)',
    fix: 'Give -c issuer=… -c keys=… -c audience=… -c dpop=optional, or leave dpop out.',
  });
}

/** What becomes of data when the stack is deleted: `-c removal=destroy` for a sandbox, `-c removal=protect` after the first deployment. */
function removalChoice(): Removal {
  const [choice = 'retain', ...others] = contextList('removal');
  if (others.length === 0 && (choice === 'retain' || choice === 'protect' || choice === 'destroy')) return choice;
  throw new ConfigError({
    code: 'option-invalid',
    location: 'context removal',
    found: [choice, ...others].join(','),
    expected: 'retain, protect or destroy',
    fix: 'Give one of them, or leave it out to retain data.',
  });
}

function domainProps(scope: Construct, [name = '', domainName = '']: readonly string[]): DomainProps {
  return { name, zone: HostedZone.fromLookup(scope, 'Zone', { domainName }) };
}

/** All of these context values, or none of them. */
function contextTogether(...names: readonly string[]): readonly string[] | undefined {
  const values = names.map((name) => contextList(name).join(','));
  const missing = names.filter((_, i) => values[i] === '');
  if (missing.length === 0) return values;
  if (missing.length === names.length) return undefined;
  throw new ConfigError({
    code: 'option-missing',
    location: `context ${missing[0]}`,
    found: `${names.flatMap((name, i) => (values[i] === '' ? [] : [`${name}=${values[i]}`])).join(', ')} alone`,
    expected: `${names.join(', ')} together`,
    fix: `Give all of them: ${names.map((name) => `-c ${name}=…`).join(' ')}.`,
  });
}

/** A context value as a list: values separated by commas. */
function contextList(name: string): readonly string[] {
  const value: unknown = app.node.tryGetContext(name);
  return String(value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
