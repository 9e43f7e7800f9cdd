import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isClaim, whereHolds } from '../../lambdas/shared/callerClaims.ts';
import { accessPolicy } from '../../lib/access/index.ts';
import { shops } from '../parity/rows/tenants.ts';
import { allows, STAGE } from '../unit/authorizer/support/authorizer.ts';
import { policyWriter } from '../unit/authorizer/support/policies.ts';

const policy = accessPolicy(shops);
const rule = policy.claims?.['tenant'] ?? expect.fail('no claim');
const write = policyWriter(policy);

/** Values that tokens can have: those of the characters that the rule allows, many of them alike. */
const tenant = fc
  .oneof(
    fc.stringMatching(/^[a-z0-9.-]{1,64}$/),
    fc.stringMatching(/^[ab.-]{1,3}$/),
    fc.constantFrom('acme', 'acm', 'acmee', 'a.me', '...', 'tenants', 'orders', 'undefined', 'null', 'constructor'),
  )
  .filter((value) => isClaim(value, rule));
/** What a client can write in a segment of a path. */
const segment = fc.oneof(
  tenant,
  fc.string({ minLength: 1, maxLength: 12 }).map(encodeURIComponent),
  fc
    .tuple(tenant, fc.constantFrom('%2F', '%2f..%2f', ';a=b', '*', '?', '%00', '.', '%20', '%252F'))
    .map((parts) => parts.join('')),
  fc.tuple(tenant, tenant).map(([a, b]) => `${a}%2F..%2F${b}`),
  tenant.map((value) => `%${(value.charCodeAt(0)).toString(16)}${value.slice(1)}`),
  tenant.map((value) => value.toUpperCase()),
);
const rights = fc.record({
  permissions: fc.subarray(['order:read', 'order:delete']),
  shop: fc.option(fc.integer({ min: 1, max: 99 }), { nil: undefined }),
});
const request = fc.constantFrom('/tenants/acme/orders', '/me', '/catalogue', '/tenants/beta/shops/7');

describe('the policy of a tenant', () => {
  it('allows each route of the own tenant, and none of another one, whatever it was made for', () => {
    fc.assert(
      fc.property(
        tenant,
        segment,
        rights,
        request,
        fc.boolean(),
        (own, sent, { permissions, shop }, asked, permitted) => {
          const claims = { tenant: own, ...(shop === undefined ? {} : { shop }) };
          const document = write({ permissions, scopes: [], claims, methodArn: `${STAGE}/PUT${asked}`, permitted });
          const reads = permissions.includes('order:read');
          const isOwn = sent === own;
          expect(allows(document, 'GET', `/tenants/${sent}/orders`)).toBe(reads && isOwn);
          expect(allows(document, 'HEAD', `/tenants/${sent}/orders`)).toBe(reads && isOwn);
          expect(allows(document, 'DELETE', `/tenants/${sent}/orders/1`)).toBe(
            permissions.includes('order:delete') && isOwn,
          );
          expect(allows(document, 'GET', `/tenants/${sent}/shops/7`)).toBe(reads && isOwn && shop === 7);
          expect(whereHolds({ tenantId: 'tenant' }, claims, () => sent)).toBe(isOwn);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the alphabet of claims', () => {
  it('is the one of the definition: a value is accepted exactly if a policy and a path can have it as it is', () => {
    const lax = { type: 'string', min: 1, max: 128 } as const;
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 5 }), fc.stringMatching(/^[!-~]{1,5}$/)), (value) => {
        const isPlain = value !== '' && value !== '.' && value !== '..' && encodeURIComponent(value) === value;
        // encodeURIComponent also leaves these as they are (RFC 3986, section 2.2 reserves them).
        expect(isClaim(value, lax)).toBe(isPlain && !/[!'()*]/.test(value));
      }),
      { numRuns: 2_000 },
    );
  });
});
