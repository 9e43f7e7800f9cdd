import { describe, expect, it } from 'vitest';
import type { PretokenEvent } from '../../../lambdas/pretoken/event.ts';
import { handler } from '../../../lambdas/pretoken/handler.ts';
import { accessTokenChange } from '../../../lambdas/pretoken/tokenChange.ts';

const person = (groups: readonly string[], scopes: readonly string[] = ['openid']): PretokenEvent => ({
  triggerSource: 'TokenGeneration_HostedAuth',
  request: { groupConfiguration: { groupsToOverride: groups }, scopes },
  response: {},
});
const machine = (scopes: readonly string[] | null, groups: readonly string[] = []): PretokenEvent => ({
  ...person(groups, []),
  triggerSource: 'TokenGeneration_ClientCredentials',
  request: { groupConfiguration: { groupsToOverride: groups }, scopes },
});
const claims = (event: PretokenEvent) => accessTokenChange(event).claimsToAddOrOverride;

describe('a person', () => {
  it('has the roles and the tier of their groups', () => {
    expect(claims(person(['editor', 'tier:premium', 'admin']))).toEqual({
      roles: ['editor', 'admin'],
      tier: 'premium',
    });
  });

  it('without groups has no roles', () => {
    expect(claims(person([]))).toEqual({ roles: [] });
    for (const groupConfiguration of [undefined, null, { groupsToOverride: null }]) {
      expect(
        claims({ triggerSource: 'TokenGeneration_Authentication', request: { groupConfiguration }, response: {} }),
      ).toEqual({ roles: [] });
    }
  });

  it('in two tiers is in none, so that the default one counts', () => {
    expect(claims(person(['tier:free', 'tier:premium']))).toEqual({ roles: [] });
  });

  it.each([
    'TokenGeneration_HostedAuth',
    'TokenGeneration_RefreshTokens',
    'TokenGeneration_Authentication',
    'TokenGeneration_NewPasswordChallenge',
  ])('never has a role by a scope that the app requests: %s', (triggerSource) => {
    const event = { ...person(['viewer'], ['secure-api.identity/role:admin', 'documents/role:admin']), triggerSource };
    expect(accessTokenChange(event)).toEqual({ claimsToAddOrOverride: { roles: ['viewer'] }, scopesToSuppress: [] });
  });
});

describe('a machine', () => {
  it('has the roles and the tier that its client was granted, and its token has only the other scopes', () => {
    const granted = ['secure-api.identity/role:editor', 'secure-api.identity/tier:premium'];
    expect(accessTokenChange(machine(['documents/read', ...granted]))).toEqual({
      claimsToAddOrOverride: { roles: ['editor'], tier: 'premium' },
      scopesToSuppress: granted,
    });
  });

  it('has none by scopes of the API that look like them, nor by groups', () => {
    expect(
      claims(machine(['documents/role:admin', 'role:admin', 'xsecure-api.identity/role:admin'], ['admin'])),
    ).toEqual({ roles: [] });
    expect(claims(machine(null))).toEqual({ roles: [] });
  });
});

it('the trigger returns the event with the change of the access token', async () => {
  const event = { ...person(['viewer']), version: '3', userName: 'someone' };
  expect(await handler(event)).toEqual({
    ...event,
    response: {
      claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: { roles: ['viewer'] }, scopesToSuppress: [] },
      },
    },
  });
});
