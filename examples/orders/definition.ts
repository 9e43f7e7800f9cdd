import { defineApi, defineRoles, del, get, object, patch, post, Webhook } from 'secure-api';
import { Type } from 'typebox';
import {
  ExportQuery,
  Imported,
  NewOrder,
  Order,
  OrderId,
  OrderPage,
  OrderPatch,
  OrderRow,
  PageQuery,
  PaymentEvent,
  Tenant,
} from './schemas.ts';

const ofTenant = object({ tenantId: Tenant });
const ofOrder = object({ tenantId: Tenant, orderId: OrderId });
/** Callers reach the orders of their own company alone. */
const ownTenant = { 'path.tenantId': 'claims.tenant' } as const;
const ifMatch = object({ 'if-match': Type.String({ minLength: 3, maxLength: 20, pattern: '^"[0-9]+"$' }) });
const etag = { ETag: 'The version of the order, for If-Match.' };

/** A shop for several companies. */
export const orders = defineApi({
  name: 'orders',
  version: '1.0.0',
  title: 'Orders',
  roles: defineRoles(
    {
      viewer: { can: ['order:read'] },
      clerk: { extends: ['viewer'], can: ['order:place', 'order:change'] },
      manager: { extends: ['clerk'], can: ['order:import', 'order:export', 'order:cancel'] },
      admin: { extends: ['manager'], can: ['order:delete'] },
    },
    { reviewed: '2026-11-01', reviewEveryDays: 90 },
  ),
  tiers: {
    standard: { rate: 20, burst: 40, quota: { requests: 50_000, per: 'DAY' } },
    premium: { rate: 100, burst: 200, quota: { requests: 1_000_000, per: 'DAY' } },
  },
  claims: { tenant: Tenant },
  problems: {
    'order-closed': { status: 409, title: 'The order is paid or cancelled' },
  },
  routes: {
    health: get('/health', {
      public: 'liveness probe: shows only that the API responds',
      responses: { 200: { description: 'It responds', body: object({ status: Type.Literal('ok') }) } },
    }),
    listOrders: get('/tenants/{tenantId}/orders', {
      permission: 'order:read',
      where: ownTenant,
      path: ofTenant,
      query: PageQuery,
      responses: { 200: { description: 'A page of orders', body: OrderPage } },
    }),
    placeOrder: post('/tenants/{tenantId}/orders', {
      permission: 'order:place',
      where: ownTenant,
      path: ofTenant,
      body: NewOrder,
      idempotency: { required: true },
      responses: {
        201: { description: 'The order', body: Order, headers: { Location: 'Path of the order.', ...etag } },
      },
    }),
    getOrder: get('/tenants/{tenantId}/orders/{orderId}', {
      permission: 'order:read',
      where: ownTenant,
      path: ofOrder,
      responses: { 200: { description: 'The order', body: Order, headers: etag } },
      problems: [404],
    }),
    changeOrder: patch('/tenants/{tenantId}/orders/{orderId}', {
      permission: 'order:change',
      where: ownTenant,
      path: ofOrder,
      headers: ifMatch,
      body: OrderPatch,
      bodyType: 'application/merge-patch+json',
      responses: { 200: { description: 'The new version', body: Order, headers: etag } },
      problems: [404, 412, 'order-closed'],
    }),
    cancelOrder: post('/tenants/{tenantId}/orders/{orderId}/cancel', {
      permission: 'order:cancel',
      where: ownTenant,
      path: ofOrder,
      responses: { 200: { description: 'The cancelled order', body: Order, headers: etag } },
      problems: [404, 'order-closed'],
    }),
    deleteOrder: del('/tenants/{tenantId}/orders/{orderId}', {
      permission: 'order:delete',
      where: ownTenant,
      path: ofOrder,
      responses: { 204: { description: 'It is gone' } },
      problems: [404],
    }),
    exportOrders: get('/tenants/{tenantId}/orders.csv', {
      permission: 'order:export',
      where: ownTenant,
      path: ofTenant,
      query: ExportQuery,
      responses: {
        200: {
          description: 'A page of orders',
          contentType: 'text/csv',
          headers: { Link: 'The next page, if there is one (RFC 8288).' },
        },
      },
    }),
    importOrders: post('/tenants/{tenantId}/imports', {
      permission: 'order:import',
      where: ownTenant,
      path: ofTenant,
      upload: { field: 'file', maxBytes: 1_000_000, types: { 'text/csv': ['.csv'] }, rows: OrderRow, maxRows: 500 },
      idempotency: { required: true },
      responses: { 201: { description: 'How many orders were placed', body: Imported } },
      isolate: true,
      timeoutSeconds: 25,
    }),
    listAllOrders: get('/orders', {
      permission: 'order:read',
      summary: 'The orders of your company, as the first version returned them',
      deprecated: { since: '2026-06-01', sunset: '2027-06-01', link: 'https://shop.example.com/help/orders' },
      responses: { 200: { description: 'The first page of orders', body: OrderPage } },
    }),
    paymentEvent: post('/webhooks/payments', {
      webhook: Webhook.stripe('payments'),
      summary: 'Payments report here',
      body: PaymentEvent,
      responses: { 204: { description: 'Received' } },
      problems: [503],
    }),
  },
});
