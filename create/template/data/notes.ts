import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Note } from '../definition.ts';

/** As many as the definition allows in a response. */
const PAGE = 100;
/** All notes are in one partition, which DynamoDB limits to 1,000 writes a second. */
const LIST = 'notes';

const client = DynamoDBDocumentClient.from(new DynamoDBClient());
const TableName = process.env['TABLE_NAME'];

/** Stores a note. */
export async function saveNote(note: Note): Promise<void> {
  const Item = { ...note, list: LIST, position: `${note.createdAt}#${note.id}` };
  await client.send(new PutCommand({ TableName, Item }));
}

/** The newest notes, newest first. */
export async function newestNotes(): Promise<Note[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: '#list = :list',
      ExpressionAttributeNames: { '#list': 'list' },
      ExpressionAttributeValues: { ':list': LIST },
      ScanIndexForward: false,
      Limit: PAGE,
    }),
  );
  return Items.map(({ list: _list, position: _position, ...note }) => note as Note);
}
