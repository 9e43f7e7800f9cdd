import { Identity } from '../../../lib/index.ts';

const client = '1h57kf5cpq17m0eml12EXAMPLE';
const tenantId = '00000000-0000-0000-0000-000000000000';
const audience = '11111111-1111-1111-1111-111111111111';
const clientIds = ['1-a.apps.googleusercontent.com'];

// @ts-expect-error the address of the keys is not guessed
Identity.oidc({ issuer: 'https://login.example.com', audience: 'notes' });

// @ts-expect-error an issuer beside the file that names it
Identity.oidc({ discovered: 'identity.json', issuer: 'https://login.example.com', audience: 'notes' });

// @ts-expect-error an option that was renamed
Identity.okta({ domain: 'example.okta.com', audience: 'notes', rolesClaim: 'groups' });

// @ts-expect-error a preset without the tenant
Identity.entra({ audience });

// @ts-expect-error one tenant and a list of tenants
Identity.entra({ audience, tenantId, tenants: [tenantId] });

// @ts-expect-error a file for several tenants
Identity.entra({ audience, tenants: [tenantId], discovered: 'identity.json' });

// @ts-expect-error people of every Workspace, without saying so
Identity.google({ clientIds });

// @ts-expect-error people and service accounts in one identity
Identity.google({ clientIds, hostedDomains: ['example.com'], audience: 'notes' });

// @ts-expect-error an issuer that is not the provider's
Identity.auth0({ domain: 'example.eu.auth0.com', audience: 'notes', issuer: 'https://login.example.com/' });

// @ts-expect-error a pool that exists, without its clients
Identity.cognito({ userPool: 'eu-west-1_AbCdEfGhI' });

// @ts-expect-error an option of a new pool for one that exists
Identity.cognito({ userPool: 'eu-west-1_AbCdEfGhI', userPoolClients: [client], mfa: 'required' });

// @ts-expect-error true as a separator
Identity.keycloak({ url: 'https://sso.example.com', realm: 'shop', audience, roles: { separator: true } });
