import { possessionCheck } from '../../../../lambdas/authorizer/binding/possession.ts';
import { hmacProver } from '../../../../lambdas/authorizer/hmac.ts';
import { introspectionProver } from '../../../../lambdas/authorizer/introspection.ts';
import type { IssuerParts } from '../../../../lambdas/authorizer/issuerParts.ts';

/** What the bundle of an API with issuers of all kinds has. */
export const ALL_PARTS: IssuerParts = {
  hmac: hmacProver,
  introspection: introspectionProver,
  possession: possessionCheck,
};
