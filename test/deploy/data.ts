import { deepEqual, equal } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { documentsTable } from '../../lambdas/documents/data/table.ts';
import type { Services } from './services.ts';
import { type Created, idOf, idsOf } from './stack.ts';

const MARK = 'written before the update';
const USER = 'someone@example.com';

/** Puts an item into every table, an object into every bucket, and a user with a role into the pool. */
export async function putData(services: Services, created: Created): Promise<void> {
  const { cognito, dynamoDb, s3 } = services;
  for (const TableName of idsOf(created, 'AWS::DynamoDB::GlobalTable')) {
    await dynamoDb.putItem({ TableName, Item: { ...(await keyOf(services, TableName)), mark: { S: MARK } } });
  }
  for (const Bucket of idsOf(created, 'AWS::S3::Bucket')) await s3.putObject({ Bucket, Key: 'kept', Body: MARK });
  for (const UserPoolId of idsOf(created, 'AWS::Cognito::UserPool')) {
    // The emulator's own temporary password is shorter than the policy of the pool allows.
    const TemporaryPassword = `Aa1!${randomUUID()}`;
    await cognito.adminCreateUser({ UserPoolId, Username: USER, TemporaryPassword, MessageAction: 'SUPPRESS' });
    await cognito.adminAddUserToGroup({ UserPoolId, Username: USER, GroupName: 'editor' });
  }
}

/** Reads it back. */
export async function checkData(services: Services, created: Created): Promise<string> {
  const { cognito, dynamoDb, s3 } = services;
  for (const TableName of idsOf(created, 'AWS::DynamoDB::GlobalTable')) {
    const { Item } = await dynamoDb.getItem({ TableName, Key: await keyOf(services, TableName) });
    equal(Item?.['mark']?.S, MARK, `item of ${TableName}`);
  }
  for (const Bucket of idsOf(created, 'AWS::S3::Bucket')) {
    const { Body } = await s3.getObject({ Bucket, Key: 'kept' });
    equal(await Body?.transformToString(), MARK, `object of ${Bucket}`);
  }
  for (const UserPoolId of idsOf(created, 'AWS::Cognito::UserPool')) {
    const { Groups = [] } = await cognito.adminListGroupsForUser({ UserPoolId, Username: USER });
    deepEqual(
      Groups.map(({ GroupName }) => GroupName),
      ['editor'],
      'roles of the user',
    );
  }
  const { partitionKey } = documentsTable;
  const { Table } = await dynamoDb.describeTable({ TableName: idOf(created, 'AWS::DynamoDB::GlobalTable', 'Table') });
  equal(Table?.KeySchema?.[0]?.AttributeName, partitionKey, 'key of the table of documents');
  return 'items, objects, user and role are as before';
}

/** A key of the table's own attributes, all of which are strings. */
async function keyOf({ dynamoDb }: Services, TableName: string): Promise<Record<string, { S: string }>> {
  const { Table } = await dynamoDb.describeTable({ TableName });
  return Object.fromEntries((Table?.KeySchema ?? []).map(({ AttributeName = '' }) => [AttributeName, { S: 'kept' }]));
}
