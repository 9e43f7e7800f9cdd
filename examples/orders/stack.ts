import { Stack, type StackProps } from 'aws-cdk-lib';
import { AttributeType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Identity, Notify, SecureApi } from 'secure-api';
import { orders } from './definition.ts';

/**
 * What each route does with the table. Routes whose paths begin alike share a function, unless they are isolated: `/tenants/…` is one
 * function, with the rights of all its routes.
 */
const USES_OF_TABLE = {
  listOrders: ['Query'],
  listAllOrders: ['Query'],
  exportOrders: ['Query'],
  getOrder: ['GetItem'],
  placeOrder: ['GetItem', 'PutItem'],
  importOrders: ['GetItem', 'PutItem'],
  changeOrder: ['GetItem', 'PutItem'],
  cancelOrder: ['GetItem', 'PutItem'],
  paymentEvent: ['GetItem', 'PutItem'],
  deleteOrder: ['DeleteItem'],
} as const;

/** The API, its table, and the secret that it shares with the payment provider. */
export class OrdersStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const table = new TableV2(this, 'Table', {
      partitionKey: { name: 'tenant', type: AttributeType.STRING },
      sortKey: { name: 'id', type: AttributeType.STRING },
      encryption: TableEncryptionV2.awsManagedKey(),
    });
    const payments = Secret.fromSecretNameV2(this, 'Payments', 'orders/payments');

    const api = new SecureApi(this, 'Api', {
      definition: orders,
      handlers: './handlers',
      identity: [customers(), staff()],
      cors: { origins: [originOfShop(this)] },
      webhooks: { payments },
      notify: [Notify.email('orders-ops@example.com')],
    });

    for (const route of Object.keys(USES_OF_TABLE) as (keyof typeof USES_OF_TABLE)[]) {
      const handler = api.handler(route);
      handler.addEnvironment('TABLE_NAME', table.tableName);
      table.grant(handler, ...USES_OF_TABLE[route].map((action) => `dynamodb:${action}`));
    }
  }
}

/** The origin of the front end. It has no default: a deployment must not allow pages of a developer's machine. */
function originOfShop({ node }: Construct): string {
  const origin: unknown = node.tryGetContext('origin');
  if (typeof origin === 'string') return origin;
  throw new Error('Name the origin of the front end, such as -c origin=https://shop.example.com.');
}

/** The shop's own people sign in with Entra ID, whose app roles have their own names. */
function staff(): Identity {
  return Identity.entra({
    tenantId: '3f0b5d1c-9a44-4f7a-9a54-6c1a3a5d1e11',
    audience: '8c2d6c3e-4b7f-4a55-9c53-0d5a6b1f2e22',
    roles: { claim: 'roles', map: { 'Orders.Admin': 'admin', 'Orders.Manager': 'manager' } },
    claims: { tenant: 'tenant' },
  });
}

/** Customers sign in with Auth0, where each company is an organization. */
function customers(): Identity {
  return Identity.auth0({
    domain: 'shop.eu.auth0.com',
    audience: 'https://api.shop.example.com',
    roles: { claim: 'https://shop.example.com/roles' },
    claims: { tenant: 'https://shop.example.com/tenant' },
  });
}
