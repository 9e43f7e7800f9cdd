import { App, Stack } from 'aws-cdk-lib';
import { Identity, Notify, SecureApi } from 'secure-api';
import { orders } from './orders.ts';

const app = new App();
const stack = new Stack(app, 'Orders', { description: 'Orders, served by the packed secure-api' });

new SecureApi(stack, 'Api', {
  definition: orders,
  handlers: './handlers',
  identity: Identity.oidc({
    issuer: 'https://login.example.com',
    jwksUri: 'https://login.example.com/keys',
    audience: 'orders',
  }),
  notify: [Notify.email('orders-ops@example.com')],
});
