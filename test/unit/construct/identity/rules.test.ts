import { describe, expect, it } from 'vitest';
import { rulesOf } from '../../../../lib/construct/identity/rules.ts';

const issuer = { issuer: 'https://e.example', audience: 'api' };

describe('the name of a claim in tokens', () => {
  it.each([' org ', 'org ', 'a..b', '.a', 'a.', '', 'a\r\nb', 'a\u0000', 'or\u200bg', '\ud800'])(
    'cannot be %j, in any option that names one',
    (name) => {
      const options = [
        ['claims.org', { claims: { org: name } }],
        ['roles.claim', { roles: { claim: name } }],
        ['tierClaim', { tierClaim: name }],
        ['clientClaim', { clientClaim: ['azp', name] }],
      ] as const;
      for (const [location, option] of options) {
        expect(() => rulesOf({ ...issuer, ...option })).toThrow(`identity-invalid at identity.${location}: found`);
      }
    },
  );

  it.each(['org_id', 'https://example.com/tenant', 'app_metadata.tenant', 'org id'])('can be %j', (name) => {
    expect(rulesOf({ ...issuer, claims: { org: name } }).claims).toEqual({ org: name });
  });
});
