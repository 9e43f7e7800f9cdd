import type { IUserPool } from 'aws-cdk-lib/aws-cognito';
import { type DiscoveredIssuer, Identity } from '../../../lib/index.ts';

declare const file: DiscoveredIssuer;
declare const userPool: IUserPool;
const roles = {
  claim: 'realm_access.roles',
  separator: ';',
  map: { 'Orders.Admin': 'admin', '7f': ['viewer', 'editor'] },
} as const;

Identity.oidc({ discovered: 'identity.json', audience: 'notes', roles });
Identity.oidc({ discovered: file, clientIds: ['app'], roles: { separator: false } });
Identity.oidc({ issuer: 'https://login.example.com', jwksUri: 'https://login.example.com/keys', audience: 'notes' });
Identity.auth0({ domain: 'example.eu.auth0.com', audience: ['a', 'b'], discovered: file, maxLifetimeSeconds: 600 });
Identity.entra({ tenants: ['00000000-0000-0000-0000-000000000000'], audience: 'a', tokenVersion: 1 });
Identity.okta({ domain: 'example.okta.com', audience: 'notes', dpop: 'required' });
Identity.google({ clientIds: ['a'], hostedDomains: 'any' });
Identity.google({ audience: 'a', serviceAccounts: ['a@b.iam.gserviceaccount.com'] });
Identity.cognito({ userPool, userPoolClients: [userPool.addClient('App'), 'id'], roles });
