import {
  AUTH0_APP,
  AZP,
  auth0,
  cognito,
  entra,
  entraVersion1,
  google,
  googlePerson,
  JWT,
  keycloak,
  OTHER_TENANT,
  okta,
  type ProviderToken,
  type RejectedToken,
  TENANT,
  without,
} from './providerTokens.ts';

const API = '11111111-1111-1111-1111-111111111111';
const FOREIGN = '77777777-7777-7777-7777-777777777777';

/** Another header than the usual one is the last argument. */
function rejected(
  example: string,
  reason: string,
  form: string,
  claims: ProviderToken['claims'],
  header: ProviderToken['header'] = JWT,
): RejectedToken {
  return { example, form, reason, header, claims };
}

const auth0Token = (now: number) => ({ ...auth0(now), azp: AUTH0_APP });
const ofTenant = (now: number, tenant: string, tid = tenant) => ({
  ...entra(now),
  iss: `https://login.microsoftonline.com/${tenant}/v2.0`,
  tid,
});

/** Other tokens of the same provider, which an example rejects, each with its reason. */
export const REJECTED: readonly RejectedToken[] = [
  rejected('auth0', 'audience-invalid', 'an ID token', (now) => ({ ...auth0(now), aud: AUTH0_APP, nonce: 'n' })),
  rejected('auth0', 'kind-rejected', 'an ID token for the audience', (now) => ({ ...auth0(now), sid: 'x' })),
  rejected('auth0', 'audience-invalid', 'a token for the userinfo endpoint alone', (now) => ({
    ...auth0Token(now),
    aud: 'https://example.eu.auth0.com/userinfo',
  })),
  rejected('auth0', 'issuer-unknown', 'a token of another tenant', (now) => ({
    ...auth0Token(now),
    iss: 'https://other.eu.auth0.com/',
  })),
  rejected('auth0', 'issuer-unknown', 'an issuer without its slash', (now) => ({
    ...auth0Token(now),
    iss: 'https://example.eu.auth0.com',
  })),
  rejected('auth0', 'lifetime-too-long', 'a token of a month', (now) => ({ ...auth0Token(now), exp: now + 2_592_000 })),
  rejected('auth0Organizations', 'claim-rejected', 'a token of another organization', (now) => ({
    ...auth0Token(now),
    org_id: 'org_other',
  })),
  rejected('auth0Organizations', 'claim-rejected', 'a token of no organization', auth0Token),
  rejected('auth0Organizations', 'claim-rejected', 'a list of organizations', (now) => ({
    ...auth0Token(now),
    org_id: ['org_9ybsU1dN2dKfDkBi'],
  })),
  rejected('auth0Permissions', 'kind-rejected', 'a token without a client', (now) => ({ ...auth0(now), azp: '' })),

  rejected('entra', 'audience-invalid', 'an ID token of another app', (now) => ({
    ...without(entra(now), 'scp', 'azp'),
    aud: AZP,
    nonce: 'n',
  })),
  rejected('entra', 'kind-rejected', 'an ID token of the same registration, with app roles', (now) => ({
    ...without(entra(now), 'scp', 'azp', 'azpacr'),
    roles: ['Documents.Edit'],
  })),
  rejected('entra', 'kind-rejected', 'a token of a program', (now) => ({
    ...without(entra(now), 'scp'),
    idtyp: 'app',
    roles: ['Documents.Edit'],
  })),
  rejected('entra', 'issuer-unknown', 'a token of another tenant', (now) => ofTenant(now, FOREIGN)),
  rejected('entra', 'claim-rejected', 'a token whose tid is another tenant', (now) => ofTenant(now, TENANT, FOREIGN)),
  rejected('entra', 'issuer-unknown', 'a token of version 1', (now) => ({ ...entraVersion1(now), aud: API })),
  rejected('entra', 'kind-rejected', 'a token of another version', (now) => ({ ...entra(now), ver: '1.0' })),
  rejected('entraGroups', 'audience-invalid', 'a token for an application ID URI', (now) => ({
    ...entra(now),
    aud: `api://${API}`,
  })),
  rejected('entraPrograms', 'client-invalid', 'a token of another client', (now) => ({
    ...entra(now),
    azp: FOREIGN,
    roles: ['editor'],
  })),
  rejected('entraPrograms', 'kind-rejected', 'a token of a program without app roles', (now) => ({
    ...without(entra(now), 'scp'),
    idtyp: 'app',
  })),
  rejected('entraTenants', 'issuer-unknown', 'a token of a tenant that is not listed', (now) => ofTenant(now, FOREIGN)),
  rejected('entraTenants', 'issuer-unknown', 'the issuer of one tenant and the tid of another', (now) =>
    ofTenant(now, TENANT, OTHER_TENANT),
  ),
  rejected('entraTenants', 'issuer-unknown', 'no tid', (now) => without(entra(now), 'tid')),
  rejected('entraTenants', 'issuer-unknown', 'the issuer of the discovery document', (now) => ({
    ...ofTenant(now, '{tenantid}', TENANT),
  })),
  rejected('entraVersion1', 'issuer-unknown', 'a token of version 2', entra),
  rejected('entraVersion1', 'kind-rejected', 'an ID token', (now) => without(entraVersion1(now), 'scp', 'appid')),

  rejected('okta', 'audience-invalid', 'an ID token', (now) => ({
    ...without(okta(now), 'cid', 'scp'),
    jti: 'ID.x',
    aud: '0oabucvyc38HLL1ef0h7',
    at_hash: 'x',
  })),
  rejected('okta', 'kind-rejected', 'an ID token for the audience', (now) => without(okta(now), 'cid', 'scp')),
  rejected('okta', 'issuer-unknown', "a token of the organization's server", (now) => ({
    ...okta(now),
    iss: 'https://example.okta.com',
    aud: 'https://example.okta.com',
  })),
  rejected('okta', 'issuer-unknown', 'a token of another server', (now) => ({
    ...okta(now),
    iss: 'https://example.okta.com/oauth2/aus1nwq1l9sqkyWIJ0h8',
  })),

  rejected('keycloak', 'kind-rejected', 'an ID token, also one for the audience and without nonce', (now) => ({
    ...without(keycloak(now), 'nonce'),
    typ: 'ID',
  })),
  rejected('keycloak', 'kind-rejected', 'a refresh token', (now) => ({ ...keycloak(now), typ: 'Refresh' })),
  rejected('keycloak', 'kind-rejected', 'a token that does not say what it is', (now) =>
    without(keycloak(now), 'typ', 'nonce'),
  ),
  rejected('keycloak', 'audience-invalid', 'a token without the audience mapper', (now) => ({
    ...keycloak(now),
    aud: 'account',
  })),
  rejected('keycloak', 'issuer-unknown', 'a token of another realm', (now) => ({
    ...keycloak(now),
    iss: 'https://sso.example.com/realms/master',
  })),
  rejected('keycloakClient', 'kind-rejected', 'a logout token', (now) => ({ ...keycloak(now), typ: 'Logout' })),

  rejected('existingPool', 'client-invalid', 'an ID token', (now) => ({
    ...without(cognito(now), 'client_id'),
    token_use: 'id',
    aud: '1h57kf5cpq17m0eml12EXAMPLE',
  })),
  rejected('existingPool', 'kind-rejected', 'an ID token that names a client', (now) => ({
    ...cognito(now),
    token_use: 'id',
  })),
  rejected('existingPool', 'kind-rejected', 'a token that does not say what it is', (now) =>
    without(cognito(now), 'token_use'),
  ),
  rejected('existingPool', 'client-invalid', 'a token of another client', (now) => ({
    ...cognito(now),
    client_id: 'x',
  })),
  rejected('existingPool', 'issuer-unknown', 'a token of another pool', (now) => ({
    ...cognito(now),
    iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other1234',
  })),

  rejected('google', 'audience-invalid', 'a token of another app', (now) => ({
    ...googlePerson(now),
    aud: '9999-other.apps.googleusercontent.com',
  })),
  rejected('google', 'client-invalid', 'a token that another app requested', (now) => ({
    ...googlePerson(now),
    azp: '9999-other.apps.googleusercontent.com',
  })),
  rejected('google', 'claim-rejected', 'a private account', (now) => without(googlePerson(now), 'hd')),
  rejected('google', 'claim-rejected', 'another Workspace', (now) => ({ ...googlePerson(now), hd: 'other.example' })),
  rejected('google', 'claim-rejected', 'an address that is not verified', (now) => ({
    ...googlePerson(now),
    email_verified: false,
  })),
  rejected('google', 'audience-invalid', 'a token of a service account', google),
  rejected('googleDomain', 'claim-rejected', 'the name of the Workspace in the address alone', (now) => ({
    ...without(googlePerson(now), 'hd'),
    email: 'eve@example.com',
  })),
  rejected('googleAccounts', 'claim-rejected', 'a service account that is not listed', (now) => ({
    ...google(now),
    email: 'eve@other-project.iam.gserviceaccount.com',
  })),
  rejected('googleAccounts', 'claim-rejected', 'a service account without its address', (now) =>
    without(google(now), 'email', 'email_verified'),
  ),
  rejected('googleAccounts', 'audience-invalid', 'a person', googlePerson),
];
