import { describe, expect, test } from 'vitest';
import { rejectionNote } from '../../serve/localIssuer.ts';
import { tokenIssuersOf, tokenIssuersOfApi } from '../../serve/tokenIssuers.ts';
import { anApi } from '../support/gateway.ts';
import { asking, authorizer, HMAC, OIDC, SECRET, secretString } from '../support/tokenIssuers.ts';

describe('the note on a rejected token', () => {
  const noteOf = (issuers: readonly object[], reason = 'issuer-unknown') =>
    rejectionNote(tokenIssuersOf(authorizer(...issuers), secretString), reason);

  test('names the issuers that are accepted on AWS only, three of them at most', () => {
    const second = { ...OIDC, issuer: 'https://second.example' };
    expect(noteOf([OIDC, second, HMAC])).toBe(
      `tokens of ${OIDC.issuer}, https://second.example are not accepted here; those of the local issuer are`,
    );
    const many = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ ...OIDC, issuer: `https://${name}.example` }));
    expect(noteOf(many)).toContain(
      'tokens of https://a.example, https://b.example, https://c.example and 2 more are not',
    );
  });

  test('names an issuer that is replaced because another stack owns its secret', () => {
    expect(noteOf([{ ...HMAC, hmacSecret: 'arn:elsewhere' }])).toContain('tokens of partner are not accepted here');
    expect(noteOf([asking('arn:elsewhere')])).toContain('tokens of https://opaque.example are not accepted here');
  });

  test('is absent for issuers that keep their names here, and for other reasons', () => {
    expect(noteOf([HMAC, asking(SECRET)])).toBeUndefined();
    expect(noteOf([OIDC], 'expired')).toBeUndefined();
  });

  test('names the issuers of the API that the request was for, and not those of another one', () => {
    const issuers = { partner: OIDC, staff: { ...OIDC, issuer: 'https://staff.example' } };
    const functions = Object.entries(issuers).map(([name, issuer]) => ({
      ...authorizer(issuer),
      arn: `arn:aws:lambda:eu-central-1:111111111111:function:${name}`,
    }));
    const apiOf = (arn: string) => {
      const authorizerUri = `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${arn}/invocations`;
      return anApi({
        components: { securitySchemes: { token: { 'x-amazon-apigateway-authorizer': { authorizerUri } } } },
      });
    };
    const notes = functions.map(({ arn }) =>
      rejectionNote(tokenIssuersOfApi(apiOf(arn), functions, secretString), 'issuer-unknown'),
    );
    expect(notes).toEqual([
      `tokens of ${OIDC.issuer} are not accepted here; those of the local issuer are`,
      'tokens of https://staff.example are not accepted here; those of the local issuer are',
    ]);
  });
});
