/** A good request of each operation of DynamoDB that dynalite has, which tests change. */

export const TABLE = {
  name: 'items',
  logicalId: 'Items',
  properties: {
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
};

const TableName = TABLE.name;
const Key = { id: { S: 'a' } };
const ResourceArn = `arn:aws:dynamodb:us-east-1:000000000000:table/${TableName}`;
const { KeySchema, AttributeDefinitions } = TABLE.properties;

export const OPERATIONS: Readonly<Record<string, object>> = {
  BatchGetItem: {
    RequestItems: { [TableName]: { Keys: [Key], ProjectionExpression: '#a', ExpressionAttributeNames: { '#a': 'b' } } },
  },
  BatchWriteItem: {
    RequestItems: { [TableName]: [{ PutRequest: { Item: Key } }, { DeleteRequest: { Key: { id: { S: 'b' } } } }] },
  },
  CreateTable: {
    TableName: 'other',
    KeySchema,
    AttributeDefinitions,
    BillingMode: 'PAY_PER_REQUEST',
    GlobalSecondaryIndexes: [{ IndexName: 'byId', KeySchema, Projection: { ProjectionType: 'ALL' } }],
  },
  DeleteItem: {
    TableName,
    Key,
    ConditionExpression: '#a < :b',
    ExpressionAttributeNames: { '#a': 'b' },
    ExpressionAttributeValues: { ':b': { N: '1' } },
  },
  DeleteTable: { TableName: 'nothing' },
  DescribeTable: { TableName },
  DescribeTimeToLive: { TableName },
  GetItem: { TableName, Key, ProjectionExpression: 'a.b[0]', ConsistentRead: true },
  ListTables: { Limit: 3, ExclusiveStartTableName: 'abc' },
  ListTagsOfResource: { ResourceArn },
  PutItem: {
    TableName,
    Item: { ...Key, n: { N: '1' }, m: { M: { x: { L: [{ BOOL: true }, { NULL: true }] } } }, s: { SS: ['a'] } },
    ConditionExpression: 'attribute_not_exists(id)',
  },
  Query: {
    TableName,
    KeyConditionExpression: 'id = :a',
    FilterExpression: 'n > :b',
    ExpressionAttributeValues: { ':a': { S: 'a' }, ':b': { N: '0' } },
    ExclusiveStartKey: Key,
    Limit: 2,
  },
  Scan: {
    TableName,
    FilterExpression: 'contains(s, :a)',
    ExpressionAttributeValues: { ':a': { S: 'a' } },
    Segment: 0,
    TotalSegments: 2,
  },
  TagResource: { ResourceArn, Tags: [{ Key: 'a', Value: 'b' }] },
  UntagResource: { ResourceArn, TagKeys: ['a'] },
  UpdateItem: {
    TableName,
    Key,
    UpdateExpression: 'SET #a = if_not_exists(#a, :b) + :b REMOVE zz ADD qq :b',
    ExpressionAttributeNames: { '#a': 'n' },
    ExpressionAttributeValues: { ':b': { N: '1' } },
    ReturnValues: 'ALL_NEW',
  },
  UpdateTable: { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'abc' } }] },
};
