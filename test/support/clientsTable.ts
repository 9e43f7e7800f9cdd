/** The table of registered clients, as the local DynamoDB gets it. */
const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });

export const clientsTable = {
  logicalId: 'Clients',
  name: 'clients',
  properties: {
    TableName: 'clients',
    AttributeDefinitions: [attribute('id'), attribute('at')],
    KeySchema: [
      { AttributeName: 'id', KeyType: 'HASH' },
      { AttributeName: 'at', KeyType: 'RANGE' },
    ],
    BillingMode: 'PAY_PER_REQUEST',
  },
};
